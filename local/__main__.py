"""`python -m local` starts the system."""

import os
import signal
import tempfile
from pathlib import Path
from types import FrameType


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)  # an exception would be lost wherever the program or a library catches or drops it


# Ctrl-C and SIGTERM end this process with status 0: at once until it serves, then once the requests are finished.
# MiniStack saves and ends when this process has. The whole takes a second to import: Ctrl-C must work by then, and what
# is wrong with the options or the directory is said before.
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, _end)

from local import options, state  # noqa: E402
from local.addresses import listen  # noqa: E402

chosen = options.command_line()
listener = listen(chosen.host, chosen.port, "PORT={port} make run")
directory = Path(tempfile.mkdtemp()) if chosen.ephemeral else chosen.state.resolve()
lock = state.take(directory)
if chosen.fresh:
    state.forget(directory)

from local.system import run  # noqa: E402

run(chosen, listener, directory, lock)
