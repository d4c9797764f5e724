"""What each access pattern reads and costs, at growing numbers of expenses of one user, through the real handler.

The units are computed from the sizes of the items, by DynamoDB's rules.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from api.bootstrap import compose
from api.dynamodb import Item, stamped
from api.expenses.items import to_item
from api.gateway.dispatcher import Dispatcher
from api.models import Expense
from api.openapi.contract import load
from api.settings import Settings
from bench.events import event
from bench.metered_table import Cost, MeteredTable
from bench.stub import USER
from tests.seed import expense, total_items
from tools.laid_out import REPOSITORY

LAST_DAY = datetime(2025, 12, 31, tzinfo=UTC).date()
DAYS = 3650
CATEGORIES = ("Food", "Rent", "Transport", "Health", "Leisure", "Gifts", "Clothing", "Phone", "Utilities", "Family")


@dataclass(frozen=True)
class Pattern:
    """A request, and the table or index that it reads."""

    name: str
    index: str
    request: Mapping[str, Any]


def patterns(expense_id: str) -> tuple[Pattern, ...]:
    """Return every access pattern."""

    def listed(**query: str) -> Mapping[str, Any]:
        return event("GET", "/expenses", limit="25", **query)

    def at(method: str, body: Any = None) -> Mapping[str, Any]:
        return event(method, "/expenses/{expense_id}", body, expense_id)

    def summed(**query: str | list[str]) -> Mapping[str, Any]:
        return event("GET", "/summary", **query)

    new = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch", "date": "2025-06-14"}
    return (
        Pattern("one expense", "table", at("GET")),
        Pattern("newest 25", "by_date", listed()),
        Pattern("oldest 25", "by_date", listed(sort="date")),
        Pattern("a year", "by_date", listed(year="2025")),
        Pattern("a month of a year", "by_date", listed(month="June", year="2025")),
        Pattern("a month of any year", "by_date", listed(month="June")),
        Pattern("a span of days", "by_date", listed(date_from="2020-01-01", date_to="2025-06-30")),
        Pattern("a category", "by_category", listed(category="Food")),
        Pattern("a category in a year", "by_category", listed(category="Food", year="2025")),
        Pattern("a category in a month of any year", "by_category", listed(category="Food", month="June")),
        Pattern("a payment method", "by_date, filtered", listed(payment_method="Mpesa")),
        Pattern("totals of a month", "cells", summed(month="June", year="2025")),
        Pattern("totals of a year", "cells", summed(year="2025")),
        Pattern("totals of a year by month and category", "cells", summed(year="2025", group_by=["month", "category"])),
        Pattern("totals of a month of any year", "cells", summed(month="June")),
        Pattern("totals of ten years", "cells", summed()),
        Pattern("totals from the 25th to the 24th", "by_date", summed(date_from="2025-05-25", date_to="2025-06-24")),
        Pattern(
            "totals of 12 months from the 25th", "cells, by_date", summed(date_from="2024-06-25", date_to="2025-06-24")
        ),
        Pattern("record", "table", event("POST", "/expenses", new)),
        Pattern("change the amount", "table", at("PATCH", {"amount": 99.5})),
        Pattern("change the date", "table", at("PATCH", {"date": "2019-03-04"})),
        Pattern("delete", "table", at("DELETE")),
    )


def costs(count: int) -> dict[str, tuple[Pattern, int, Cost]]:
    """Return for every pattern how much it returns and what it costs, for a user with so many expenses."""
    rows = [_expense(number, count) for number in range(count)]
    table = MeteredTable(map(_item, rows), total_items(USER, rows))
    handle = compose(
        Settings.example(log_level="WARNING"),
        dynamodb=cast("Any", table),
        contract=load(REPOSITORY),
        clock=lambda: datetime.now(UTC),
        write=lambda _: None,
    )
    return {pattern.name: (pattern, *_read(table, handle, pattern)) for pattern in patterns(_expense_id(count // 2))}


def _read(table: MeteredTable, handle: Dispatcher, pattern: Pattern) -> tuple[int, Cost]:
    table.cost = Cost()
    response = handle(pattern.request)
    if response["statusCode"] >= 400:
        raise RuntimeError(f"{pattern.name}: {response['body']}")
    return json.loads(response["body"] or "{}").get("count", 0), table.cost


def _expense_id(number: int) -> str:
    return str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128)))


def _expense(number: int, count: int) -> Expense:
    """Return one of so many expenses, which lie evenly in the ten years up to the last day."""
    day = LAST_DAY - timedelta(days=number * DAYS // count)
    instant = f"{day}T18:22:05.123456Z"
    return expense(
        number,
        day,
        expense_id=_expense_id(number),
        category=CATEGORIES[number % len(CATEGORIES)],
        amount=Decimal(f"{number % 200}.25"),
        payment_method=("Cash", "Credit Card", "Mpesa", "Debit Card")[number % 7 % 4],
        notes="Lunch with Amina at the market",
        created_at=instant,
        updated_at=instant,
    )


def _item(row: Expense) -> Item:
    """Return an expense as the store keeps it."""
    return stamped(to_item(USER, row, request_digest="0" * 32), token="0" * 11)
