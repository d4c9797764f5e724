"""Summaries: exact totals of any span of days, from the cells of its whole months and the expenses at its ends."""

from collections.abc import Iterable
from typing import Protocol

from api.expenses.filters import Filters, Window
from api.gateway.caller import Caller
from api.models import Expense, Summary, SummaryDimension, SummaryGroup
from api.months import MONTHS
from api.openapi.errors import InvalidRequest, Violation
from api.summaries.cells import Cell, Tallies, Tally, tallies_of
from api.summaries.periods import parts_of

MAX_CELLS = 5000
"""How many cells, and how many expenses at the ends of the span, are read for one summary at the most."""


class TotalsStore(Protocol):
    """Where the cells are kept."""

    def cells(self, user_id: str, months: Window, limit: int) -> Tallies:
        """Return the cells of some whole months, at most `limit` of them, in the order of their keys."""


class ExpensesOfDays(Protocol):
    """What finds single expenses."""

    def __call__(self, caller: Caller, window: Window, category: str | None, limit: int) -> Iterable[Expense]:
        """Return the expenses of a span of days, at most `limit` of them."""


class SummaryService:
    """Sums up a user's expenses."""

    def __init__(self, totals: TotalsStore, expenses_of: ExpensesOfDays) -> None:
        self._totals = totals
        self._expenses_of = expenses_of

    def summarize(
        self, caller: Caller, filters: Filters, currency: str | None, group_by: Iterable[SummaryDimension]
    ) -> Summary:
        """Return the totals by currency and by the given dimensions. Raises `InvalidRequest`: also for too much to read."""
        if violations := filters.violations():
            raise InvalidRequest(violations)
        groups: dict[tuple[str, ...], tuple[Cell, Tally]] = {}
        dimensions = [name for name in ("month", "category", "payment_method") if name in set(group_by)]
        for cell, tally in self._tallies(caller, filters).items():
            if tally.count and _matches(cell, filters, currency):
                key = (cell.currency, *(getattr(cell, name) for name in dimensions))
                groups[key] = (cell, groups[key][1].plus(tally) if key in groups else tally)
        items = [_group(*groups[key], dimensions) for key in sorted(groups)]
        return {"items": items, "count": len(items)}

    def _tallies(self, caller: Caller, filters: Filters) -> Tallies:
        span = filters.span
        if span is None:
            return {}
        months, ends = parts_of(span)
        tallies: Tallies = {}
        if months:
            tallies = self._totals.cells(caller.user_id, months, MAX_CELLS + 1)
            _bound(len(tallies))
        read: list[Expense] = []
        for end in ends:
            if filters.month in {None, end.first.month}:
                read += self._expenses_of(caller, end, filters.category, MAX_CELLS + 1 - len(read))
                _bound(len(read))
        return {**tallies, **tallies_of(read)}  # an end lies in no whole month, so no cell is in both


def _bound(read: int) -> None:
    if read > MAX_CELLS:
        raise InvalidRequest(
            [
                Violation(
                    "query",
                    "date_from",
                    f"must begin later: the summary covers more than {MAX_CELLS} totals or expenses; "
                    "narrow it by date_from and date_to, or by year",
                )
            ]
        )


def _matches(cell: Cell, filters: Filters, currency: str | None) -> bool:
    return (
        currency in {None, cell.currency}
        and filters.category in {None, cell.category}
        and filters.payment_method in {None, cell.payment_method}
        and filters.month in {None, int(cell.month[5:])}
    )


def _group(cell: Cell, tally: Tally, dimensions: Iterable[str]) -> SummaryGroup:
    group: SummaryGroup = {
        "currency": cell.currency,
        "total": tally.total,
        "spent": tally.spent,
        "refunded": tally.refunded,
        "count": tally.count,
        "purchases": tally.purchases,
        "refunds": tally.refunds,
    }
    if "month" in dimensions:
        group["year"], group["month"] = int(cell.month[:4]), MONTHS[int(cell.month[5:]) - 1]
    if "category" in dimensions:
        group["category"] = cell.category
    if "payment_method" in dimensions:
        group["payment_method"] = cell.payment_method
    return group
