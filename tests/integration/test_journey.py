"""The life of an expense through the dispatcher, in this process."""

from tests.client import ApiClient
from tests.e2e.journey import travel


def test_the_whole_life_of_an_expense_passes_in_process(api: ApiClient) -> None:
    travel(api.as_user)
