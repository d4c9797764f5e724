"""Summaries over the handler and the tables: what was recorded, changed and deleted before a request is in it once."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.client import ApiClient, Response

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
RECORDED: list[dict[str, Any]] = [
    {},
    {"amount": 0},
    {"amount": -3.2},
    {"date": "2025-05-25", "category": "Food#Cash"},
    {"date": "2025-05-24"},
    {"date": "2025-06-24", "payment_method": "100% Cash"},
    {"date": "2025-06-25"},
    {"date": "2024-06-01", "amount": 999999999999999},
    {"date": "2024-06-30", "amount": 999999999999999},
    {"date": "2024-06-30", "amount": 0.01},
    {"currency": "JPY", "amount": 1500},
    {"currency": "KWD", "amount": 1.234, "category": "Café"},
]
QUERIES: list[dict[str, Any]] = [
    {},
    {"year": 2025},
    {"month": "June"},
    {"month": "June", "year": 2025},
    {"date_from": "2025-05-25", "date_to": "2025-06-24"},
    {"date_from": "2024-06-15"},
    {"date_to": "2024-06-15"},
    {"category": "Food"},
    {"category": "Food#Cash", "year": 2025},
    {"payment_method": "100% Cash"},
    {"month": "June", "category": "Food", "payment_method": "Cash", "date_from": "2024-06-02"},
    {"year": 2023},
]


@pytest.fixture
def history(api: ApiClient) -> list[dict[str, Any]]:
    return [api.post("/expenses", {**LUNCH, **properties}).json for properties in RECORDED]


def summary(api: ApiClient, **query: Any) -> Response:
    return api.get(f"/summary?{urlencode(query, doseq=True, quote_via=quote)}")


def totals(api: ApiClient, **query: Any) -> dict[str, tuple[Decimal, int]]:
    """Return the total and the count of each currency."""
    response = summary(api, **query)
    assert response.status == 200, response.text
    return {group["currency"]: (group["total"], group["count"]) for group in response.json["items"]}


def by_loop(rows: list[dict[str, Any]]) -> dict[str, tuple[Decimal, int]]:
    found: dict[str, tuple[Decimal, int]] = {}
    for row in sorted(rows, key=lambda row: row["currency"]):
        total, count = found.get(row["currency"], (Decimal(0), 0))
        found[row["currency"]] = (total + row["amount"], count + 1)
    return found


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_summary_is_the_sum_of_the_list_of_the_same_filters(
    api: ApiClient,
    history: list[dict[str, Any]],  # noqa: ARG001
    query: dict[str, Any],
) -> None:
    listed = api.get(f"/expenses?{urlencode(query, quote_via=quote)}").json["items"]
    assert totals(api, **query) == by_loop(listed)
    for currency in ("EUR", "JPY", "USD"):
        assert totals(api, **query, currency=currency) == by_loop([r for r in listed if r["currency"] == currency])


def test_groups_are_ordered_by_currency_month_category_and_method(
    api: ApiClient,
    history: list[dict[str, Any]],  # noqa: ARG001
) -> None:
    groups = summary(api, group_by=["category", "month"]).json["items"]
    assert [(g["currency"], g["year"], g["month"], g["category"], g["total"]) for g in groups] == [
        ("EUR", 2024, "June", "Food", Decimal("1999999999999998.01")),
        ("EUR", 2025, "May", "Food", Decimal("12.5")),
        ("EUR", 2025, "May", "Food#Cash", Decimal("12.5")),
        ("EUR", 2025, "June", "Food", Decimal("34.3")),
        ("JPY", 2025, "June", "Food", Decimal(1500)),
        ("KWD", 2025, "June", "Café", Decimal("1.234")),
    ]
    assert all("payment_method" not in group for group in groups)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": -1},
        {"amount": 0},
        {"date": "2025-07-01"},
        {"date": "2025-06-01"},
        {"category": "Rent"},
        {"payment_method": "Mpesa"},
        {"currency": "KES"},
        {"notes": "nothing that is summed up"},
        {"amount": 7.25, "date": "2024-02-29", "category": "a#b", "payment_method": "%", "currency": "USD"},
    ],
    ids=str,
)
def test_a_change_moves_an_expense_from_group_to_group(api: ApiClient, change: dict[str, Any]) -> None:
    made, other = (api.post("/expenses", LUNCH).json for _ in range(2))
    changed = api.patch(f"/expenses/{made['expense_id']}", change).json
    groups = summary(api, group_by=["month", "category"]).json["items"]
    expected: dict[tuple[Any, ...], Decimal] = {}
    for row in (changed, other):
        key = (row["currency"], row["year"], row["month"], row["category"])
        expected[key] = expected.get(key, Decimal(0)) + row["amount"]
    assert {(g["currency"], g["year"], g["month"], g["category"]): g["total"] for g in groups} == expected


def test_totals_drop_with_a_deletion_and_come_back_with_a_restoration(api: ApiClient) -> None:
    made = api.post("/expenses", LUNCH).json
    assert totals(api) == {"EUR": (Decimal("12.5"), 1)}
    api.delete(f"/expenses/{made['expense_id']}")
    assert totals(api) == {}
    api.post(f"/expenses/{made['expense_id']}/restore", b"")
    assert totals(api) == {"EUR": (Decimal("12.5"), 1)}


def test_a_repeated_create_is_counted_once(api: ApiClient) -> None:
    for _ in range(3):
        api.post("/expenses", LUNCH, Idempotency_Key="lunch")
    assert totals(api) == {"EUR": (Decimal("12.5"), 1)}


def test_a_summary_is_of_the_callers_own_expenses(api: ApiClient) -> None:
    api.post("/expenses", LUNCH)
    assert totals(api.as_user("brian")) == {}


def test_a_year_is_read_from_cells_in_one_query(api: ApiClient, queries: Counter[str]) -> None:
    for number in range(30):
        api.post("/expenses", {**LUNCH, "date": str(date(2025, 1 + number % 12, 1 + number % 28))})
    queries.clear()
    assert totals(api, year=2025)["EUR"][1] == 30
    assert queries == {"made": 1, "scanned": 12, "returned": 12}


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("date_from=2025-06-02&date_to=2025-06-01", ["date_to"]),
        ("group_by=month&group_by=month", ["group_by"]),
        ("group_by=month&group_by=category&group_by=payment_method", ["group_by"]),
        ("group_by=day", ["group_by"]),
        ("currency=eur&month=Juni&min_amount=1", ["currency", "min_amount", "month"]),
    ],
)
def test_what_is_not_valid_is_a_violation_of_its_parameter(api: ApiClient, query: str, pointers: list[str]) -> None:
    response = api.get(f"/summary?{query}")
    assert (response.status, sorted(response.pointers)) == (400, pointers)


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("", "/summary"),
        ("limit=1&sort=date", "/summary"),
        ("month=June&category=Food%2350%25", "/summary?month=June&category=Food%2350%25"),
        ("date_from=2025-05-25&date_to=2025-06-24&limit=1", "/summary?date_from=2025-05-25&date_to=2025-06-24"),
        ("min_amount=1", None),
        ("max_amount=1&month=June", None),
        ("q=coffee", None),
    ],
)
def test_a_list_links_to_the_summary_of_its_filters(api: ApiClient, query: str, link: str | None) -> None:
    for _ in range(2):
        api.post("/expenses", LUNCH)
    response = api.get(f"/expenses?{query}")
    assert response.links.get("summary") == link
    if link:
        assert api.get(link).status == 200
