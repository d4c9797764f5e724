"""The regular expressions that the image has compiled are those that Python would compile."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest

from tools.image_patterns import MODULE, BadPatterns, write_patterns

PACKAGES = Path(str(botocore.__file__)).parents[1]
STARTED = """
import json, re
import re._compiler as compiler

given, compiled, original = dict(re._cache), [], compiler.compile
compiler.compile = lambda pattern, flags=0: compiled.append(pattern) or original(pattern, flags)
import botocore.session
print(json.dumps({
    "given": len(given),
    "compiled": len(compiled),
    "different": [
        pattern
        for (_, pattern, flags), made in given.items()
        if (fresh := original(pattern, flags)) != made or fresh.groupindex != made.groupindex
    ],
}))
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the module that Python imports first."""
    directory = tmp_path_factory.mktemp("patterns")
    write_patterns(PACKAGES, directory)
    return directory


def started(directory: Path) -> Any:
    """Return what starting with a directory compiles, and what it is given."""
    environment = {"PYTHONPATH": f"{directory}:{PACKAGES}"}
    return json.loads(subprocess.check_output([sys.executable, "-c", STARTED], env=environment, text=True))


def test_what_is_given_is_what_would_be_compiled(directory: Path) -> None:
    found = started(directory)
    assert found["different"] == []
    assert (found["given"] > 100, found["compiled"]) == (True, 0)


def test_another_python_compiles_for_itself(directory: Path, tmp_path: Path) -> None:
    of_this_version = f"sys.hexversion == {sys.hexversion}"
    module = (directory / MODULE).read_text(encoding="utf-8")
    assert of_this_version in module
    (tmp_path / MODULE).write_text(module.replace(of_this_version, "sys.hexversion == 0"), encoding="utf-8")
    found = started(tmp_path)
    assert (found["given"] < 10, found["compiled"] > 100) == (True, True)


def test_what_can_not_be_imported_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadPatterns, match="botocore"):
        write_patterns(tmp_path, tmp_path)
