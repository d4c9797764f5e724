"""Unpack locked wheels into a directory: what is set out or taken apart, and not installed for this interpreter."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_AS_LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")


class WheelsUnavailable(RuntimeError):
    """Not every wheel of a lock can be had here; the message says why."""


def unpack(lock: Path, directory: Path, python: Path = Path(sys.executable)) -> None:
    """Unpack the wheels that a lock names, for an interpreter: none else, and none that would be built here.

    Raises `WheelsUnavailable`.
    """
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        raise WheelsUnavailable("uv is needed; `make .venv/.ready` installs it.")
    done = subprocess.run(  # noqa: S603 — uv, on our own lock
        [uv, "pip", "install", "--quiet", *_AS_LOCKED, "--python", python, "--target", directory, "-r", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WheelsUnavailable(f"{lock.name} could not be installed:\n{done.stderr}")
