"""The change feed: each expense once in its latest state, in the order of the changes, page by page."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from api import deadline
from api.changes.progress import Progress, begun, decode, encode, is_expired, window
from api.dynamodb import StoreUnavailable
from api.expenses.states import KEPT, InstantPosition, State, States
from api.gateway.caller import Caller
from api.models import Change, ChangePage

LONGEST_TIMEOUT_SECONDS = 900
"""Lambda's own limit. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""
MAX_QUERIES = 10
"""After how many queries a page ends, where all that was found has expired and is not deleted yet."""
CHUNK = 100
"""How much is read at once after a query that did not fill the page."""


class CursorExpired(Exception):
    """The client does not know of deletions that are not kept any more, or of an erasure of everything."""

    def __init__(self) -> None:
        super().__init__(
            "Deletions since this cursor are no longer known. Delete your copy and begin without a cursor."
        )


class StatesByChange(Protocol):
    """Finds the states of a caller's expenses, in the order of their latest changes."""

    def __call__(self, caller: Caller, after: InstantPosition, limit: int) -> States:
        """Return at most `limit` states after a position, expired ones too."""


class ChangeService:
    """Lists what changed. Any method may raise `StoreUnavailable`."""

    def __init__(
        self,
        states_by_change: StatesByChange,
        epoch_of: Callable[[str], str],
        function_timeout_seconds: int,
        now: Callable[[], datetime],
    ) -> None:
        """Take the epoch of a user, which each erasure of everything changes, and the time, with its zone.

        Raises `ValueError` for a timeout that no Lambda function has.
        """
        if not 1 <= function_timeout_seconds <= LONGEST_TIMEOUT_SECONDS:
            raise ValueError(
                f"FUNCTION_TIMEOUT_SECONDS is {function_timeout_seconds}; "
                f"it must be an integer from 1 to {LONGEST_TIMEOUT_SECONDS}."
            )
        self._states_by_change = states_by_change
        self._epoch_of = epoch_of
        self._window = window(function_timeout_seconds)
        self._now = now

    def changes(self, caller: Caller, limit: int, cursor: str | None) -> ChangePage:
        """Return a page of changes: all there are without a cursor, else those since it was made.

        A page can have fewer than `limit` changes and not be the last one, where a bound on its work or its time was
        met first. Raises `InvalidRequest` for a cursor that is not valid, and `CursorExpired`.
        """
        now = self._now()
        known = None if cursor is None else decode(cursor, now)
        progress = begun(known, now, self._window)
        epoch = self._epoch_of(caller.user_id)  # before the changes, so that a client never has more than its epoch
        if is_expired(progress, now, KEPT) or (known and known.epoch != epoch):
            raise CursorExpired
        states, after = self._read(caller, progress.position, limit, now)
        is_first = progress.is_first and after is not None
        progress = Progress(progress.settled, after, is_first, epoch)
        return {
            "items": [_change(state) for state in states],
            "count": len(states),
            "next_cursor": encode(progress),
            "up_to_date": after is None,
        }

    def _read(
        self, caller: Caller, position: InstantPosition, limit: int, now: datetime
    ) -> tuple[list[State], InstantPosition | None]:
        """Return at most `limit` states after a position, and where to go on, or None at the end.

        What counts as expired here is what `is_expired` accepted the cursor by, at the same `now`.
        """
        found: list[State] = []
        after: InstantPosition | None = position
        for queries in range(MAX_QUERIES):
            if queries and deadline.is_near():
                break
            try:
                # One more than the page has room for tells whether it is the last one.
                part = self._states_by_change(caller, position, CHUNK if queries else limit + 1)
            except StoreUnavailable:
                if not queries:
                    raise
                break
            found += (state for state in part.states if not state.is_expired(now))
            after = part.more_after
            if len(found) > limit:
                last = found[limit - 1]
                return found[:limit], InstantPosition(last.changed_at, last.expense_id)
            if after is None:
                break
            position = after
        return found, after


def _change(state: State) -> Change:
    change: Change = {
        "expense_id": state.expense_id,
        "version": state.version,
        "changed_at": state.changed_at,
        "deleted": state.deletion is not None,
    }
    if state.live:
        change["expense"] = state.live
    return change
