"""What docs/deploy.md says of DynamoDB's costs is what the rules make of the items' sizes."""

import pytest

from api.models import Expense
from bench.access_patterns import costs
from bench.capacity import Units, item_bytes, pays_from, read_units, write_units
from bench.stub import USER
from tests.seed import expense, item, total_items
from tools.image_root import REPOSITORY

PAGE = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.replace("\N{MULTIPLICATION SIGN}", "x").split())
EXPENSE_BYTES = 650
CELL_BYTES = 115
MONTH, YEAR = 100, 1200
"""The expenses of a user in a month and in a year."""
CELLS = 20
"""The cells of a user in a month."""


@pytest.fixture(scope="module")
def record() -> Units:
    """What recording an expense costs."""
    return costs(1_000)["record"][2].write_units


def test_a_record_costs_what_the_page_says_and_more_by_its_total(record: Units) -> None:
    alone = write_units(EXPENSE_BYTES, index_writes=3)
    assert record == Units(7, 10)
    assert alone == Units(4, 4)
    assert f"{record.floor} to {record.ceiling} write units instead of {alone.floor}" in TEXT


def test_the_costs_of_writes_are_those_of_the_highest_number(record: Units) -> None:
    assert f"| DynamoDB, writes | 400,000 x {record.floor} to {record.ceiling} units" in TEXT
    assert f"{400_000 * record.ceiling * 0.625 / 1e6:.2f} |" in TEXT.partition("| DynamoDB, writes |")[2][:220]


def test_a_list_costs_what_the_page_says() -> None:
    units = read_units([EXPENSE_BYTES] * 25)
    assert f"| DynamoDB, reads | 600,000 x {units} units (25 x {EXPENSE_BYTES} bytes by 4 KB)" in TEXT


@pytest.mark.parametrize(
    ("writes", "summary", "cells"), [(MONTH, MONTH, CELLS), (MONTH, YEAR, 12 * CELLS)], ids=["a month", "a year"]
)
def test_the_page_says_from_which_use_on_totals_pay(record: Units, writes: int, summary: int, cells: int) -> None:
    more = Units(writes * (record.floor - 4), writes * (record.ceiling - 4))
    instead, instead_of = read_units([CELL_BYTES] * cells), read_units([EXPENSE_BYTES] * summary)
    needed = pays_from(more, instead_of, instead)
    assert f"{instead} read unit{'s' * (instead > 1)} instead of {instead_of}" in TEXT
    assert f"from {needed.floor} to {needed.ceiling} summaries" in TEXT


def test_an_expense_and_a_cell_are_about_as_large_as_the_page_takes_them() -> None:
    assert item_bytes(item(USER, _typical())) == pytest.approx(EXPENSE_BYTES, abs=30)
    [cell] = total_items(USER, [_typical()])
    assert item_bytes(cell) == pytest.approx(CELL_BYTES, abs=5)


def _typical() -> Expense:
    return expense(0, notes="Lunch with Amina at the market", payment_method="Credit Card")
