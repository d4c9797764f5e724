"""What is kept of a recurrence is what was said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.models import IntervalUnit
from api.recurrences.items import State, state_of, to_item
from api.recurrences.terms import TERMS, Terms

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
terms: Any = st.fixed_dictionaries(
    {
        **dict.fromkeys(TERMS, st.none()),
        "category": st.text(min_size=1, max_size=50),
        "amount": st.decimals(-999_999_999_999, 999_999_999_999, places=3),
        "currency": st.sampled_from(["EUR", "JPY"]),
        "payment_method": st.text(min_size=1, max_size=50),
        "notes": st.none() | st.text(min_size=1),
        "first": days.map(str),
        "every": st.fixed_dictionaries({"count": st.integers(1, 999), "unit": st.sampled_from(get_args(IntervalUnit))}),
        "until": st.none() | days.map(str),
        "times": st.none() | st.integers(1, 10_000),
    }
)
LATER = datetime(2025, 7, 1, tzinfo=UTC)


@given(terms, st.integers(1, 10**9), st.none() | days, st.lists(days.map(str), max_size=100))
def test_a_recurrence_survives_its_item(
    content: Terms, version: int, recorded_through: date | None, skipped: list[str]
) -> None:
    made, changed = "2025-01-02T18:22:05.123456Z", "2025-05-31T06:30:00.000000Z"
    state = State("0b9a", version, made, changed, content, recorded_through, tuple(skipped))
    assert state_of(to_item("amina", state, "")) == state


@pytest.mark.parametrize(("age", "is_expired"), [(timedelta(days=29, hours=23), False), (timedelta(days=30), True)])
def test_a_deletion_is_known_for_30_days_and_has_no_content(age: timedelta, is_expired: bool) -> None:
    deleted_at = (LATER - age).isoformat(timespec="microseconds").replace("+00:00", "Z")
    state = State("0b9a", 3, "2025-01-02T18:22:05.123456Z", deleted_at, None)
    item = to_item("amina", state, "9b1c")
    assert state_of(item) == state
    assert state.is_expired(LATER) == is_expired
    assert set(item) == {"user_id", "record_key", "version", "created_at", "updated_at", "request_digest"}
