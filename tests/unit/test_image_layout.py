"""What the image's layout drops, keeps and refuses."""

from pathlib import Path

import pytest

from tools.image_layout import BadLayout, check_binding, compile_bytecode

UNCHECKED_HASH = b"\x01\x00\x00\x00"
"""The flags of bytecode that goes by a hash that is not checked (PEP 552)."""


def test_bytecode_cannot_go_stale_and_names_its_source(tmp_path: Path) -> None:
    module = tmp_path / "var" / "task" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text("def function(): pass\n")
    compile_bytecode(module.parent, tmp_path)
    compiled = next(module.parent.rglob("*.pyc")).read_bytes()
    assert compiled[4:8] == UNCHECKED_HASH
    assert b"/var/task/module.py" in compiled
    assert str(tmp_path).encode() not in compiled


def test_a_module_that_does_not_compile_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def\n")
    with pytest.raises(BadLayout, match="Not every module"):
        compile_bytecode(tmp_path, tmp_path)


def test_a_function_that_can_not_be_imported_is_an_error_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    with pytest.raises(BadLayout, match="ModuleNotFoundError"):
        check_binding(tmp_path, tmp_path / "nothing")
