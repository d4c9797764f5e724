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
WRITES = dict(
    re.findall(r"^\| ([a-z ]+) \| the (?:expense, [^|]+|budget|recurrence) \| ([^|]+) \|$", README, re.MULTILINE)
)
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
    writes = {name for name, (_, _, cost) in of_few.items() if cost.write_units.ceiling and not cost.queries}
    assert writes == set(WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_costs_what_the_readme_says_however_much_there_is(of_few: Costs, of_many: Costs, name: str) -> None:
    assert [units_of(by_name[name][2]) for by_name in (of_few, of_many)] == [WRITES[name]] * 2


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
