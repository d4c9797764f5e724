"""Which occurrences are still to be recorded. Pure functions."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from heapq import merge
from itertools import takewhile
from typing import NamedTuple

from api.recurrences.items import State
from api.recurrences.schedule import occurrences
from api.recurrences.terms import schedule_of


class Position(NamedTuple):
    """A position in the order of open occurrences: that of one."""

    day: str
    recurrence_id: str


def open_days(state: State, after: date | None = None) -> Iterator[date]:
    """Give the days of the occurrences that are neither recorded nor skipped, in order; with None not after a day."""
    if state.terms is None:
        return iter(())
    passed = [day for day in (state.recorded_through, after) if day]
    days = occurrences(schedule_of(state.terms), max(passed, default=None))
    return (day for day in days if day.isoformat() not in state.skipped)


def open_occurrences(
    states: Iterable[State], until: date, after: Position | None = None
) -> Iterator[tuple[Position, State]]:
    """Give the occurrences of all recurrences that are open up to a day, by date and of the same day by id."""

    def of(state: State) -> Iterator[tuple[Position, State]]:
        days = open_days(state, None if after is None else _before(state, after))
        for day in takewhile(lambda day: day <= until, days):
            yield Position(day.isoformat(), state.recurrence_id), state

    return merge(*map(of, states), key=lambda found: found[0])


def _before(state: State, after: Position) -> date:
    """Return the last day on which no occurrence of a recurrence comes after a position."""
    day = date.fromisoformat(after.day)
    return day if state.recurrence_id <= after.recurrence_id else day - timedelta(days=1)
