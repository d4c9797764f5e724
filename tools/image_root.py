"""The image's layout on this machine, for the tests and the benchmark: made by the image's script, kept in .tools."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.image_layout import DEPENDENCIES, OPERATIONS
from tools.wheels import unpack

REPOSITORY = Path(__file__).parents[1]
SOURCES = (
    *(REPOSITORY / "tools" / f"image_{part}.py" for part in ("layout", "patterns", "roots", "sdk")),
    REPOSITORY / OPERATIONS,
)
"""What decides how the dependencies are set out, beside themselves."""
RUNTIME_LOCK = REPOSITORY / "requirements" / "runtime.txt"


def dependencies(lock: Path = RUNTIME_LOCK, python: Path = Path(sys.executable)) -> Path:
    """Return a root with the dependencies of a lock, set out once for each lock, source and interpreter.

    Raises `WheelsUnavailable`.
    """
    version = subprocess.run([python, "-VV"], check=True, capture_output=True).stdout  # noqa: S603
    sources = b"".join(path.read_bytes() for path in SOURCES)
    state = hashlib.blake2b(lock.read_bytes() + sources + version, digest_size=8)
    kept = REPOSITORY / ".tools" / f"layout-{state.hexdigest()}"
    if kept.exists():
        return kept
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, ignore_cleanup_errors=True) as directory:
        new = Path(directory, "root")
        unpack(lock, new / DEPENDENCIES, python)
        _run(python, "dependencies", new)
        try:
            new.rename(kept)
        except OSError:
            if not kept.exists():  # else another process was quicker
                raise
    return kept


def function(root: Path, python: Path = Path(sys.executable)) -> None:
    """Lay out the function in an empty directory, its dependencies as a link to where they are kept."""
    (root / DEPENDENCIES).parent.mkdir(parents=True)
    (root / DEPENDENCIES).symlink_to(dependencies(python=python) / DEPENDENCIES)
    _run(python, "task", root)


def _run(python: Path, part: str, root: Path) -> None:
    """Run the script with the interpreter that the bytecode is for; it needs PyYAML, which this one has."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = (python, "-m", "tools.image_layout", part, root)
    subprocess.run(command, check=True, env=environment, cwd=REPOSITORY)  # noqa: S603
