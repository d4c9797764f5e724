"""Any combination of filters finds what a plain loop over all expenses finds, and the keyed ones read nothing else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.expenses.rules import MONTHS
from api.models import Expense
from api.openapi.document import operations
from tests.client import ApiClient
from tests.contract.document import CONTRACT
from tests.seed import CATEGORIES, METHODS, expense, expenses, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HISTORY: list[Expense] = [
    *expenses(36, first=date(2023, 5, 20), days=830),
    expense(900, date(1999, 6, 30), category="Rent"),
    expense(901, date(1900, 1, 1), category="Food"),
    expense(902, date(2199, 12, 31), category="Food"),
    *(expense(910 + n, date(2025, 6, 1), category="Rent", amount=Decimal(n), notes="STRASSE") for n in range(6)),
]

VALUES: dict[str, Sequence[Any]] = {
    "month": [*MONTHS, *["May", "June"] * 3],
    "year": [1900, 1999, 2022, 2023, 2024, 2025, 2199],
    "category": [*CATEGORIES, "Nothing"],
    "payment_method": METHODS,
    "date_from": [date(2023, 1, 1), date(2023, 9, 17), date(2024, 2, 29), date(2024, 6, 1)],
    "date_to": [date(2024, 6, 1), date(2024, 12, 31), date(2025, 5, 9), date(2026, 1, 1)],
    "min_amount": [Decimal("-3.25"), Decimal(0), Decimal("99.5")],
    "max_amount": [Decimal("99.5"), Decimal(300)],
    "q": ["coffee", "NO. 1", "7", "straße"],
    "sort": ["-date", "date"],
}
"""What each parameter is tried with."""
FILTERS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


@pytest.fixture
def history(client: "DynamoDBClient", api: ApiClient) -> ApiClient:
    put(client, "amina", HISTORY)
    put(client, "another user", [expense(5000, date(2025, 6, 15))])
    return api


def all_pages(api: ApiClient, filters: dict[str, Any], limit: int) -> Iterator[list[dict[str, Any]]]:
    query = {**filters, "limit": limit}
    while True:
        response = api.get(f"/expenses?{urlencode(query, quote_via=quote)}")
        assert response.status == 200, response.text
        page = response.json
        assert page["count"] == len(page["items"]) <= limit
        yield page["items"]
        if page["next_cursor"] is None:
            assert "next" not in response.links
            return
        query["cursor"] = page["next_cursor"]


def by_loop(filters: dict[str, Any]) -> list[str]:
    """Find expenses the slow and obvious way."""

    def is_found(row: Expense) -> bool:
        return (
            filters.get("month", row["month"]) == row["month"]
            and filters.get("year", row["year"]) == row["year"]
            and filters.get("category", row["category"]) == row["category"]
            and filters.get("payment_method", row["payment_method"]) == row["payment_method"]
            and str(filters.get("date_from", row["date"])) <= row["date"] <= str(filters.get("date_to", row["date"]))
            and filters.get("min_amount", row["amount"]) <= row["amount"] <= filters.get("max_amount", row["amount"])
            and str(filters.get("q", "")).casefold() in (row["notes"] or "").casefold()
        )

    rows = sorted(
        (row for row in HISTORY if is_found(row)), key=lambda row: (row["date"], row["created_at"], row["expense_id"])
    )
    ids = [row["expense_id"] for row in rows]
    return ids if filters.get("sort") == "date" else ids[::-1]


@pytest.mark.parametrize("name", [name for name in VALUES if name != "sort"])
def test_each_filter_is_tried_with_a_value_that_only_some_expenses_have(name: str) -> None:
    assert any(0 < len(by_loop({name: value})) < len(HISTORY) for value in VALUES[name])


def test_every_filter_of_the_contract_is_tried() -> None:
    [listing] = [each for each in operations(CONTRACT) if each.id == "list_expenses"]
    names = {parameter["name"] for parameter in listing.parameters}
    assert names - {"limit", "cursor"} == VALUES.keys()


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=FILTERS, limit=st.sampled_from([3, 10, 100]))
def test_some_combinations_of_filters_find_over_http_what_a_plain_loop_finds(
    history: ApiClient, filters: dict[str, Any], limit: int
) -> None:
    """`tests/unit/test_search.py` tries thousands over the table in memory; `make fuzz` tries more here."""
    found = [row["expense_id"] for page in all_pages(history, filters, limit) for row in page]
    assert found == by_loop(filters)


@pytest.mark.fuzz
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=FILTERS, limit=st.sampled_from([3, 10, 100]))
def test_a_great_many_combinations_of_filters_find_what_a_plain_loop_finds(
    history: ApiClient, filters: dict[str, Any], limit: int
) -> None:
    found = [row["expense_id"] for page in all_pages(history, filters, limit) for row in page]
    assert found == by_loop(filters)


@pytest.mark.parametrize("month", [None, "June"])
@pytest.mark.parametrize("year", [None, 2024])
@pytest.mark.parametrize("category", [None, "Food", "Food#2025-06-15"])
def test_what_is_keyed_reads_nothing_that_it_does_not_return(
    history: ApiClient, queries: Counter[str], month: str | None, year: int | None, category: str | None
) -> None:
    filters = {
        name: value for name, value in {"month": month, "year": year, "category": category}.items() if value is not None
    }
    found = sum(len(page) for page in all_pages(history, filters, limit=5))
    assert queries["scanned"] == queries["returned"]
    read_to_find_the_next_year = queries["returned"] - found
    if month is None or year is not None:
        assert read_to_find_the_next_year == 0
    else:
        assert read_to_find_the_next_year <= 2 * len({row["year"] for row in HISTORY})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"month": "June"}, 12),
        ({"category": "Food"}, 8),
        ({"month": "June", "category": "Rent", "year": 2025}, 6),
    ],
)
def test_the_filters_of_the_readme_find_the_newest_first(
    history: ApiClient, query: dict[str, Any], expected: int
) -> None:
    (rows,) = all_pages(history, query, limit=100)
    assert len(rows) == expected
    assert [row["expense_id"] for row in rows] == by_loop(query)
    assert [row["date"] for row in rows] == sorted((row["date"] for row in rows), reverse=True)
