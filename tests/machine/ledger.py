"""What the service must do, in plain Python: one user's expenses in a dictionary, without tables, indexes and cells."""

from calendar import month_name
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from api.models import ExpenseCreate

Expense: TypeAlias = dict[str, Any]
"""An expense as the API returns it."""
NOTHING_SAID: Expense = dict.fromkeys(ExpenseCreate.__annotations__)
"""What a request leaves out is null, unless it has a default."""

MONTHS = list(month_name)[1:]
KEPT = timedelta(days=30)
WITHOUT_DECIMALS = {"JPY"}


@dataclass(frozen=True)
class Record:
    """An expense at one point of its life."""

    expense: Expense
    """Its content and version: of the last live state in the trash, but with the deletion's version."""
    request: Mapping[str, Any] | None = None
    """What the request with the idempotency key gave; None where there was no key."""
    deleted_at: datetime | None = None
    is_purged: bool = False

    @property
    def version(self) -> int:
        return int(self.expense["version"])

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None

    def is_gone(self, now: datetime) -> bool:
        """Whether nothing is left of it for any operation, though its item may still be there."""
        return self.deleted_at is not None and now >= expiry(self.deleted_at)

    def is_in_trash(self, now: datetime) -> bool:
        return not self.is_live and not self.is_purged and not self.is_gone(now)


@dataclass(frozen=True)
class Expected:
    """The response to a request, and what is there afterwards."""

    status: int
    after: Record | None = None
    """The expense as the request leaves it; None where it changes nothing."""
    shows: Record | None = None
    """What the body shows where the request changes nothing."""
    etag: int | None = None
    """The version in the header of a response without a body."""
    is_replay: bool = False


def expiry(deleted_at: datetime) -> datetime:
    """Return when a deleted expense is gone: 30 days later, in whole seconds as DynamoDB's time to live is."""
    up_to_a_second = timedelta(microseconds=-deleted_at.microsecond % 1_000_000)
    return deleted_at + up_to_a_second + KEPT


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Ledger:
    """One user's expenses, and what each request does to them."""

    records: dict[str, Record] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    """The expense that each idempotency key leads to, once it is known."""

    def create(self, body: Mapping[str, Any], key: str | None, now: datetime) -> Expected:
        if not is_exact(body["amount"], body.get("currency", "EUR")):
            return Expected(400)
        before = self.records.get(self.by_key.get(key, "")) if key else None
        if before is not None and not before.is_gone(now):
            if before.request != body:
                return Expected(422)
            return Expected(201, shows=before, is_replay=True) if before.is_live else Expected(410)
        given = {**NOTHING_SAID, "currency": "EUR", "date": now.date().isoformat(), **body}
        version = before.version + 1 if before else 1
        return Expected(201, after=Record(_expense(given, version), request=body if key else None))

    def change(
        self, expense_id: str, patch: Mapping[str, Any], versions: Collection[int] | None, now: datetime
    ) -> Expected:
        before = self._live(expense_id, versions, now)
        if isinstance(before, Expected):
            return before
        merged = {**before.expense, **patch}
        if not is_exact(merged["amount"], merged["currency"]):
            return Expected(400)
        return Expected(200, after=replace(before, expense=_expense(merged, before.version + 1)))

    def delete(self, expense_id: str, versions: Collection[int] | None, now: datetime) -> Expected:
        before = self._live(expense_id, versions, now)
        if isinstance(before, Expected):
            return before
        return Expected(204, after=replace(before, expense=_next(before), deleted_at=now))

    def restore(self, expense_id: str, now: datetime) -> Expected:
        before = self.records.get(expense_id)
        if before is None or before.is_purged or before.is_gone(now):
            return Expected(404)
        if before.is_live:
            return Expected(200, shows=before)
        return Expected(200, after=replace(before, expense=_next(before), deleted_at=None))

    def purge(self, expense_id: str, now: datetime) -> Expected:
        before = self.records.get(expense_id)
        if before is None or not before.is_in_trash(now):
            return Expected(404)
        return Expected(204, after=purged(before))

    def imported(self, line: Mapping[str, Any], before: Record | None) -> Record:
        """Return the expense that a line of a file becomes, on nothing or upon a deletion whose time is over."""
        given = {**NOTHING_SAID, "currency": "EUR", "version": 1, **line}
        given.pop("import_id", None)
        version = given["version"] if before is None else max(given["version"], before.version + 1)
        return Record(_expense(given, version))

    def look_up(self, expense_id: str, now: datetime) -> Expected:
        found = self._live(expense_id, None, now)
        return found if isinstance(found, Expected) else Expected(200, shows=found)

    def live(self) -> list[Expense]:
        """Return the live expenses, the newest first."""
        found = [record.expense for record in self.records.values() if record.is_live]
        return sorted(found, key=lambda e: (e["date"], e["created_at"], e["expense_id"]), reverse=True)

    def trash(self, now: datetime) -> list[tuple[str, Record]]:
        """Return what is in the trash, the newest deletion first."""
        found = [(expense_id, record) for expense_id, record in self.records.items() if record.is_in_trash(now)]
        return sorted(found, key=lambda each: (each[1].deleted_at, each[0]), reverse=True)

    def feed(self, now: datetime) -> dict[str, tuple[int, Expense | None]]:
        """Return what a first synchronization gets: the version and, unless deleted, the expense, by id."""
        return {
            expense_id: (record.version, record.expense if record.is_live else None)
            for expense_id, record in self.records.items()
            if not record.is_gone(now)
        }

    def _live(self, expense_id: str, versions: Collection[int] | None, now: datetime) -> Record | Expected:
        before = self.records.get(expense_id)
        if before is None or not before.is_live or before.is_gone(now):
            return Expected(404)
        if versions is not None and before.version not in versions:
            return Expected(412, etag=before.version)
        return before


