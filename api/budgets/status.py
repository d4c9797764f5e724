"""What is left of budgets in a month. The totals that this takes are read once, for all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple, TypeAlias

from api.budgets.items import State
from api.budgets.periods import carried, carries_from, in_force
from api.expenses.filters import Window, whole_month
from api.expenses.rules import plain
from api.models import BudgetStatus
from api.openapi.errors import InvalidRequest, Violation
from api.summaries.cells import Tallies

MOST_CELLS = 10_000
"""How many totals one status reads at the most."""

CellsOfMonths: TypeAlias = Callable[[Window, int], Tallies]
"""Returns the cells of some whole months, the latest first, at most as many as the limit."""

_ROOM = 38
"""As many digits as a total has at the most: DynamoDB's precision."""


class _Totals(NamedTuple):
    """What was spent, as far back as was read."""

    by_month: Mapping[tuple[str | None, str], Mapping[str, Decimal]]
    """The total of each month that has any, by the category, or None for all of them, and the currency."""
    complete_after: str
    """The latest month of which there may be more; empty where there is none."""


def statuses(budgets: Sequence[State], month: str, cells_of_months: CellsOfMonths) -> list[BudgetStatus]:
    """Return what is left of each budget; all of them hold in the month.

    Whether one carries over from further back than is read depends on its own months only: those of all end with this
    one, and what is read begins there. Raises `InvalidRequest` where not even the totals of the month may be read.
    """
    if not budgets:
        return []
    first = min(carries_from(budget.periods, month) for budget in budgets)
    last = whole_month(int(month[:4]), int(month[5:])).last
    cells = cells_of_months(Window(date.fromisoformat(f"{first}-01"), last), MOST_CELLS + 1)
    complete_after = min(cell.month for cell in cells) if len(cells) > MOST_CELLS else ""
    if complete_after == month:
        message = f"must be one with at most {MOST_CELLS} totals of currency, category and payment method"
        raise InvalidRequest([Violation("query", "month", message)])
    totals = _Totals(_by_month(budgets, cells), complete_after)
    return [_status(budget, month, totals) for budget in budgets]


def _by_month(budgets: Iterable[State], cells: Tallies) -> Mapping[tuple[str | None, str], Mapping[str, Decimal]]:
    totals: dict[tuple[str | None, str], dict[str, Decimal]] = {
        (budget.category, budget.currency): {} for budget in budgets
    }
    with localcontext(prec=_ROOM):
        for cell, tally in cells.items():
            for category in (cell.category, None):
                months = totals.get((category, cell.currency))
                if months is not None:
                    months[cell.month] = months.get(cell.month, Decimal(0)) + tally.total
    return totals


def _status(budget: State, month: str, totals: _Totals) -> BudgetStatus:
    period, spent = in_force(budget.periods, month), totals.by_month[budget.category, budget.currency]
    amount, total = period.amount or Decimal(0), spent.get(month, Decimal(0))
    rest = left = None
    if carries_from(budget.periods, month) > totals.complete_after:
        with localcontext(prec=_ROOM):
            rest = carried(budget.periods, month, spent)
            left = amount + rest - total
    return {
        "category": budget.category,
        "currency": budget.currency,
        "amount": amount,
        "carry_over": period.carry_over,
        "carried": None if rest is None else plain(rest),
        "total": plain(total),
        "left": None if left is None else plain(left),
    }
