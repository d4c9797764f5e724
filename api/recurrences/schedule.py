"""The days on which a recurrence occurs. Pure functions.

Occurrences are numbered from 0, and each is counted from the first date, never from the one before: in a month without
the day of the first date, an occurrence is on the last day, and the next one is on the right day again.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from api.models import IntervalUnit

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""The days that the contract has."""
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a recurrence occurs."""

    first: date
    count: int
    unit: IntervalUnit
    until: date = LAST_DAY
    times: int | None = None
    """How many occurrences there are; None where they are not counted."""


def occurrences(schedule: Schedule, after: date | None = None) -> Iterator[date]:
    """Give the days of all occurrences after a day, or with None of all, in order. Finding the first takes one step."""
    number = 0 if after is None else _number_after(schedule, after)
    while schedule.times is None or number < schedule.times:
        day = _day(schedule, number)
        if day > schedule.until:
            return
        yield day
        number += 1


def has_occurrence(schedule: Schedule, day: date) -> bool:
    """Return whether there is an occurrence on a day."""
    if day < schedule.first:
        return False
    return next(occurrences(schedule, date.fromordinal(day.toordinal() - 1)), None) == day


def _day(schedule: Schedule, number: int) -> date:
    """Return the day of an occurrence."""
    first = schedule.first
    if schedule.unit in _DAYS:
        return first + timedelta(days=number * schedule.count * _DAYS[schedule.unit])
    months = _month(first) + number * schedule.count * _MONTHS[schedule.unit]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _number_after(schedule: Schedule, day: date) -> int:
    """Return the number of the first occurrence after a day, as if there were no end."""
    if day < schedule.first:
        return 0
    if schedule.unit in _DAYS:
        return (day - schedule.first).days // (schedule.count * _DAYS[schedule.unit]) + 1
    number = (_month(day) - _month(schedule.first)) // (schedule.count * _MONTHS[schedule.unit])
    return number if _day(schedule, number) > day else number + 1  # in the day's own month, it can be on a later day


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
