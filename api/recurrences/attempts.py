"""What is tried again while others change the same recurrence."""

from collections.abc import Callable
from typing import TypeVar

from api.deadline import attempts
from api.dynamodb import StoreUnavailable
from api.recurrences.errors import RecurrenceBusy

ATTEMPTS = 50
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
"""How often it is tried, and after pauses of how many seconds."""

Done = TypeVar("Done")


def until_done(attempt: Callable[[], Done | None]) -> Done:
    """Return what an attempt returns, made again as long as others were quicker, for which it returns None.

    Raises `RecurrenceBusy` where others always were, and `StoreUnavailable` where there was no time for any.
    """
    tried = False
    for _ in attempts(ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
        tried = True
        done = attempt()
        if done is not None:
            return done
    raise RecurrenceBusy if tried else StoreUnavailable("unchanged")
