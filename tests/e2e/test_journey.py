"""The life of an expense over HTTP, through the whole local system."""

from functools import cache

from tests.client import ApiClient, HttpTransport
from tests.e2e.journey import travel
from tests.e2e.system import System


def test_the_whole_life_of_an_expense_passes_over_http(system: System) -> None:
    @cache
    def token_of(_user: str, zone: str | None) -> str:
        return system.new_user(**({"zoneinfo": zone} if zone else {})).token

    travel(ApiClient(HttpTransport(system.about["api_url"], token_of)))
