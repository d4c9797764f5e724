"""`python -m local` starts the system."""

import signal
import sys
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM)


def _end(_number: int, _frame: FrameType | None) -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)  # it is ending: a second Ctrl-C must not interrupt that
    sys.exit(0)


# Ctrl-C and SIGTERM end this process in good order, with status 0. Uvicorn catches them while it serves, finishes its
# requests and raises them again. The rest takes a second to import, and Ctrl-C must work by then.
for number in ENDING:
    signal.signal(number, _end)

from local.system import run  # noqa: E402

run()
