"""What the image's layout drops, keeps and refuses."""

from pathlib import Path

import pytest

from tools.image_layout import BadLayout, check_binding, compile_bytecode, prune_services

UNCHECKED_HASH = b"\x01\x00\x00\x00"
"""The flags of bytecode that goes by a hash that is not checked (PEP 552)."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data of two services, with a file beside them."""
    for name in ("dynamodb", "ec2"):
        (tmp_path / name / "2012-08-10").mkdir(parents=True)
    (tmp_path / "partitions.json").write_text("{}")
    return tmp_path


def test_only_the_named_services_and_aws_own_data_stay(data: Path) -> None:
    prune_services(data, {"dynamodb"})
    assert sorted(path.name for path in data.iterdir()) == ["dynamodb", "partitions.json"]


def test_a_wanted_service_that_is_missing_is_an_error_and_nothing_is_dropped(data: Path) -> None:
    with pytest.raises(BadLayout, match="no data for sqs"):
        prune_services(data, {"dynamodb", "sqs"})
    assert (data / "ec2").exists()


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
