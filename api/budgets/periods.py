"""The amounts of a budget from month to month, and what the months carry over. Pure functions.

A month is a string such as `2025-06`, so that months sort as they are written.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from api.models import CarryOver


class Period(NamedTuple):
    """What holds from one month on, until the next period begins."""

    amount: Decimal | None
    """None where there is no budget."""
    carry_over: CarryOver = "none"


Periods: TypeAlias = Mapping[str, Period]
"""The periods of a budget by their first months, the earliest first; a budget that was deleted has no period."""

NO_BUDGET = Period(None)


def in_force(periods: Periods, month: str) -> Period:
    """Return the period that a month lies in."""
    found = NO_BUDGET
    for first, period in periods.items():
        if first > month:
            break
        found = period
    return found


def with_period(periods: Periods, first: str, period: Period) -> Periods:
    """Return the periods of a budget after it was set to something from a month on."""
    return dict(sorted({**periods, first: period}.items()))


def without(periods: Periods, first: str) -> Periods:
    """Return the periods of a budget after it was deleted from a month on."""
    before = {start: period for start, period in periods.items() if start < first}
    return before if in_force(before, first) == NO_BUDGET else {**before, first: NO_BUDGET}


def carries_from(periods: Periods, month: str) -> str:
    """Return the first month whose rest is carried to a month; the month itself where nothing is.

    That is the month from which on all periods carry over: one that does not passes nothing on, and neither does the
    time without a budget.
    """
    carrying = month
    for first, period in sorted(periods.items(), reverse=True):
        if first <= month:
            if period.carry_over == "none":
                break
            carrying = first
    return carrying


def carried(periods: Periods, month: str, totals: Mapping[str, Decimal]) -> Decimal:
    """Return what is left of all months that carry over to a month: negative where they were overspent.

    `totals` has the total of each month that has any expenses, and may have those of other months, too.
    """
    first = carries_from(periods, month)
    rest = Decimal(0)
    for start, end in pairwise([*(start for start in periods if first <= start < month), month]):
        rest += (periods[start].amount or 0) * (ordinal(end) - ordinal(start))
    for before, total in totals.items():
        if first <= before < month:
            rest -= total
    return rest


def ordinal(month: str) -> int:
    """Return the number of a month, counted from January of the year 0."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_of(number: int) -> str:
    """Return the month with a number."""
    return f"{number // 12:04}-{number % 12 + 1:02}"
