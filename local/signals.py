"""How a signal ends this process."""

import signal
import sys
from types import FrameType


def end_on_signals() -> None:
    """Make Ctrl-C and SIGTERM end this process in good order, with status 0.

    Uvicorn catches them while it serves, finishes its requests and raises them again.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
