"""The directory that keeps what was done, used by one process at a time. `python3 -m local.state .local` empties it."""

import contextlib
import fcntl
import os
import shutil
import sys
import time
from pathlib import Path

LOCK = "lock"
WAIT_SECONDS = 5
"""For a process that is just ending."""
IN_USE = """\
Another process keeps its data in {}, and one at a time can. Stop it; or start this one with EPHEMERAL=1, which keeps
nothing, or with another directory, such as STATE=.local-2"""
UNUSABLE = """\
Nothing can be kept in {}: {}. Choose another directory, such as STATE=.local-2; or keep nothing, by EPHEMERAL=1"""
IN_USE_NOT_FORGOTTEN = """\
Another process keeps its data in {}, and what it uses is not forgotten. Stop it first"""
NOT_FORGOTTEN = "Nothing is forgotten in {}: {}"
NOT_OURS = "there are other things in it, which would be forgotten, too"


def take(directory: Path, in_use: str = IN_USE, unusable: str = UNUSABLE) -> int:
    """Make a directory if need be and lock it. Return the lock's file descriptor; it holds until each copy is closed.

    Ends this process with the message `in_use` if another one has it, or `unusable` if it is not one for this.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(directory.iterdir()) and not (directory / LOCK).exists():
            sys.exit(unusable.format(directory, NOT_OURS))
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        sys.exit(unusable.format(directory, os.strerror(error.errno or 0).lower()))
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        time.sleep(0.05)
    sys.exit(in_use.format(directory))


def forget(directory: Path) -> None:
    """Remove what a locked directory has, but for its lock."""
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


if __name__ == "__main__" and Path(sys.argv[1]).exists():
    take(Path(sys.argv[1]), IN_USE_NOT_FORGOTTEN, NOT_FORGOTTEN)
    forget(Path(sys.argv[1]))
