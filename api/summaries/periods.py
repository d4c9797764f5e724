"""Any span of days as whole months, which cells count, and the days at its ends, which only the expenses tell."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from api.expenses.store import Window

_ONE_DAY = timedelta(days=1)


class Parts(NamedTuple):
    """A span of days, taken apart; together the parts are the span, and no day is in two of them."""

    months: Window | None
    """The whole months: from the first day of one to the last day of another, or None."""
    ends: tuple[Window, ...]
    """What is left before and after them: none, one or two windows of less than a month."""


def parts_of(span: Window) -> Parts:
    """Take a span of days apart."""
    first = span.first if span.first.day == 1 else _last_of_month(span.first) + _ONE_DAY
    last = span.last if span.last == _last_of_month(span.last) else span.last.replace(day=1) - _ONE_DAY
    if first > last:  # no whole month: the span lies in one month, or in two that follow each other
        middle = min(_last_of_month(span.first), span.last)
        rest = Window(middle + _ONE_DAY, span.last)
        return Parts(None, (Window(span.first, middle), *([rest] if rest.first <= rest.last else [])))
    before, after = Window(span.first, first - _ONE_DAY), Window(last + _ONE_DAY, span.last)
    return Parts(Window(first, last), tuple(end for end in (before, after) if end.first <= end.last))


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
