"""How far a client knows the changes, and the cursor that it keeps of it. Pure functions.

The clock is not the order of writes: one that took its instant earlier can land later, up to a *window*. So a client
can read changes up to the last second, but what it is certain to know ends a window before the walk began: at
`settled`. Within a walk its cursor goes on after the last change that was read; after it, it goes back to `settled`.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from api import cursors
from api.expenses.states import InstantPosition, instant

QUERY = "changes"
"""What distinguishes these cursors from those of every list."""
CLOCK_SKEW_SECONDS = 5
"""How far the clocks of two Lambda environments are apart at the most. AWS keeps them within milliseconds; the rest is
for a write that was sent at the very end of it."""


BEGINNING = InstantPosition("", "")
"""Before all changes."""


class Progress(NamedTuple):
    """How far a client knows the changes."""

    settled: str
    """The instant to which every change is known once the walk is over."""
    after: InstantPosition | None = None
    """The last change that was read in this walk; None between two walks."""
    is_first: bool = False
    """Whether this walk began with nothing, so that the client has nothing from before it."""
    epoch: str = ""
    """Which erasure of everything the client knows of; empty where there was none."""

    @property
    def position(self) -> InstantPosition:
        """Where to go on; what changed in the very instant of `settled` is read again."""
        return self.after or InstantPosition(self.settled, "")

    @property
    def known_to(self) -> str:
        """The instant since which deletions must still be kept: none of the client's copy before it is unread."""
        if self.after is None or self.is_first:
            return self.settled
        return min(self.settled, self.after.instant)


def window(function_timeout_seconds: int) -> timedelta:
    """Return how long after the instant that it took a write can land: no request outlives the function's timeout."""
    return timedelta(seconds=function_timeout_seconds + CLOCK_SKEW_SECONDS)


def begun(progress: Progress | None, now: datetime, window: timedelta) -> Progress:
    """Return the progress with which a page begins: of a walk that goes on, or of one that begins now."""
    settled = instant(now - window)
    if progress is None:
        return Progress(settled, BEGINNING, is_first=True)
    if progress.after:
        return progress
    return progress._replace(settled=max(progress.settled, settled), after=progress.position)


def is_expired(progress: Progress, now: datetime, kept: timedelta) -> bool:
    """Return whether deletions that the client has not read may be forgotten, which are kept for so long."""
    return datetime.fromisoformat(progress.known_to) + kept <= now


def encode(progress: Progress) -> str:
    """Return the cursor of a client's progress."""
    parts = [progress.settled]
    if progress.after is not None:
        parts += [_FIRST if progress.is_first else _LATER, *progress.after]
    return cursors.encode(QUERY, [*parts, progress.epoch] if progress.epoch else parts)


def decode(cursor: str, now: datetime) -> Progress:
    """Return the progress of a cursor. Raises `InvalidRequest` for one that was not made here until now."""
    progress = cursors.decode(QUERY, cursor, _parse)
    if progress.settled > instant(now):
        raise cursors.invalid_cursor()
    return progress


def _parse(parts: Sequence[str]) -> Progress:
    epoch = ""
    if len(parts) in {2, 5}:  # the last part is left out where there was no erasure
        *parts, epoch = parts
        if not _EPOCH.fullmatch(epoch):
            raise ValueError(epoch)
    settled, *walk = parts
    if not walk:
        return Progress(_instant(settled), epoch=epoch)
    order, changed_at, expense_id = walk
    if order not in {_FIRST, _LATER}:
        raise ValueError(order)
    after = InstantPosition(_instant(changed_at), cursors.identifier(expense_id))
    return Progress(_instant(settled), after, order == _FIRST, epoch)


def _instant(part: str) -> str:
    datetime.fromisoformat(cursors.instant(part))  # raises ValueError for a day that no calendar has
    return part


_EPOCH = re.compile(r"[A-Za-z0-9_-]{11}")
_FIRST, _LATER = "first", "later"
"""Whether a cursor is of a client's first walk or of one of those after it."""
