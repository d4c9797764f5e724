from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo import demo_expenses, demo_recurrences

TODAY = date(2026, 11, 22)


def test_the_same_day_gives_the_same_expenses() -> None:
    assert list(demo_expenses(TODAY)) == list(demo_expenses(TODAY))


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_demo_expenses_lie_in_the_year_up_to_today(today: date) -> None:
    days = [date.fromisoformat(expense["date"]) for expense in demo_expenses(today)]

    assert today - timedelta(days=366) < min(days)
    assert max(days) <= today


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_the_rent_is_paid_every_month(today: date) -> None:
    assert sum(expense["category"] == "Rent" for expense in demo_expenses(today)) == 12


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_the_recurrences_are_still_to_come(today: date) -> None:
    firsts = [date.fromisoformat(recurrence["first"]) for recurrence in demo_recurrences(today)]

    assert len(firsts) == 2
    assert all(today < first <= today + timedelta(days=31) for first in firsts)
    assert firsts[0].day == 1


@pytest.mark.parametrize(("field", "least"), [("category", 8), ("payment_method", 5), ("currency", 3), ("date", 100)])
def test_demo_expenses_differ_enough_to_try_filters_on(field: str, least: int) -> None:
    assert len({expense[field] for expense in demo_expenses(TODAY)}) >= least


def test_there_are_refunds_in_two_currencies() -> None:
    assert {expense["currency"] for expense in demo_expenses(TODAY) if expense["amount"] < 0} == {"EUR", "JPY"}


def test_no_category_is_there_only_once() -> None:
    assert min(Counter(expense["category"] for expense in demo_expenses(TODAY)).values()) > 1
