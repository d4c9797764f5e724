"""What each access pattern costs, by DynamoDB's rules: as the README says, and the same however much a user has."""

import re
from collections.abc import Mapping

import pytest

from bench.access_patterns import Pattern, costs
from bench.metered_table import Cost
from bench.report import units_of
from tools.laid_out import REPOSITORY

Costs = Mapping[str, tuple[Pattern, int, Cost]]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
WRITES = dict(re.findall(r"^\| ([a-z ]+) \| the expense, [^|]+ \| ([^|]+) \|$", README, re.MULTILINE))
"""The units of each write in the README."""


@pytest.fixture(scope="module")
def of_few() -> Costs:
    return costs(100)


@pytest.fixture(scope="module")
def of_many() -> Costs:
    return costs(3_000)


def test_the_readme_has_every_write(of_few: Costs) -> None:
    writes = {name for name, (_, _, cost) in of_few.items() if cost.write_units.ceiling and not cost.queries}
    assert writes == set(WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_costs_what_the_readme_says_however_much_there_is(of_few: Costs, of_many: Costs, name: str) -> None:
    assert [units_of(by_name[name][2]) for by_name in (of_few, of_many)] == [WRITES[name]] * 2


@pytest.mark.parametrize("name", ["one expense", "newest 25", "oldest 25", "25 of the trash", "first 25 changes"])
def test_a_read_costs_the_same_however_much_there_is(of_few: Costs, of_many: Costs, name: str) -> None:
    assert of_few[name][2] == of_many[name][2]


@pytest.mark.parametrize("name", ["newest 25", "a span of days", "a category", "25 of the trash"])
def test_a_keyed_query_reads_what_it_returns(of_many: Costs, name: str) -> None:
    _, returned, cost = of_many[name]
    assert cost.scanned == returned == 25
