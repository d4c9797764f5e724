"""`python -m local` starts the system."""

import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM)


def _end(_number: int, _frame: FrameType | None) -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)  # it is ending: a second Ctrl-C must not interrupt that
    sys.exit(0)


# Ctrl-C and SIGTERM end this process in good order, with status 0. Uvicorn catches them while it serves, finishes its
# requests and raises them again. The whole takes a second to import: Ctrl-C must work by then, and what is wrong with
# the options or the directory is said before.
for number in ENDING:
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
