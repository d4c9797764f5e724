"""Summaries: exact totals of any span of days, from the cells of its whole months and the expenses at its ends."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import NoReturn, Protocol, TypeAlias

from api.expenses.filters import Filters, Window, overlap, whole_month
from api.expenses.rules import MONTHS, plain
from api.gateway.caller import Caller
from api.models import Expense, Summary, SummaryDimension, SummaryGroup
from api.openapi.errors import InvalidRequest, Violation
from api.summaries.cells import Cell, Tallies, Tally, tallies_of
from api.summaries.periods import parts_of

MOST = 5000
"""How many cells, how many expenses at the ends of the span and how many groups one summary has at the most."""

DIMENSIONS: tuple[SummaryDimension, ...] = ("month", "category", "payment_method")
"""What a summary can be grouped by, in the order in which groups are sorted after their currency."""

ExpensesOfDays: TypeAlias = Callable[[Caller, Window, str | None, int], Iterable[Expense]]
"""Returns the expenses of a span of days, of one category or of all, at most as many as the limit."""


class TotalsStore(Protocol):
    """Where the cells are kept. May raise `StoreUnavailable`."""

    def cells(self, user_id: str, months: Window, limit: int, *, latest_first: bool = False) -> Tallies:
        """Return the cells of some whole months in the order of their keys or against it, at most `limit` of them."""


class SummaryService:
    """Sums up a user's expenses."""

    def __init__(self, totals: TotalsStore, expenses_of_days: ExpensesOfDays) -> None:
        self._totals = totals
        self._expenses_of_days = expenses_of_days

    def summarize(
        self, caller: Caller, filters: Filters, currency: str | None, group_by: Collection[SummaryDimension]
    ) -> Summary:
        """Return the totals by currency and by the given dimensions.

        Raises `InvalidRequest` for filters that are not valid or leave too much to read, and `StoreUnavailable`.
        """
        if violations := filters.violations():
            raise InvalidRequest(violations)
        dimensions = [name for name in DIMENSIONS if name in group_by]
        groups: dict[tuple[str, ...], tuple[Cell, Tally]] = {}
        for cell, tally in self._tallies(caller, filters).items():
            if tally.expenses and _matches(cell, filters, currency):
                key = (cell.currency, *(getattr(cell, name) for name in dimensions))
                groups[key] = (cell, groups[key][1].plus(tally) if key in groups else tally)
        if len(groups) > MOST:
            _refuse("group_by", f"must name fewer: the summary has more than {MOST} groups")
        items = [_group(*groups[key], dimensions) for key in sorted(groups)]
        return {"items": items, "count": len(items)}

    def of_months(self, caller: Caller, months: Window, limit: int) -> Tallies:
        """Return the cells of some whole months, the latest first, at most `limit` of them."""
        return self._totals.cells(caller.user_id, months, limit, latest_first=True)

    def _tallies(self, caller: Caller, filters: Filters) -> Tallies:
        if filters.span is None:
            return {}
        months, ends = parts_of(filters.span)
        tallies = self._cells(caller, months, filters) if months else {}
        read: list[Expense] = []
        for end in ends:
            if filters.month in {None, end.first.month}:
                read += self._expenses_of_days(caller, end, filters.category, MOST + 1 - len(read))
                if len(read) > MOST:
                    name = "date_from" if end.first.day > 1 else "date_to"
                    _refuse(name, f"{_NARROWER[name]}, or a category must be given: {_TOO_MANY}")
        return {**tallies, **tallies_of(read)}  # an end lies in no whole month, so no cell is in both

    def _cells(self, caller: Caller, months: Window, filters: Filters) -> Tallies:
        tallies: Tallies = {}
        for window in self._windows(caller, months, filters):
            tallies |= self._totals.cells(caller.user_id, window, MOST + 1 - len(tallies))
            if len(tallies) > MOST:
                _refuse("date_from", f"must be later: there are more than {MOST} totals in the months of the summary")
        return tallies

    def _windows(self, caller: Caller, months: Window, filters: Filters) -> Iterator[Window]:
        """Give what is to be read of whole months: of one month in any year, only those of years that have any cell."""
        if filters.month is None or filters.year is not None:
            yield months
            return
        ahead: Window | None = months
        while ahead and (nearest := self._totals.cells(caller.user_id, ahead, 1)):
            window = overlap(ahead, _next(filters.month, next(iter(nearest))))
            if window is None:
                return
            yield window
            ahead = overlap(ahead, Window(window.last + _ONE_DAY, months.last))


def _next(month: int, cell: Cell) -> Window:
    """Return the days of a month, the first one that does not lie before a cell's."""
    first = date.fromisoformat(f"{cell.month}-01")
    return whole_month(first.year + (month < first.month), month)


def _matches(cell: Cell, filters: Filters, currency: str | None) -> bool:
    """Return whether a cell of the span meets the filters that its key does not begin with."""
    return (
        currency in {None, cell.currency}
        and filters.category in {None, cell.category}
        and filters.payment_method in {None, cell.payment_method}
        and filters.month in {None, int(cell.month[5:])}
    )


def _group(cell: Cell, tally: Tally, dimensions: Iterable[SummaryDimension]) -> SummaryGroup:
    """Return a group with the names that it has in common with one of its cells."""
    group: SummaryGroup = {
        "currency": cell.currency,
        "total": plain(tally.total),
        "spent": plain(tally.spent),
        "refunded": plain(tally.refunded),
        "count": tally.expenses,
        "purchases": tally.purchases,
        "refunds": tally.refunds,
    }
    for name in dimensions:
        if name == "month":
            group["year"], group["month"] = int(cell.month[:4]), MONTHS[int(cell.month[5:]) - 1]
        else:
            group[name] = getattr(cell, name)
    return group


def _refuse(parameter: str, message: str) -> NoReturn:
    raise InvalidRequest([Violation("query", parameter, message)])


_NARROWER = {
    "date_from": "must be the first day of a month or nearer to its end",
    "date_to": "must be the last day of a month or nearer to its beginning",
}
_TOO_MANY = f"at most {MOST} expenses of parts of months can be summed up"
_ONE_DAY = timedelta(days=1)
