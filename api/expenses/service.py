"""The use cases: what a person does with expenses, and the rules that make an expense one.

Knows neither HTTP nor AWS.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple, cast
from uuid import UUID, uuid4, uuid5

from api.expenses.currencies import MINOR_UNIT_DIGITS
from api.expenses.errors import ExpenseBusy, ExpenseChanged, IdempotencyKeyReused
from api.expenses.rules import entry, today
from api.expenses.search import Search, find
from api.expenses.store import AlreadyRecorded, ExpenseStore
from api.gateway.caller import Caller
from api.models import Expense, ExpenseCreate, ExpensePage, ExpensePatch
from api.openapi.errors import InvalidRequest
from api.openapi.strict_json import dump

ATTEMPTS = 4
"""How often a change is tried while others change the same expense."""


class Recorded(NamedTuple):
    """A recorded expense, and whether an earlier request with the same key had recorded it."""

    expense: Expense
    is_replay: bool


class Ledger:
    """All that can be done with expenses. Any method may raise `StoreUnavailable`."""

    def __init__(self, store: ExpenseStore, default_currency: str, now: Callable[[], datetime]) -> None:
        """`now` tells the time, with its zone. Raises `ValueError` for a currency that ISO 4217 does not know."""
        if default_currency not in MINOR_UNIT_DIGITS:
            raise ValueError(f"DEFAULT_CURRENCY is {default_currency}; it must be an ISO 4217 code such as EUR.")
        self._store = store
        self._default_currency = default_currency
        self._now = now

    def record(self, caller: Caller, new: ExpenseCreate, idempotency_key: str | None) -> Recorded:
        """Record an expense, once for each key. Raises `InvalidRequest` and `IdempotencyKeyReused`."""
        now = self._now()
        complete: ExpenseCreate = {
            **new,
            "notes": new.get("notes"),
            "date": new["date"] if "date" in new else today(now, caller.zone),
            "currency": new.get("currency", self._default_currency),
        }
        instant = _instant(now)
        expense: Expense = {
            "expense_id": _expense_id(caller.user_id, idempotency_key),
            **entry(complete, given=new),
            "version": 1,
            "created_at": instant,
            "updated_at": instant,
        }
        # Without a key nobody else can hit upon this id: only another try of this very request finds it recorded.
        request_digest = "" if idempotency_key is None else _digest(expense, given=new)
        try:
            self._store.add(caller.user_id, expense, request_digest)
        except AlreadyRecorded as earlier:
            if earlier.request_digest != request_digest:
                raise IdempotencyKeyReused from None
            return Recorded(earlier.expense, is_replay=idempotency_key is not None)
        return Recorded(expense, is_replay=False)

    def look_up(self, caller: Caller, expense_id: str) -> Expense:
        """Return an expense. Raises `ExpenseNotFound`."""
        return self._store.get(caller.user_id, expense_id)

    def find(self, caller: Caller, search: Search, limit: int, cursor: str | None) -> ExpensePage:
        """Return a page of expenses. Raises `InvalidRequest` for a search or a cursor that can't be."""
        violations = search.violations()
        if violations:
            raise InvalidRequest(violations)
        return find(self._store, caller.user_id, search, limit, cursor)

    def change(
        self, caller: Caller, expense_id: str, patch: ExpensePatch, expected_version: int | None = None
    ) -> Expense:
        """Change the members that a patch gives, at any version or only at the expected one.

        Raises `InvalidRequest`, `ExpenseNotFound`, `ExpenseChanged`, and `ExpenseBusy` when others keep changing it.
        """
        changed: Expense | None = None
        for _ in range(ATTEMPTS):
            current = self._store.get(caller.user_id, expense_id)
            if current == changed:
                return changed  # it was written after all: only the answer to the first try was lost
            if expected_version not in {None, current["version"]}:
                raise ExpenseChanged(current["version"])
            changed = {
                **current,
                **entry(cast("ExpenseCreate", {**current, **patch}), given=patch),
                "version": current["version"] + 1,
                "updated_at": _instant(self._now()),
            }
            try:
                self._store.replace(caller.user_id, changed, current["version"])
            except ExpenseChanged:
                continue
            return changed
        raise ExpenseBusy

    def remove(self, caller: Caller, expense_id: str, expected_version: int | None = None) -> None:
        """Delete an expense, at any version or only at the expected one. Raises `ExpenseNotFound`, `ExpenseChanged`."""
        self._store.delete(caller.user_id, expense_id, expected_version)


def _digest(expense: Expense, given: Collection[str]) -> str:
    """Return a digest of what a request says, the same however it is written."""
    said = {name: value for name, value in sorted(expense.items()) if name in given}
    return blake2b(dump(said).encode(), digest_size=16).hexdigest()


def _expense_id(user_id: str, idempotency_key: str | None) -> str:
    """Return a new id, or the id that this key of this user always leads to."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_KEYED, f"{user_id}\n{idempotency_key}"))


def _instant(moment: datetime) -> str:
    """Return a moment as RFC 3339 text in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_KEYED = UUID("5a0f6f5e-2c0b-4d4f-9d0e-6e0c1b7a9f42")
"""The namespace of the ids that idempotency keys lead to. Changing it would make retries record again."""
