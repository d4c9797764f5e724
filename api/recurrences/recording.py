"""Recording what is due: each expense once, in one transaction with its totals and with how far its recurrence got.

That is what keeps an occurrence from being recorded twice, and a deleted one from coming back, even when its deletion
is not known any more. The expense's id follows from the recurrence and the date, so that no two can be of the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice, takewhile
from typing import NamedTuple
from uuid import UUID, uuid5

from api import deadline
from api.dynamodb import StorageFull, StoreUnavailable, until_done
from api.expenses.errors import ExpenseBusy
from api.expenses.rules import expense_of
from api.expenses.service import ExpenseService, New
from api.expenses.states import instant, recorded
from api.expenses.store import OthersChanged
from api.gateway.caller import Caller
from api.models import Expense, RecordedDue, RecordedOccurrence
from api.recurrences.due import open_days, open_occurrences
from api.recurrences.errors import RecurrenceBusy, RecurrenceNotFound
from api.recurrences.store import DynamoDBRecurrences, Stored
from api.recurrences.terms import Terms, entry_of

MOST_RECORDED = 49
"""How many occurrences one request records at the most: each may move a cell, and there is the recurrence itself."""
_OCCURRENCES = UUID("c1f7a0b4-6a5d-4e0e-9b53-0d2f8a4c7e19")
"""The namespace of the ids of occurrences."""


class _Part(NamedTuple):
    """What was recorded of one recurrence, and whether that is all that was wanted."""

    items: list[RecordedOccurrence]
    is_all: bool


class Recorder:
    """Records what is due of a user's recurrences."""

    def __init__(self, store: DynamoDBRecurrences, expenses: ExpenseService, now: Callable[[], datetime]) -> None:
        self._store = store
        self._expenses = expenses
        self._now = now

    def record(self, caller: Caller, recurrences: Sequence[Stored], until: date) -> RecordedDue:
        """Record the earliest occurrences that are open up to a day, at most `MOST_RECORDED`, of recurrences as read.

        Raises `StoreUnavailable`, `StorageFull`, `ExpenseBusy` and `RecurrenceBusy` only where nothing was recorded.
        """
        found = list(islice(open_occurrences([each.state for each in recurrences], until), MOST_RECORDED + 1))
        is_all = len(found) <= MOST_RECORDED
        through = {
            state.recurrence_id: until if is_all else date.fromisoformat(position.day)
            for position, state in found[:MOST_RECORDED]
        }
        items: list[RecordedOccurrence] = []
        for stored in recurrences:
            last = through.get(stored.state.recurrence_id)
            if last is None:
                continue
            if len(items) == MOST_RECORDED or (items and deadline.is_near()):
                is_all = False
                break
            try:
                part = self._record(caller, stored, last, MOST_RECORDED - len(items))
            except (StoreUnavailable, StorageFull, ExpenseBusy, RecurrenceBusy):
                if not items:
                    raise
                is_all = False
                break
            items += part.items
            is_all = is_all and part.is_all
        items.sort(key=lambda item: (item["expense"]["date"], item["recurrence_id"]))
        return {"items": items, "count": len(items), "done": is_all}

    def _record(self, caller: Caller, stored: Stored, through: date, most: int) -> _Part:
        """Record the open occurrences of one recurrence up to a day, again while others change it in between."""

        def record() -> _Part | None:
            nonlocal stored
            state, now = stored.state, instant(self._now())
            days = list(islice(takewhile(lambda day: day <= through, open_days(state)), most + 1))
            if not days or state.terms is None:
                return _Part([], is_all=True)
            is_all, days = len(days) <= most, days[:most]
            new = [_expense(caller.user_id, state.recurrence_id, state.terms, day, now) for day in days]
            after = replace(state, recorded_through=days[-1], version=state.version + 1, updated_at=now)
            moved = self._store.change(caller.user_id, stored, after)
            try:
                kept = self._expenses.record_all(caller, [New(recorded(each)) for each in new], others=[moved])
            except OthersChanged:
                stored = self._store.get(caller.user_id, state.recurrence_id)
                return None
            items = [each.state.live for each in kept if not each.was_there]
            return _Part([{"recurrence_id": state.recurrence_id, "expense": each} for each in items if each], is_all)

        try:
            return until_done(record, RecurrenceBusy)
        except RecurrenceNotFound:  # everything was erased meanwhile
            return _Part([], is_all=True)


def _expense(user_id: str, recurrence_id: str, terms: Terms, day: date, now: str) -> Expense:
    """Return the expense of an occurrence, under the id that it always has."""
    expense_id = str(uuid5(_OCCURRENCES, f"{user_id}\n{recurrence_id}\n{day.isoformat()}"))
    return expense_of(expense_id, entry_of(terms, day), now, now)
