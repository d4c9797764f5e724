"""Filters: their canonical form, which cursors are bound to, and what of them can't be."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.expenses.filters import Filters
from api.expenses.store import Window
from api.openapi.errors import Violation

some = st.builds(
    Filters,
    month=st.none() | st.integers(1, 12),
    year=st.none() | st.integers(1900, 2199),
    category=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    payment_method=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    date_from=st.none() | st.dates(),
    date_to=st.none() | st.dates(),
    min_amount=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    max_amount=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    text=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    newest_first=st.booleans(),
)


@given(some, some)
def test_the_canonical_form_is_the_same_for_the_same_filters_only(one: Filters, other: Filters) -> None:
    assert (one.canonical() == other.canonical()) == (one == other)


@pytest.mark.parametrize("amount", [Decimal("12.50"), Decimal("12.5"), Decimal("1250E-2")])
def test_the_notation_of_an_amount_is_not_in_the_canonical_form(amount: Decimal) -> None:
    assert Filters(min_amount=amount).canonical() == '{"min_amount":12.5,"newest_first":true}'


def test_a_filter_that_is_not_given_is_not_in_the_canonical_form() -> None:
    """So that a filter which is added later leaves the cursors of today valid."""
    assert Filters().canonical() == '{"newest_first":true}'
    assert all(field.default is None for field in fields(Filters) if field.name != "newest_first")


@pytest.mark.parametrize(
    ("filters", "violation"),
    [
        (
            Filters(date_from=date(2025, 1, 2), date_to=date(2025, 1, 1)),
            Violation("query", "date_to", "must not be before date_from"),
        ),
        (
            Filters(min_amount=Decimal(2), max_amount=Decimal(1)),
            Violation("query", "max_amount", "must not be less than min_amount"),
        ),
    ],
)
def test_a_span_that_ends_before_it_begins_is_not_valid(filters: Filters, violation: Violation) -> None:
    assert filters.violations() == [violation]


@pytest.mark.parametrize(
    ("filters", "span"),
    [
        (Filters(), Window(date.min, date.max)),
        (Filters(year=2024, month=2), Window(date(2024, 2, 1), date(2024, 2, 29))),
        (Filters(year=2024, date_from=date(2024, 12, 31)), Window(date(2024, 12, 31), date(2024, 12, 31))),
        (Filters(year=2024, date_from=date(2025, 1, 1)), None),
    ],
)
def test_the_span_is_what_year_month_and_dates_have_in_common(filters: Filters, span: Window | None) -> None:
    assert filters.span == span
