"""An expense comes out of the table as it went in, and its keys order it by category, date and id."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api.expenses.items import AFTER_EVERY_ID, from_item, order_key, position_of, primary_key, to_attributes
from api.models import Expense
from tests.seed import expense

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
expenses = st.builds(
    expense,
    st.integers(0, 10**6),
    days,
    category=texts,
    payment_method=texts,
    notes=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    amount=st.decimals(-(10**12), 10**12, places=2),
)


@given(expenses)
def test_an_expense_comes_back_as_it_was(kept: Expense) -> None:
    item = {**primary_key("amina", kept["expense_id"]), **to_attributes(kept)}
    assert from_item(item) == kept
    assert isinstance(from_item(item)["amount"], Decimal)


@given(expenses)
def test_either_key_tells_the_place_of_its_expense(kept: Expense) -> None:
    attributes = to_attributes(kept)
    place = (date.fromisoformat(kept["date"]), kept["expense_id"])
    assert position_of(attributes["date_key"]["S"]) == position_of(attributes["category_key"]["S"]) == place


@given(texts, texts, days, days, st.uuids().map(str))
def test_no_key_of_one_category_lies_among_those_of_another(
    one: str, other: str, first: date, last: date, expense_id: str
) -> None:
    low = order_key(one, min(first, last).isoformat())
    high = order_key(one, max(first, last).isoformat()) + AFTER_EVERY_ID
    assert (low <= order_key(other, first.isoformat(), expense_id) <= high) == (one == other)
