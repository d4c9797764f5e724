"""The days of occurrences are those of `dateutil.rrule`, with the rule for days that a month lacks written out."""

from datetime import date, timedelta
from itertools import islice, takewhile
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.models import IntervalUnit
from api.recurrences.schedule import LAST_DAY, Schedule, has_occurrence, occurrences
from tests.recurrence_model import days

UNITS: tuple[IntervalUnit, ...] = get_args(IntervalUnit)
YEARS = 30
LEAP_CYCLE = [date(2023, 1, 1) + timedelta(days=day) for day in range(4 * 365 + 1)]
"""Every day that four years have; in 2100, which is no leap year, the tests of any dates are."""

schedules = st.builds(
    Schedule,
    st.dates(date(1900, 1, 1), LAST_DAY),
    st.integers(1, 999),
    st.sampled_from(UNITS),
    st.dates(date(1900, 1, 1), LAST_DAY),
    st.none() | st.integers(1, 10_000),
)


def assert_agreement(first: date, count: int, unit: IntervalUnit, years: int = YEARS) -> None:
    until = min(date(first.year + years, first.month, 28), LAST_DAY)
    found = list(occurrences(Schedule(first, count, unit, until)))
    assert found == list(days(first, count, unit, until)), (first, count, unit)


@pytest.mark.parametrize("unit", ["week", "month", "year"])
def test_of_every_first_day_they_are_those_of_the_oracle(unit: IntervalUnit) -> None:
    for number, first in enumerate(LEAP_CYCLE):
        assert_agreement(first, 3 + number % 31, unit)


@pytest.mark.parametrize(
    "first",
    [
        date(2024, month, day)
        for month in (1, 2, 10)
        for day in (1, 28, 29, 30, 31)
        if (month, day) < (2, 30) or month > 2
    ],
)
@pytest.mark.parametrize("unit", UNITS)
def test_of_the_last_days_of_a_month_they_are_those_of_the_oracle(first: date, unit: IntervalUnit) -> None:
    for count in (1, 2, 12, 13):
        assert_agreement(first, count, unit, years=5 if unit == "day" else YEARS)


@pytest.mark.fuzz
@pytest.mark.parametrize("unit", UNITS)
def test_of_every_first_day_and_interval_they_are_those_of_the_oracle(unit: IntervalUnit) -> None:
    for number, first in enumerate(LEAP_CYCLE):
        for count in range(1, 25) if unit != "day" else (1 + number % 48, 49 + number % 317):
            assert_agreement(first, count, unit)


@given(schedules)
@example(Schedule(date(2000, 2, 29), 1, "year"))
@example(Schedule(date(2096, 2, 29), 4, "year"))
@example(Schedule(date(2199, 12, 31), 999, "year"))
def test_of_any_dates_they_are_those_of_the_oracle(schedule: Schedule) -> None:
    found = list(islice(occurrences(schedule), 60))
    wanted = days(schedule.first, schedule.count, schedule.unit, schedule.until)
    assert found == list(islice(wanted, min(schedule.times or 60, 60)))


@given(schedules, st.dates(date(1900, 1, 1), LAST_DAY))
def test_those_after_a_day_are_found_without_those_before(schedule: Schedule, day: date) -> None:
    late = schedule.first + (day - date(1900, 1, 1)) % timedelta(days=20 * 365)
    for after in (day, min(late, LAST_DAY)):
        number = sum(1 for _ in takewhile(after.__ge__, occurrences(schedule)))
        assert list(islice(occurrences(schedule, after), 5)) == list(islice(occurrences(schedule), number, number + 5))


@given(schedules, st.integers(0, 400), st.integers(-40, 40))
def test_a_day_has_an_occurrence_where_the_list_has_it(schedule: Schedule, number: int, distance: int) -> None:
    found = list(islice(occurrences(schedule), number + 50))
    for near in [schedule.first, *found[number : number + 1]]:
        day = near + timedelta(days=distance)
        assert has_occurrence(schedule, day) == (day in found)


@given(schedules)
def test_they_are_in_order_from_the_first_date_and_none_after_the_end(schedule: Schedule) -> None:
    found = list(islice(occurrences(schedule), 100))
    assert found == sorted(set(found))
    assert found[:1] == ([schedule.first] if schedule.first <= schedule.until else [])
    assert all(day <= schedule.until for day in found)
    if schedule.times is not None:
        assert len(found) <= schedule.times
