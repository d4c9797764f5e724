"""What each access pattern costs, by DynamoDB's rules: as the README says, and the same however much a user has."""

import re
from collections.abc import Mapping

import pytest

from bench.access_patterns import Pattern, costs
from bench.metered_table import Cost
from bench.report import units_of
from tools.image_root import REPOSITORY

Costs = Mapping[str, tuple[Pattern, int, Cost]]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("| Write | Writes | Capacity units |\n")[2].partition("\n\n")[0]
WRITES = dict(re.findall(r"^\| ([a-z0-9 ]+) \| [^|]+ \| ([^|]+) \|$", TABLE, re.MULTILINE))
"""The units of each write in the README."""


@pytest.fixture(scope="module")
def of_few() -> Costs:
    return costs(100)


@pytest.fixture(scope="module")
def of_many() -> Costs:
    return costs(3_000)


@pytest.fixture(scope="module")
def of_thousands() -> list[Costs]:
    """The costs where a year's cells are all there: 10 categories, each paid in 4 ways."""
    return [costs(10_000), costs(14_000)]


def test_the_readme_has_every_write(of_few: Costs) -> None:
    writes = {name for name, (_, _, cost) in of_few.items() if cost.write_units.ceiling}
    assert writes == set(WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_costs_what_the_readme_says_however_much_there_is(of_few: Costs, of_many: Costs, name: str) -> None:
    users = [of_many] if name.startswith("erase") else [of_few, of_many]  # few have not as many to erase
    assert [units_of(by_name[name][2]) for by_name in users] == [WRITES[name]] * len(users)


def test_an_erasure_erases_as_many_as_the_readme_says(of_many: Costs) -> None:
    [name] = [name for name in of_many if name.startswith("erase")]
    assert name == f"erase {of_many[name][1]}"


def test_what_was_imported_costs_a_read_for_each_line(of_few: Costs, of_many: Costs) -> None:
    again = [by_name["import 50 lines again"] for by_name in (of_few, of_many)]
    assert [(returned, units_of(cost)) for _, returned, cost in again] == [(50, "50 read")] * 2


def test_the_categories_cost_a_read_for_each_and_one_more(of_few: Costs, of_many: Costs) -> None:
    for by_name in (of_few, of_many):
        _, returned, cost = by_name["all categories"]
        assert (cost.read_units, cost.scanned) == (returned + 1, returned)


def test_a_page_of_an_export_reads_what_it_has(of_many: Costs) -> None:
    _, returned, cost = of_many["export a page of 1,000"]
    assert (cost.queries, cost.scanned, returned, cost.read_units) == (1, 1000, 1000, 160)


@pytest.mark.parametrize("name", ["one expense", "newest 25", "oldest 25", "25 of the trash", "first 25 changes"])
def test_a_read_costs_the_same_however_much_there_is(of_few: Costs, of_many: Costs, name: str) -> None:
    assert of_few[name][2] == of_many[name][2]


TOTALS_OF_MONTHS = ["totals of a month", "totals of a year", "totals of a month of any year", "totals of ten years"]


@pytest.mark.parametrize("name", TOTALS_OF_MONTHS)
def test_totals_cost_the_same_however_many_expenses_are_in_them(of_thousands: list[Costs], name: str) -> None:
    fewer, more = (by_name[name][2] for by_name in of_thousands)
    assert fewer == more


def test_the_totals_of_a_year_read_a_cell_for_what_differs(of_thousands: list[Costs]) -> None:
    for by_name in of_thousands:
        _, groups, cost = by_name["totals of a year"]
        assert (groups, cost.queries, cost.scanned, cost.read_units) == (1, 1, 12 * 10 * 4, 14)


@pytest.mark.parametrize("name", ["newest 25", "a span of days", "a category", "25 of the trash"])
def test_a_keyed_query_reads_what_it_returns(of_many: Costs, name: str) -> None:
    _, returned, cost = of_many[name]
    assert cost.scanned == returned == 25
