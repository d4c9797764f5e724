"""How much time a request has left, for everything that waits on its behalf.

The Lambda is stopped at its timeout without a word to the caller, so that whatever waits must give up before. The
deadline is a context variable: each thread and each request has its own.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

MARGIN_SECONDS = 0.5
"""What the Lambda keeps of its own timeout to write the response and the log after the deadline has passed."""
RESERVED_SECONDS = 1.0
"""With less time left than this, a request that has done some of its work begins no other step."""

_DEADLINE = ContextVar("deadline", default=inf)
"""In seconds of `time.monotonic`."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give the block at most this many seconds from now; a deadline around it holds too."""
    token = _DEADLINE.set(min(_DEADLINE.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def remaining() -> float:
    """Return the seconds that are left: infinite where no deadline is set, negative where it has passed."""
    return _DEADLINE.get() - time.monotonic()


def is_near() -> bool:
    """Return whether there is less time left than another step of the work may take."""
    return remaining() < RESERVED_SECONDS


def attempts(most: int, *, first_pause: float, longest_pause: float) -> Iterator[int]:
    """Yield the number of each attempt, from 0 and at most `most` of them, as long as there is time.

    Pauses before each but the first: a random part of a span in seconds that doubles from `first_pause` to
    `longest_pause`, so that those who failed together do not try again together.
    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    for number in range(most):
        if number:
            longest = min(longest_pause, first_pause * 2 ** (number - 1))
            pause = random.uniform(0, longest)  # noqa: S311 — it guards no secret
            if pause >= remaining():
                return
            time.sleep(pause)
        if remaining() <= 0:
            return
        yield number
