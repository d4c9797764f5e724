"""Cells: any writes of expenses move them so that they have what a recount has, to the last digit."""

from decimal import Context, Decimal
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.models import Expense
from api.summaries.cells import (
    Cell,
    Tallies,
    Tally,
    additions,
    cell_from_key,
    differences,
    record_key,
    tallies_of,
    tally_from_item,
)

LABELS = st.text(st.characters(codec="utf-8") | st.sampled_from("#%~2 "), min_size=1, max_size=12)
MONTHS = st.dates().map(lambda day: day.isoformat()[:7])
CURRENCIES = st.text("ABCXYZ", min_size=3, max_size=3)
CELLS = st.builds(Cell, MONTHS, CURRENCIES, LABELS, LABELS)
AMOUNTS = st.decimals(-(10**15) + 1, 10**15 - 1, places=2) | st.sampled_from(
    [Decimal(0), Decimal("-3.2"), Decimal("0.001"), Decimal(999999999999999), Decimal(-999999999999999)]
)
FEW = st.sampled_from(["2025-05-31", "2025-06-01", "2025-06-30", "2024-06-01"])


def expense(
    day: str = "2025-06-14",
    currency: str = "EUR",
    category: str = "Food",
    method: str = "Cash",
    amount: Decimal | str = "12.5",
) -> Expense:
    row = {"date": day, "currency": currency, "category": category, "payment_method": method, "amount": Decimal(amount)}
    return cast("Expense", row)


EXPENSES = st.builds(
    expense,
    FEW,
    st.sampled_from(["EUR", "JPY"]),
    st.sampled_from(["Food", "Food#Cash", "Food%23Cash"]),
    st.sampled_from(["Cash", "Cash#Cash"]),
    AMOUNTS,
)


def moved(cells: Tallies, difference: Tallies) -> Tallies:
    """Return cells as `ADD` leaves them."""
    return {**cells, **{cell: cells.get(cell, Tally()).plus(tally) for cell, tally in difference.items()}}


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 3), st.none() | EXPENSES), max_size=25))
def test_any_writes_leave_what_a_recount_has(writes: list[tuple[int, Expense | None]]) -> None:
    live: dict[int, Expense] = {}
    cells: Tallies = {}
    for number, after in writes:
        cells = moved(cells, differences(live.get(number), after))
        live = {**{key: row for key, row in live.items() if key != number}, **({number: after} if after else {})}
    assert {cell: tally for cell, tally in cells.items() if tally.expenses} == tallies_of(live.values())
    assert all(tally == Tally() for tally in cells.values() if not tally.expenses)


@given(st.none() | EXPENSES, st.none() | EXPENSES)
def test_a_write_moves_at_most_two_cells_and_each_once(before: Expense | None, after: Expense | None) -> None:
    difference = differences(before, after)
    assert len(difference) <= 2
    assert Tally() not in difference.values()
    assert differences(after, before) == {cell: Tally().minus(tally) for cell, tally in difference.items()}


@pytest.mark.parametrize(
    ("change", "cells"),
    [
        ({"amount": "12.5"}, 0),
        ({"day": "2025-06-30"}, 0),
        ({"amount": "12.51"}, 1),
        ({"amount": "-12.5"}, 1),
        ({"amount": "0"}, 1),
        ({"day": "2025-07-01"}, 2),
        ({"day": "2024-06-14"}, 2),
        ({"currency": "KES"}, 2),
        ({"category": "Rent"}, 2),
        ({"method": "Mpesa"}, 2),
        ({"day": "2025-07-01", "currency": "KES", "category": "Rent", "method": "Mpesa", "amount": "-1"}, 2),
    ],
)
def test_a_change_within_a_cell_is_one_update_and_between_cells_two(change: dict[str, str], cells: int) -> None:
    assert len(differences(expense(), expense(**change))) == cells


def test_a_refund_counts_as_a_refund_and_zero_as_a_purchase() -> None:
    [tally] = tallies_of([expense(amount="0"), expense(amount="-3.2"), expense(amount="10")]).values()
    assert tally == Tally(spent=Decimal(10), refunded=Decimal("-3.2"), purchases=2, refunds=1)
    assert (tally.expenses, tally.total) == (3, Decimal("6.8"))


@given(CELLS)
def test_a_key_leads_back_to_its_cell_whatever_its_labels_have_in_them(cell: Cell) -> None:
    assert cell_from_key(record_key(*cell)) == cell


@given(CELLS, MONTHS, MONTHS)
def test_the_keys_of_months_are_between_those_of_the_first_and_the_last(cell: Cell, one: str, other: str) -> None:
    first, last = sorted((one, other))
    is_between = record_key(first) <= record_key(*cell) <= record_key(last) + "#~"
    assert is_between == (first <= cell.month <= last)


@given(st.lists(AMOUNTS, min_size=1, max_size=50))
def test_sums_beyond_15_digits_are_exact(amounts: list[Decimal]) -> None:
    [tally] = tallies_of(expense(amount=amount) for amount in amounts).values()
    units = sum(int(amount.scaleb(3)) for amount in amounts)
    assert Context(prec=60).multiply(tally.total, Decimal(1000)) == units


@given(AMOUNTS)
def test_what_is_added_to_nothing_is_the_cell(amount: Decimal) -> None:
    [tally] = tallies_of([expense(amount=amount)]).values()
    item = {name: {"N": number} for name, number in additions(tally).items()}
    assert tally_from_item(item) == tally
