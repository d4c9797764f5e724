"""The states of what has an expense's id: live, in the trash, deleted for good; and the ways between. Pure functions.

A deletion is kept as a tombstone for a time: with its content, so that it can be restored, or without once it was
deleted for good. The version goes on through all of it, so that no ETag ever fits another state.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import NamedTuple, TypeAlias

from api.models import Expense

KEPT = timedelta(days=30)
"""How long a deletion is known, and can be undone."""


BeforeAndAfter: TypeAlias = tuple[Expense | None, Expense | None]
"""The live expense before and after a write; None where there is no live one."""


class Deletion(NamedTuple):
    """When an expense was deleted, and until when that is known."""

    deleted_at: str
    """To the microsecond, as all instants are kept."""
    expires_at: int
    """In seconds since 1970, as DynamoDB's TTL has it."""


@dataclass(frozen=True, slots=True)
class State:
    """What there is under an id."""

    expense_id: str
    version: int
    changed_at: str
    """The instant of the latest change: of the recording, a change of content, the deletion or the restoration."""
    expense: Expense | None
    """The content; None where it was deleted for good."""
    deletion: Deletion | None = None
    """None where the expense is live."""

    @property
    def live(self) -> Expense | None:
        """The expense as lists and totals have it; None where it is deleted."""
        return None if self.deletion else self.expense

    @property
    def in_trash(self) -> Expense | None:
        """The expense that can be restored; None where it is live or deleted for good."""
        return self.expense if self.deletion else None

    def is_expired(self, now: datetime) -> bool:
        """Return whether this is a deletion whose time is over, so that there is nothing, whatever is still kept."""
        return self.deletion is not None and self.deletion.expires_at <= now.timestamp()


class InstantPosition(NamedTuple):
    """A position in the order of changes or of deletions: of one, or with an empty id before all of an instant."""

    instant: str
    """The `changed_at` or `deleted_at`."""
    expense_id: str


class States(NamedTuple):
    """What a query of changes or deletions found; `more_after` is where to go on, or None at the end."""

    states: list[State]
    more_after: InstantPosition | None


def recorded(expense: Expense) -> State:
    """Return the state of a live expense, as recorded or changed at its `updated_at`."""
    return State(expense["expense_id"], expense["version"], expense["updated_at"], expense)


def deleted(expense: Expense, now: datetime) -> State:
    """Return the state of a live expense after its deletion."""
    version, deleted_at = expense["version"] + 1, instant(now)
    deletion = Deletion(deleted_at, ceil(now.timestamp()) + int(KEPT.total_seconds()))
    in_trash: Expense = {**expense, "version": version}
    return State(expense["expense_id"], version, deleted_at, in_trash, deletion)


def restored(expense: Expense, now: datetime) -> State:
    """Return the state of an expense in the trash after its restoration."""
    return recorded({**expense, "version": expense["version"] + 1, "updated_at": instant(now)})


def moved(state: State, category: str, now: datetime) -> State:
    """Return the state of a live expense, or of one in the trash, in another category."""
    if state.expense is None:
        return state
    version, changed_at = state.version + 1, instant(now)
    expense: Expense = {**state.expense, "category": category, "version": version, "updated_at": changed_at}
    return State(state.expense_id, version, changed_at, expense, state.deletion)


def purged(state: State) -> State:
    """Return the state of a deleted expense without its content; to a client that has it, it is the same deletion."""
    return State(state.expense_id, state.version, state.changed_at, None, state.deletion)


def oldest_deletion(now: datetime) -> str:
    """Return the earliest `deleted_at` of a deletion that has not expired."""
    # An expiry is rounded up to the second, so that the first one known is just after the second that has begun.
    return instant((now - KEPT).replace(microsecond=1))


def instant(now: datetime) -> str:
    """Return an instant as an RFC 3339 string in UTC, to the microsecond, so that instants sort as strings."""
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def expiry(deletion: Deletion) -> str:
    """Return when a deletion expires as an RFC 3339 string in UTC."""
    return instant(datetime.fromtimestamp(deletion.expires_at, UTC))
