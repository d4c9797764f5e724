"""The use cases: what a person does with expenses, and the rules that make an expense one.

Knows neither HTTP nor AWS.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, tzinfo
from decimal import Context, Decimal
from hashlib import blake2b
from typing import NamedTuple, TypedDict, cast, get_args
from unicodedata import normalize
from uuid import UUID, uuid4, uuid5

from api.currencies import MINOR_UNIT_DIGITS
from api.errors import ExpenseBusy, ExpenseChanged, IdempotencyKeyReused, InvalidRequest
from api.models import Expense, ExpenseCreate, ExpensePage, ExpensePatch, Fault, Month
from api.search import Search, find
from api.store import AlreadyRecorded, ExpenseStore
from api.strict_json import dump

MONTHS: tuple[Month, ...] = get_args(Month)
MAX_SIGNIFICANT_DIGITS = 15
MAX_LABEL_LENGTH = 50
MAX_NOTES_LENGTH = 1000
ATTEMPTS = 4
"""How often a change is tried while others change the same expense."""


class Caller(NamedTuple):
    """Whose expenses, and where on Earth their days begin."""

    user_id: str
    zone: tzinfo


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
            "date": new["date"] if "date" in new else now.astimezone(caller.zone).date().isoformat(),
            "currency": new.get("currency", self._default_currency),
        }
        instant = _instant(now)
        expense: Expense = {
            "expense_id": _expense_id(caller.user_id, idempotency_key),
            **_entry(complete, given=new),
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
        faults = search.faults()
        if faults:
            raise InvalidRequest(faults)
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
                **_entry(cast("ExpenseCreate", {**current, **patch}), given=patch),
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


def label(text: str) -> str:
    """Return a category or payment method as it is kept: without spaces at its ends, in Unicode's form C.

    That form can be the longer one, so that lengths count again.
    """
    return normalize("NFC", text.strip())


class _Entry(TypedDict):
    """What an expense says of the spending itself, derived members included."""

    category: str
    amount: Decimal
    currency: str
    payment_method: str
    notes: str | None
    date: str
    month: Month
    year: int


def _entry(complete: ExpenseCreate, given: Collection[str]) -> _Entry:
    """Put an expense with nothing left out under the rules. Raises `InvalidRequest`; `given` are the members sent."""
    faults: list[Fault] = []
    category, payment_method = label(complete["category"]), label(complete["payment_method"])
    notes = None if complete["notes"] is None else normalize("NFC", complete["notes"])
    lengths = (
        ("category", category, MAX_LABEL_LENGTH),
        ("payment_method", payment_method, MAX_LABEL_LENGTH),
        ("notes", notes or "", MAX_NOTES_LENGTH),
    )
    for name, text, limit in lengths:
        if len(text) > limit:
            faults.append({"pointer": f"/{name}", "detail": f"must have at most {limit} characters"})
    amount, currency = _plain(Decimal(complete["amount"])), complete["currency"]
    if "amount" in given or "currency" in given:  # a currency that has gone since does not bar other changes
        if currency not in MINOR_UNIT_DIGITS:
            faults.append({"pointer": "/currency", "detail": "must be the ISO 4217 code of a currency in use"})
        elif detail := _inexact(amount, currency):
            faults.append({"pointer": "/amount" if "amount" in given else "/currency", "detail": detail})
    if faults:
        raise InvalidRequest(faults)
    day = date.fromisoformat(complete["date"])
    return {
        "category": category,
        "amount": amount,
        "currency": currency,
        "payment_method": payment_method,
        "notes": notes,
        "date": complete["date"],
        "month": MONTHS[day.month - 1],
        "year": day.year,
    }


def _plain(amount: Decimal) -> Decimal:
    """Return an amount as DynamoDB gives it back: with neither exponent nor needless zeros, and zero without a sign."""
    shortest = _EXACTLY.plus(amount.normalize(_EXACTLY))
    return shortest if _exponent(shortest) <= 0 else shortest.quantize(Decimal(1), context=_EXACTLY)


def _inexact(amount: Decimal, currency: str) -> str:
    """Return why an amount is not exact in its currency, or nothing."""
    if len(amount.as_tuple().digits) > MAX_SIGNIFICANT_DIGITS:
        return f"must have at most {MAX_SIGNIFICANT_DIGITS} significant digits"
    allowed = MINOR_UNIT_DIGITS[currency]
    if -_exponent(amount) > allowed:
        return f"must have {f'at most {allowed}' if allowed else 'no'} decimals in {currency}"
    return ""


def _exponent(number: Decimal) -> int:
    return cast("int", number.as_tuple().exponent)  # a text only for NaN and the infinities, which JSON has not


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


_EXACTLY = Context(prec=1000)
"""The default context would round to 28 digits, and a number with more could pass for one with fewer."""
_KEYED = UUID("5a0f6f5e-2c0b-4d4f-9d0e-6e0c1b7a9f42")
"""The namespace of the ids that idempotency keys lead to. Changing it would make retries record again."""
