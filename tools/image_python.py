"""The Python that the image has, as far as this machine has it too."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VERSION = "3.13"


def find() -> Path | None:
    """Return an interpreter of the image's version, or None where there is none."""
    for python in _candidates():
        try:
            asked = subprocess.run(  # noqa: S603 — an interpreter, on code of our own
                [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError:
            continue
        if asked.stdout.strip() == VERSION:
            return python
    return None


def _candidates() -> Iterator[Path]:
    yield Path(sys.executable)
    on_path = shutil.which(f"python{VERSION}")
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{VERSION}.*/bin/python{VERSION}"))
