"""Long lists, page by page: nothing left out, nothing twice, whatever others record meanwhile."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from api.models import Expense
from tests.client import ApiClient, Response
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver
from tests.seed import expense, expenses, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NEW_DAYS = (date(1990, 5, 1), date(2022, 3, 3), date(2024, 12, 31), date(2040, 1, 1))


def walk(api: ApiClient, first_query: str, between: Callable[[int], None] = lambda _: None) -> list[dict[str, Any]]:
    """Return all expenses by following each Link as it stands; `between` runs after each page."""
    rows: list[dict[str, Any]] = []
    query: str | None = first_query
    while query is not None:
        response = api.get(f"/expenses?{query}")
        assert response.status == 200, response.text
        rows += response.json["items"]
        query = next_query(response)
        between(len(rows))
    return rows


def next_query(response: Response) -> str | None:
    """Return the query of the next page, which both the Link and the cursor name."""
    cursor = response.json["next_cursor"]
    if cursor is None:
        assert "next" not in response.links
        return None
    query = response.links["next"].removeprefix("?")
    assert parse_qs(query)["cursor"] == [cursor]
    return query


def check_paging(api: ApiClient, made: list[Expense], sort: str, record: Callable[[Expense], object]) -> None:
    """Page through expenses that are there already, while others are recorded."""
    fresh = iter(range(len(made)))

    def others_record(seen: int) -> None:
        day = NEW_DAYS[seen // 100 % len(NEW_DAYS)]
        record(expense(len(made) + next(fresh), day, notes="recorded meanwhile"))

    rows = walk(api, f"sort={sort}&limit=100", others_record)
    keys = [(row["date"], row["created_at"], row["expense_id"]) for row in rows]
    assert keys == sorted(keys, reverse=sort == "-date")
    assert len(set(keys)) == len(keys)
    assert {row["expense_id"] for row in made} <= {row["expense_id"] for row in rows}


@pytest.mark.parametrize("sort", ["-date", "date"])
def test_600_expenses_page_without_gap_or_repeat_while_others_insert(
    client: "DynamoDBClient", api: ApiClient, sort: str
) -> None:
    made = expenses(600)
    put(client, "amina", made)
    check_paging(api, made, sort, lambda row: put(client, "amina", [row]))


@pytest.mark.fuzz
@pytest.mark.parametrize("sort", ["-date", "date"])
def test_20000_expenses_page_without_gap_or_repeat_while_others_insert(
    fake: FakeDynamoDB, api_over: ApiOver, sort: str
) -> None:
    made = expenses(20_000)
    put(fake, "amina", made)  # moto takes seconds for each page of so many
    check_paging(api_over(fake, seconds=60), made, sort, lambda row: put(fake, "amina", [row]))


def test_a_page_has_25_expenses_unless_asked_otherwise(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(30))
    assert api.get("/expenses").json["count"] == 25


def test_the_link_to_the_next_page_has_every_number_as_it_was_given(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(5))
    assert walk(api, "min_amount=0.00000001&limit=1") == walk(api, "min_amount=0.00000001")


def test_the_page_size_may_change_from_page_to_page(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(30))
    first = api.get("/expenses?limit=10").json
    rest = api.get(f"/expenses?limit=100&cursor={first['next_cursor']}").json
    assert len({row["expense_id"] for row in first["items"] + rest["items"]}) == 30


def test_a_cursor_outlives_the_expense_it_was_made_at(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(5))
    first = api.get("/expenses?limit=2").json
    api.delete(f"/expenses/{first['items'][-1]['expense_id']}")
    assert api.get(f"/expenses?cursor={first['next_cursor']}").json["count"] == 3


def test_a_page_that_few_pass_the_filters_of_ends_at_the_bound_of_its_work_and_goes_on(
    client: "DynamoDBClient", api: ApiClient, queries: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.expenses.search.MAX_READ", 40)
    monkeypatch.setattr("api.expenses.search.CHUNK", 15)
    put(client, "amina", [*expenses(90, days=40), expense(9_999, date(2019, 1, 1), notes="the needle")])
    first = api.get("/expenses?q=needle").json
    assert (first["count"], first["next_cursor"] is None) == (0, False)
    assert queries["scanned"] == 40
    assert [row["notes"] for row in walk(api, "q=needle")] == ["the needle"]


def test_looking_for_one_month_in_many_years_ends_at_the_bound_of_its_work_and_goes_on(
    client: "DynamoDBClient", api: ApiClient, queries: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.expenses.search.MAX_QUERIES", 10)
    put(client, "amina", [expense(n, date(1950 + n, 6, 1)) for n in range(8)])
    put(client, "amina", [expense(100 + n, date(1950 + n, 3, 1)) for n in range(8)])
    first = api.get("/expenses?month=June&limit=100").json
    assert (first["count"], queries["made"]) == (5, 10)
    assert len(walk(api, "month=June&limit=100")) == 8
