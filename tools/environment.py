"""Make `.venv` hold what a lock names, and make it anew when it is broken: `python3 -m tools.environment local|ready`.

It is broken if its interpreter is gone or has another version, if it was made in another directory, or if a change of
it was cut off: then what it holds is unknown.

Runs on any Python 3.8 or newer, without a package, so that it can name the version that is needed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Mapping, Sequence  # noqa: UP035 — those of collections.abc have no subscripts in 3.8

ROOT = Path(__file__).resolve().parents[1]
LOCKS: Mapping[str, str] = {
    "local": "requirements/local.txt",
    "ready": "requirements/dev.txt",
    "ministack": "requirements/ministack.txt",
}
"""The lock for each use: to run the system (a fifth of the whole), and to develop and deploy it too; and that of AWS on
this machine, which needs other versions of the same packages and so an environment of its own, inside the first."""
PROBE = "import sys; print(sys.prefix, sys.version_info[:2])"
TOO_OLD = "Python 3.11 or newer is needed; this is {}. Name another, such as PYTHON=python3.12"
NO_INSTALLER = (
    "This Python has neither ensurepip nor pip. Install one of them (on Debian and Ubuntu: apt install python3-venv) "
    "or uv, and try again."
)


class Environment:
    """A virtual environment of a checkout: its own, or one inside that."""

    def __init__(self, root: Path, directory: str = ".venv") -> None:
        self.root = root
        self.directory = root / directory
        self.python = str(self.directory / "bin" / "python")
        self._made = self.directory / ".made"
        """What the interpreter reported when the environment was new."""
        self._unfinished = self.directory / ".unfinished"
        """Exists while the environment is changed, and so after a change that was cut off."""

    def ensure(self, use: str) -> None:
        """Make the environment fit for a use, unless it is. Raises `SystemExit` with a message if it cannot."""
        is_inner = use == "ministack"
        if not self._is_sound():
            self._create(is_inner=is_inner)
        if use == "local" and self._stamp("ready").exists():
            use = "ready"  # what is needed to run the system is part of it
        lock = self.root / LOCKS[use]
        digest = hashlib.sha256(lock.read_bytes() + (self.root / "pyproject.toml").read_bytes()).hexdigest()
        if _content(self._stamp(use)) != digest:
            self._install(lock, is_editable=use == "ready")
            self._stamp(use).write_text(digest)

    def _stamp(self, use: str) -> Path:
        return self.directory / f".{use}"

    def _is_sound(self) -> bool:
        return self._made.exists() and not self._unfinished.exists() and _content(self._made) == self._probe()

    def _probe(self) -> str:
        """Return where the interpreter is and its version; nothing if it does not start."""
        try:
            return subprocess.run([self.python, "-c", PROBE], capture_output=True, text=True, check=False).stdout  # noqa: S603
        except OSError:
            return ""

    def _create(self, *, is_inner: bool) -> None:
        if sys.version_info < (3, 11):  # noqa: UP036
            sys.exit(TOO_OLD.format(sys.version.split()[0]))
        _print(
            f"Installing {'MiniStack, which is AWS on this machine,' if is_inner else 'what is needed'} into "
            f"{self.directory.relative_to(self.root)}, this once."
        )
        if self.directory.exists():
            shutil.rmtree(self.directory)
        self.directory.mkdir()
        with self._changing():
            _run(_base_python(), "-m", "venv", "--without-pip", str(self.directory))
            if not is_inner:
                _succeeds(self.python, "-m", "ensurepip")  # Pulumi asks pip what is installed
            self._made.write_text(self._probe())

    def _install(self, lock: Path, *, is_editable: bool) -> None:
        """Make the installed packages those of a lock, and this project one of them if it `is_editable`."""
        with self._changing():
            uv = self._uv()
            if not _has_cache(uv):
                os.environ["UV_NO_CACHE"] = "1"  # such as for a home that is read-only
            options = (*_quietly(), "--python", self.python)
            if is_editable:
                _print(
                    "Installing the tools for development and deployment; the first time this takes a minute or more."
                )
            _run(uv, "pip", "sync", *options, "--require-hashes", str(lock))
            if is_editable:
                _run(uv, "pip", "install", *options, "--no-deps", "--no-build-isolation", "-e", str(self.root))

    def _uv(self) -> str:
        """Return the uv of this machine, or else that of `.venv`, which is installed if need be."""
        installed = self.root / ".venv" / "bin" / "uv"
        found = shutil.which("uv")
        if found or installed.exists():
            return found or str(installed)
        pip = [self.python, "-m", "pip"]
        if not _succeeds(*pip, "--version"):
            pip = [_base_python(), "-m", "pip", "--python", self.python]
            if not _succeeds(*pip, "--version"):
                sys.exit(NO_INSTALLER)
        options = (*_quietly(), "--disable-pip-version-check", "--require-hashes")
        _run(*pip, "install", *options, "-r", str(self.root / "requirements" / "uv.txt"))
        return str(installed)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """Mark the environment as unfinished until the block succeeds, or fails without having changed anything."""
        before = self._packages()
        self._unfinished.touch()
        try:
            yield
        except SystemExit:  # such as for a failed download
            if before and self._packages() == before:
                self._unfinished.unlink()
            raise
        self._unfinished.unlink()

    def _packages(self) -> Sequence[tuple[str, int]]:
        """Return the directories of packages; each has another time after a package came or went."""
        return [(str(path), path.stat().st_mtime_ns) for path in sorted(self.directory.glob("lib/*/site-packages"))]


def _base_python() -> str:
    """Return this interpreter; or if it is that of an environment, such as the one to remove, its original."""
    original = Path(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    return str(original) if sys.prefix != sys.base_prefix and original.exists() else sys.executable


def _has_cache(uv: str) -> bool:
    """Return whether uv can write to its cache, which it insists on."""
    cache = Path(subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=False).stdout.strip())  # noqa: S603
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(cache, os.W_OK)


def _quietly() -> Sequence[str]:
    """Return what keeps an installer quiet, where no person is there to see how far it is."""
    return () if sys.stderr.isatty() else ("--quiet",)


def _run(*command: str) -> None:
    # An orphan keeps the lock, which it inherits, until it ends.
    status = subprocess.run(command, close_fds=False, check=False).returncode  # noqa: S603
    if status:
        sys.exit(f"{Path(command[0]).name} failed (status {status}).")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, close_fds=False, capture_output=True, check=False).returncode == 0  # noqa: S603


def _content(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the lock on a checkout's environment, after waiting for others to finish with it."""
    directory = os.open(root, os.O_RDONLY)
    os.set_inheritable(directory, True)
    try:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _print("Waiting for another make, which is installing.")
            fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


if __name__ == "__main__":
    try:
        with locked(ROOT):
            Environment(ROOT).ensure(sys.argv[1])
            Environment(ROOT, ".venv/ministack").ensure("ministack")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f".venv cannot be made: {error}")
