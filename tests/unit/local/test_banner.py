"""The month of one's own that the printed lines sum up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from local.banner import FIRST_DAY, own_month


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_the_month_from_25th_to_24th_has_today(today: date) -> None:
    first, last = own_month(today)

    assert first <= today <= last
    assert (first.day, last.day) == (FIRST_DAY, FIRST_DAY - 1)
    assert last - first < timedelta(days=31)