def purged(record: Record) -> Record:
    return replace(record, is_purged=True)


def is_exact(amount: Decimal | int, currency: str) -> bool:
    """Whether a currency has the decimals of an amount; no amount of these tests has more than two."""
    return currency not in WITHOUT_DECIMALS or amount == int(amount)


def summary(expenses: Iterable[Expense], group_by: Collection[str]) -> list[dict[str, Any]]:
    """Return the groups of a summary."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for expense in expenses:
        month = (expense["year"], MONTHS.index(expense["month"])) if "month" in group_by else ()
        labels = {name: expense[name] for name in ("category", "payment_method") if name in group_by}
        key = (expense["currency"], month, *labels.values())
        start = dict.fromkeys(("total", "spent", "refunded", "count", "purchases", "refunds"), 0)
        dated = {name: expense[name] for name in ("year", "month")} if "month" in group_by else {}
        group = groups.setdefault(key, {"currency": expense["currency"], **dated, **labels, **start})
        sort, counted = ("refunded", "refunds") if expense["amount"] < 0 else ("spent", "purchases")
        for name, more in (("total", expense["amount"]), (sort, expense["amount"]), ("count", 1), (counted, 1)):
            group[name] += more
    return [groups[key] for key in sorted(groups)]


def matches(expense: Expense, filters: Mapping[str, Any]) -> bool:
    """Whether an expense meets all filters of a list or a summary."""
    return all(_MEETS[name](expense, value) for name, value in filters.items())


_MEETS: Mapping[str, Callable[[Expense, Any], bool]] = {
    "year": lambda expense, year: bool(expense["year"] == year),
    "month": lambda expense, month: bool(expense["month"] == month),
    "category": lambda expense, category: bool(expense["category"] == category),
    "payment_method": lambda expense, method: bool(expense["payment_method"] == method),
    "currency": lambda expense, currency: bool(expense["currency"] == currency),
    "date_from": lambda expense, day: bool(expense["date"] >= day),
    "date_to": lambda expense, day: bool(expense["date"] <= day),
    "min_amount": lambda expense, least: bool(expense["amount"] >= least),
}


def _expense(content: Mapping[str, Any], version: int) -> Expense:
    year, month, _ = content["date"].split("-")
    return {**content, "year": int(year), "month": MONTHS[int(month) - 1], "version": version}


def _next(record: Record) -> Expense:
    return {**record.expense, "version": record.version + 1}
