"""The use cases: what a person does with expenses. Knows neither HTTP nor AWS."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple, TypeVar, cast
from uuid import UUID, uuid4, uuid5

from api.deadline import attempts
from api.expenses.currencies import MINOR_UNIT_DIGITS
from api.expenses.errors import ExpenseBusy, ExpenseChanged, IdempotencyKeyReused
from api.expenses.filters import Filters
from api.expenses.items import NULLABLE
from api.expenses.rules import entry, today
from api.expenses.search import find
from api.expenses.store import AlreadyRecorded, ExpenseStore, Stored
from api.gateway.caller import Caller
from api.models import Expense, ExpenseCreate, ExpensePage, ExpensePatch
from api.openapi.errors import InvalidRequest
from api.openapi.strict_json import dump

ATTEMPTS = 50
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
"""How often, and after pauses of how many seconds, a change is tried while others change the same expense. Of 50 that
start together one is made at a time, and all within the deadline."""

Written = TypeVar("Written")


class Recorded(NamedTuple):
    """A recorded expense, and whether an earlier request with the same key had recorded it."""

    expense: Expense
    is_replay: bool


class ExpenseService:
    """All that can be done with expenses.

    Any method may raise `StoreUnavailable`, and `record` and `change` also `StorageFull`.
    """

    def __init__(self, store: ExpenseStore, default_currency: str, now: Callable[[], datetime]) -> None:
        """`now` returns the time, with its zone. Raises `ValueError` for a currency that ISO 4217 does not have."""
        if default_currency not in MINOR_UNIT_DIGITS:
            raise ValueError(f"DEFAULT_CURRENCY is {default_currency}; it must be an ISO 4217 code such as EUR.")
        self._store = store
        self._default_currency = default_currency
        self._now = now

    def record(self, caller: Caller, new: ExpenseCreate, idempotency_key: str | None) -> Recorded:
        """Record an expense, once for each key. Raises `InvalidRequest` and `IdempotencyKeyReused`."""
        now = self._now()
        complete = cast(
            "ExpenseCreate",
            {
                **dict.fromkeys(NULLABLE),
                "currency": self._default_currency,
                **new,
                "date": new["date"] if "date" in new else today(now, caller.zone),
            },
        )
        instant = _instant(now)
        expense: Expense = {
            "expense_id": _expense_id(caller.user_id, idempotency_key),
            **complete,
            **entry(complete, given=new),
            "version": 1,
            "created_at": instant,
            "updated_at": instant,
        }
        request_digest = "" if idempotency_key is None else _digest(expense, given=new)
        try:
            self._store.add(caller.user_id, expense, request_digest)
        except AlreadyRecorded as earlier:
            if earlier.request_digest != request_digest:
                raise IdempotencyKeyReused from None
            return Recorded(earlier.expense, is_replay=True)
        return Recorded(expense, is_replay=False)

    def look_up(self, caller: Caller, expense_id: str) -> Expense:
        """Return an expense. Raises `ExpenseNotFound`."""
        return self._store.get(caller.user_id, expense_id).expense

    def find(self, caller: Caller, filters: Filters, limit: int, cursor: str | None) -> ExpensePage:
        """Return a page of expenses. Raises `InvalidRequest` for filters or a cursor that are not valid."""
        violations = filters.violations()
        if violations:
            raise InvalidRequest(violations)
        return find(self._store, caller.user_id, filters, limit, cursor)

    def change(
        self, caller: Caller, expense_id: str, patch: ExpensePatch, expected: Collection[int] | None = None
    ) -> Expense:
        """Change the properties that a patch gives, at any version or only at one that is expected.

        Raises `InvalidRequest`, `ExpenseNotFound`, `ExpenseChanged`, and `ExpenseBusy` when others keep changing it.
        """

        def replace(stored: Stored) -> Expense:
            merged = cast("Expense", {**stored.expense, **patch})
            changed: Expense = {
                **merged,
                **entry(cast("ExpenseCreate", merged), given=patch),
                "version": stored.expense["version"] + 1,
                "updated_at": _instant(self._now()),
            }
            self._store.replace(stored, changed)
            return changed

        return self._write(caller, expense_id, expected, replace)

    def remove(self, caller: Caller, expense_id: str, expected: Collection[int] | None = None) -> None:
        """Delete an expense, at any version or only at one that is expected.

        Raises `ExpenseNotFound`, `ExpenseChanged`, and `ExpenseBusy` when others keep changing it.
        """
        self._write(caller, expense_id, expected, self._store.delete)

    def _write(
        self, caller: Caller, expense_id: str, expected: Collection[int] | None, write: Callable[[Stored], Written]
    ) -> Written:
        """Read an expense and write upon what was read, again while others write in between."""
        for _ in attempts(ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
            stored = self._store.get(caller.user_id, expense_id)
            if expected is not None and stored.expense["version"] not in expected:
                raise ExpenseChanged(stored.expense["version"])
            try:
                return write(stored)
            except ExpenseChanged as error:
                if expected is not None and error.version not in expected:
                    raise
        raise ExpenseBusy


def _digest(expense: Expense, given: Collection[str]) -> str:
    """Return a digest of what a request gives, the same however it is written."""
    content = {name: value for name, value in sorted(expense.items()) if name in given}
    return blake2b(dump(content).encode(), digest_size=16).hexdigest()


def _expense_id(user_id: str, idempotency_key: str | None) -> str:
    """Return a new id, or the id that this key of this user always leads to."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_KEYED, f"{user_id}\n{idempotency_key}"))


def _instant(now: datetime) -> str:
    """Return an instant as an RFC 3339 string in UTC, to the microsecond, so that instants sort as strings."""
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_KEYED = UUID("5a0f6f5e-2c0b-4d4f-9d0e-6e0c1b7a9f42")
"""The namespace of the ids that idempotency keys lead to. Changing it would make retries record again."""
