"""Any span of days as whole months, which cells count, and the days at its ends, for which expenses are read."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from api.expenses.filters import Window

_ONE_DAY = timedelta(days=1)


class Parts(NamedTuple):
    """A span of days, taken apart; together the parts are the span, and no day is in two of them."""

    months: Window | None
    """The whole months: from the first day of one to the last day of another, or None."""
    ends: tuple[Window, ...]
    """What is left before and after them: none, one or two windows, each a part of one month."""


def parts_of(span: Window) -> Parts:
    """Take a span of days apart."""
    last_of_first, first_of_last = _last_of_month(span.first), span.last.replace(day=1)
    begins_whole, ends_whole = span.first.day == 1, span.last == _last_of_month(span.last)
    if last_of_first >= span.last:  # all in one month
        return Parts(span, ()) if begins_whole and ends_whole else Parts(None, (span,))
    first = span.first if begins_whole else last_of_first + _ONE_DAY
    last = span.last if ends_whole else first_of_last - _ONE_DAY
    ends = (
        *(() if begins_whole else (Window(span.first, last_of_first),)),
        *(() if ends_whole else (Window(first_of_last, span.last),)),
    )
    return Parts(Window(first, last) if first <= last else None, ends)


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
