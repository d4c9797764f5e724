"""The life of an expense over HTTP, through the whole local system."""

from tests.e2e.journey import travel
from tests.e2e.system import System


def test_the_whole_life_of_an_expense_passes_over_http(system: System) -> None:
    travel(lambda _, zone: system.client_of(system.new_user(zoneinfo=zone)))
