"""Optimistic locking under contention: what another writer was quicker with is read and written again."""

from collections.abc import Callable
from typing import TypeVar

from api.deadline import attempts
from api.dynamodb.errors import StoreUnavailable

ATTEMPTS = 50
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
"""How often it is tried, and after pauses of how many seconds. Of 50 that start together one is made at a time, and all
within the deadline."""

Done = TypeVar("Done")


def until_done(attempt: Callable[[], Done | None], busy: type[Exception]) -> Done:
    """Return what an attempt returns, made again as long as others were quicker, for which it returns None.

    Raises `busy` where others always were, and `StoreUnavailable` where there was no time for any.
    """
    tried = False
    for _ in attempts(ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
        tried = True
        done = attempt()
        if done is not None:
            return done
    raise busy if tried else StoreUnavailable("unchanged")
