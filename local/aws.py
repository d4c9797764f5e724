"""AWS on this machine: MiniStack, in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.addresses import reachable_url
from local.environment import ministack_environment

ROOT = Path(__file__).parents[1]
ENDS_WITHIN_SECONDS = 30
"""What a process has to finish the requests that it is at, and to save; then it is ended as it is."""
SAID_WHY = 1
"""The status of a process that has written why it ended."""
ENDED = "MiniStack has ended with status {}."
PYTHON = ROOT / ".venv" / "ministack" / "bin" / "python"


@contextmanager
def ministack(listener: socket.socket, directory: Path, lock: int, *, is_kept: bool) -> Iterator[str]:
    """Serve at this socket until the block is left; yield the endpoint.

    What is done is kept in the directory if it `is_kept`, and there from the start the next time. The process ends with
    this one, whatever ends it: it waits for the end of a pipe from here. It holds the directory's lock as long as it
    runs. If it ends first, this process ends, too.
    """
    if not PYTHON.exists():
        sys.exit("MiniStack is not installed: make .venv/.local")
    endpoint, descriptor = reachable_url(listener), listener.fileno()
    process = subprocess.Popen(  # noqa: S603
        [str(PYTHON), "-m", "local.ministack", str(descriptor), str(directory), "keep" if is_kept else "forget"],
        cwd=ROOT,
        env=ministack_environment(directory),
        pass_fds=[descriptor, lock],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for this process, which ends the other one when it has done with it
    )
    listener.close()
    is_over = threading.Event()
    threading.Thread(target=_end_with, args=(process, is_over), daemon=True).start()
    try:
        yield endpoint
    finally:
        is_over.set()
        try:
            process.communicate(timeout=ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        if process.returncode:
            sys.exit(1 if process.returncode == SAID_WHY else ENDED.format(process.returncode))


def _end_with(process: "subprocess.Popen[bytes]", is_over: threading.Event) -> None:
    """End this process if the other one ends first: at once, since nothing works without it."""
    process.wait()
    if not is_over.is_set():
        if process.returncode != SAID_WHY:
            sys.stderr.write(ENDED.format(process.returncode) + "\n")
        os._exit(1)
