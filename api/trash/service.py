"""The use cases of the trash. What is in it are expenses, which the service of expenses keeps."""

from collections.abc import Sequence
from datetime import datetime

from api import cursors, deadline
from api.dynamodb import StoreUnavailable
from api.expenses.errors import ExpenseBusy, ExpenseNotFound
from api.expenses.service import ExpenseService
from api.expenses.states import InstantPosition, State, expiry, purged, restored
from api.gateway.caller import Caller
from api.models import DeletedExpense, DeletedExpensePage, Expense, TrashPurge

MAX_PURGED = 25
"""How many expenses one request deletes for good at the most: each is a write of its own."""
_QUERY = "trash"
"""What the cursors of the trash belong to."""


class TrashService:
    """All that can be done with deleted expenses. Any method may raise `StoreUnavailable`."""

    def __init__(self, expenses: ExpenseService) -> None:
        self._expenses = expenses

    def find(self, caller: Caller, limit: int, cursor: str | None) -> DeletedExpensePage:
        """Return a page of what is in the trash, the latest deletion first. Raises `InvalidRequest` for the cursor."""
        after = None if cursor is None else cursors.decode(_QUERY, cursor, _position)
        found = self._expenses.in_trash(caller, limit, after)
        items = [_deleted_expense(state) for state in found.states]
        next_cursor = cursors.encode(_QUERY, found.more_after) if found.more_after else None
        return {"items": items, "count": len(items), "next_cursor": next_cursor}

    def restore(self, caller: Caller, expense_id: str) -> Expense:
        """Take an expense out of the trash; a live one is returned as it is.

        Raises `ExpenseNotFound`, `StorageFull`, and `ExpenseBusy` when others keep changing it.
        """
        live = self._expenses.apply(caller, expense_id, _restored).live
        if live is None:
            raise ExpenseNotFound
        return live

    def purge(self, caller: Caller, expense_id: str) -> None:
        """Delete for good what is in the trash. Raises `ExpenseNotFound`, and `ExpenseBusy` as `restore` does."""
        self._expenses.apply(caller, expense_id, _purged)

    def empty(self, caller: Caller) -> TrashPurge:
        """Delete for good what is in the trash, so much of it as one request may; say whether that was all.

        Raises `StoreUnavailable` only where nothing was deleted, or where it is unknown what was.
        """
        found = self._expenses.in_trash(caller, MAX_PURGED + 1)
        is_all = found.more_after is None and len(found.states) <= MAX_PURGED
        count = 0
        for state in found.states[:MAX_PURGED]:
            if count and deadline.is_near():
                is_all = False
                break
            try:
                self.purge(caller, state.expense_id)
            except ExpenseNotFound:  # restored, or deleted for good by another request
                continue
            except ExpenseBusy:
                is_all = False
                continue
            except StoreUnavailable as error:
                if not count or error.outcome == "unknown":
                    raise
                is_all = False
                break
            count += 1
        return {"purged": count, "done": is_all}


def _restored(state: State, now: datetime) -> State:
    if state.live:
        return state
    if state.in_trash is None:
        raise ExpenseNotFound
    return restored(state.in_trash, now)


def _purged(state: State, _now: datetime) -> State:
    if state.in_trash is None:
        raise ExpenseNotFound
    return purged(state)


def _deleted_expense(state: State) -> DeletedExpense:
    expense, deletion = state.in_trash, state.deletion
    if expense is None or deletion is None:
        raise ValueError(f"The index of the trash has {state.expense_id}, which is not in the trash.")
    return {**expense, "deleted_at": deletion.deleted_at, "expires_at": expiry(deletion)}


def _position(parts: Sequence[str]) -> InstantPosition:
    deleted_at, expense_id = parts
    return InstantPosition(cursors.instant(deleted_at), cursors.identifier(expense_id))
