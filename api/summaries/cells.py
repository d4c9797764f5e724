"""The cells that totals are kept in, and how a write of an expense moves them. Pure functions.

A cell has the totals of one month, currency, category and payment method. A write carries the difference that it makes
to each cell, so that `ADD` keeps the cell exact whatever other writes are made at the same time. As an item:

    {"user_id": {"S": "6f1c…"}, "record_key": {"S": "total#2025-06#EUR#Food#Cash"}, "version": {"N": "3"},
     "spent": {"N": "112.5"}, "purchases": {"N": "9"}, "refunded": {"N": "-3.2"}, "refunds": {"N": "1"}}
"""

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from typing import Any, NamedTuple, TypeAlias

from api.models import Expense
from api.tables import join_key, split_key

PREFIX = "total"
"""What the record keys of all cells begin with."""
VERSION = "version"
"""The attribute that has how often a cell moved."""
COUNTS = ("purchases", "refunds")
"""The attributes that have how many expenses a cell counts; one that is absent is 0."""
_EXACT = Context(prec=38)
"""DynamoDB's own precision: a number has at most 38 digits."""


class Cell(NamedTuple):
    """Which expenses a cell counts; the order of the fields is the order of its key."""

    month: str
    """Year and month, such as `2025-06`."""
    currency: str
    category: str
    payment_method: str


class Tally(NamedTuple):
    """The totals of some expenses of one currency; as a difference, any part can be negative."""

    spent: Decimal = Decimal(0)
    """The sum of the amounts that are not negative."""
    refunded: Decimal = Decimal(0)
    """The sum of the negative amounts."""
    purchases: int = 0
    """How many amounts are not negative."""
    refunds: int = 0
    """How many amounts are negative."""

    def plus(self, other: "Tally") -> "Tally":
        """Return the sum of both, exactly to 38 digits."""
        return Tally(
            _EXACT.add(self.spent, other.spent),
            _EXACT.add(self.refunded, other.refunded),
            self.purchases + other.purchases,
            self.refunds + other.refunds,
        )

    def minus(self, other: "Tally") -> "Tally":
        """Return the difference of both, exactly to 38 digits."""
        return Tally(
            _EXACT.subtract(self.spent, other.spent),
            _EXACT.subtract(self.refunded, other.refunded),
            self.purchases - other.purchases,
            self.refunds - other.refunds,
        )

    @property
    def expenses(self) -> int:
        """How many expenses are counted."""
        return self.purchases + self.refunds

    @property
    def total(self) -> Decimal:
        """What was spent less what was refunded."""
        return _EXACT.add(self.spent, self.refunded)


Tallies: TypeAlias = dict[Cell, Tally]


def cell_of(expense: Expense) -> Cell:
    """Return the cell that counts an expense."""
    return Cell(expense["date"][:7], expense["currency"], expense["category"], expense["payment_method"])


def tally_of(expense: Expense) -> Tally:
    """Return the tally of a single expense."""
    amount = expense["amount"]
    if amount < 0:
        return Tally(refunded=amount, refunds=1)
    return Tally(spent=amount, purchases=1)


def tallies_of(expenses: Iterable[Expense]) -> Tallies:
    """Return the tally of each cell that counts any of some expenses."""
    tallies: Tallies = {}
    for expense in expenses:
        cell = cell_of(expense)
        tallies[cell] = tallies.get(cell, Tally()).plus(tally_of(expense))
    return tallies


def differences(before: Expense | None, after: Expense | None) -> Tallies:
    """Return what a write of one expense adds to each cell; None is no live expense. Cells that stay are left out."""
    added = tallies_of([] if after is None else [after])
    for cell, tally in tallies_of([] if before is None else [before]).items():
        added[cell] = added.get(cell, Tally()).minus(tally)
    return {cell: tally for cell, tally in added.items() if tally != Tally()}


def record_key(*parts: str) -> str:
    """Return the sort key of a cell's item, such as `total#2025-06#EUR#Food#Cash`, or the beginning of one."""
    return join_key((PREFIX, *parts))


def cell_from_key(key: str) -> Cell:
    """Return the cell of a record key."""
    _, *parts = split_key(key)
    return Cell(*parts)


def tally_from_item(item: Mapping[str, Any]) -> Tally:
    """Return the tally of a cell's item; an attribute that no write has touched yet counts as zero."""
    spent, refunded, purchases, refunds = (item.get(name, {"N": "0"})["N"] for name in Tally._fields)
    return Tally(Decimal(spent), Decimal(refunded), int(purchases), int(refunds))


def additions(difference: Tally) -> dict[str, str]:
    """Return what `ADD` adds to each attribute of a cell's item, as numbers in DynamoDB's notation; zeros left out."""
    added = {name: format(Decimal(part), "f") for name, part in difference._asdict().items() if part}
    return {**added, VERSION: "1"}
