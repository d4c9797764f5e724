"""A span of days is taken apart into whole months and ends, and nothing is lost or counted twice."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.expenses.filters import Window
from api.summaries.periods import parts_of

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
SPANS = st.one_of(
    st.builds(lambda one, other: Window(min(one, other), max(one, other)), DAYS, DAYS),
    st.builds(lambda first, length: Window(first, first + timedelta(days=length)), DAYS, st.integers(0, 70)),
    st.builds(Window, st.just(date.min), DAYS),
    st.builds(Window, DAYS, st.just(date.max)),
    st.just(Window(date.min, date.max)),
)
ONE_DAY = timedelta(days=1)


@given(SPANS)
def test_every_day_of_a_span_is_in_exactly_one_part(span: Window) -> None:
    months, ends = parts_of(span)
    windows = sorted([*ends, *([months] if months else [])])
    assert (windows[0].first, windows[-1].last) == span
    assert all(after.first - before.last == ONE_DAY for before, after in pairwise(windows))


@given(SPANS)
def test_months_are_whole_and_ends_are_parts_of_one_month(span: Window) -> None:
    months, ends = parts_of(span)
    if months:
        assert months.first.day == 1
        assert months.last == date.max or (months.last + ONE_DAY).day == 1
    for end in ends:
        assert (end.first.year, end.first.month) == (end.last.year, end.last.month)
        assert end.first.day > 1 or (end.last + ONE_DAY).day > 1


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "last", "months", "ends"),
    [
        ("2025-05-25", "2025-06-24", None, [("2025-05-25", "2025-05-31"), ("2025-06-01", "2025-06-24")]),
        ("2024-01-01", "2024-12-31", ("2024-01-01", "2024-12-31"), []),
        ("2024-02-01", "2024-02-29", ("2024-02-01", "2024-02-29"), []),
        ("2024-02-01", "2024-02-28", None, [("2024-02-01", "2024-02-28")]),
        ("2025-06-14", "2025-06-14", None, [("2025-06-14", "2025-06-14")]),
        ("2025-01-31", "2025-03-01", ("2025-02-01", "2025-02-28"), [("2025-01-31",) * 2, ("2025-03-01",) * 2]),
        ("2025-01-01", "2025-02-10", ("2025-01-01", "2025-01-31"), [("2025-02-01", "2025-02-10")]),
        ("2024-12-25", "2025-01-31", ("2025-01-01", "2025-01-31"), [("2024-12-25", "2024-12-31")]),
    ],
)
def test_the_parts_by_example(
    first: str, last: str, months: tuple[str, str] | None, ends: list[tuple[str, str]]
) -> None:
    found = parts_of(Window(day(first), day(last)))
    assert found.months == (months and Window(*map(day, months)))
    assert found.ends == tuple(Window(*map(day, end)) for end in ends)
