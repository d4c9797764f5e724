"""What each access pattern reads and costs, at growing numbers of expenses of one user, through the real handler.

The units are computed from the sizes of the items, by DynamoDB's rules.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch
from uuid import UUID

from api.bootstrap import compose
from api.dynamodb import Item, stamped
from api.erasure.service import MAX_TRANSACTIONS
from api.expenses.items import item_of
from api.expenses.states import State, deleted, recorded
from api.expenses.store import MAX_ERASED
from api.gateway.dispatcher import Dispatcher
from api.models import Expense
from api.openapi.contract import load
from api.recurrences.items import State as Recurring
from api.recurrences.items import to_item
from api.settings import Settings
from api.trash.service import MAX_PURGED
from bench.events import event
from bench.metered_table import Cost, MeteredTable
from bench.stub import USER
from tests.seed import expense, total_items
from tools.image_root import REPOSITORY

if TYPE_CHECKING:
    from api.recurrences.terms import Terms

LAST_DAY = datetime(2025, 12, 31, tzinfo=UTC).date()
DAYS = 3650
RECURRENCE_ID = str(UUID(int=0))
CATEGORIES = ("Food", "Rent", "Transport", "Health", "Leisure", "Gifts", "Clothing", "Phone", "Utilities", "Family")


@dataclass(frozen=True)
class Pattern:
    """A request, and the table or index that it reads."""

    name: str
    index: str
    request: Mapping[str, Any]


def patterns(expense_id: str, deleted_id: str) -> tuple[Pattern, ...]:
    """Return every access pattern, with those that write one expense or one in the trash, in the order of its life."""

    def listed(**query: str) -> Mapping[str, Any]:
        return event("GET", "/expenses", limit="25", **query)

    def at(method: str, body: Any = None) -> Mapping[str, Any]:
        return event(method, "/expenses/{expense_id}", body, expense_id)

    def summed(**query: str | list[str]) -> Mapping[str, Any]:
        return event("GET", "/summary", None, expense_id, **query)

    def left(month: str) -> Mapping[str, Any]:
        return event("GET", "/budgets/status", year="2024" if month == "January" else "2025", month=month)

    def recurring(method: str, body: Any = None) -> Mapping[str, Any]:
        return event(method, "/recurrences/{recurrence_id}", body, RECURRENCE_ID)

    budget = {"category": "Food", "currency": "EUR", "amount": 400, "from": "2024-01", "carry_over": "both"}
    lines = "date,amount,category,payment_method,notes\n" + "2025-06-14,12.50,Groceries,Cash,Lunch\n" * 50
    confirmed = {"confirm": "erase everything"}
    renamed = {"from": "Groceries", "to": "Household"}
    new = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch", "date": "2025-06-14"}
    rent = {"category": "Rent", "amount": 450, "payment_method": "Card", "every": {"count": 1, "unit": "month"}}
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
        Pattern("totals of a month", "records", summed(month="June", year="2025")),
        Pattern("totals of a year", "records", summed(year="2025")),
        Pattern("totals of a year by category", "records", summed(year="2025", group_by=["category"])),
        Pattern("totals of a month of any year", "records", summed(month="June")),
        Pattern("totals of ten years", "records", summed()),
        Pattern("totals from the 25th to the 24th", "by_date", summed(date_from="2025-05-25", date_to="2025-06-24")),
        Pattern(
            "totals of a year from the 25th",
            "records, by_date",
            summed(date_from="2024-06-25", date_to="2025-06-24"),
        ),
        Pattern("record", "both tables", event("POST", "/expenses", new)),
        Pattern("change the notes", "expenses", at("PATCH", {"notes": "Dinner"})),
        Pattern("change the amount", "both tables", at("PATCH", {"amount": 99.5})),
        Pattern("change the date", "both tables", at("PATCH", {"date": "2019-03-04"})),
        Pattern("change the category", "both tables", at("PATCH", {"category": "Hobby"})),
        Pattern("delete", "both tables", at("DELETE")),
        Pattern("restore", "both tables", event("POST", "/expenses/{expense_id}/restore", None, expense_id)),
        Pattern("delete for good", "expenses", event("DELETE", "/trash/{expense_id}", None, deleted_id)),
        Pattern("25 of the trash", "by_deletion", event("GET", "/trash", limit="25")),
        Pattern("empty the trash of 25", "by_deletion", event("DELETE", "/trash")),
        Pattern("set a budget", "records", event("PUT", "/budgets", budget)),
        Pattern("change a budget", "records", event("PUT", "/budgets", {**budget, "amount": 450})),
        Pattern("what is left of a budget", "records", left("January")),
        Pattern("what is left of a budget after 24 months", "records", left("December")),
        Pattern("delete a budget", "records", event("DELETE", "/budgets", category="Food", currency="EUR")),
        Pattern("recurrences", "records", event("GET", "/recurrences")),
        Pattern("what is due", "records", event("GET", "/recurrences/due", until="2025-03-31")),
        Pattern(
            "record three that are due", "both tables", event("POST", "/recurrences/record", {"until": "2025-03-31"})
        ),
        Pattern(
            "record where nothing is due", "records", event("POST", "/recurrences/record", {"until": "2025-03-31"})
        ),
        Pattern("make a recurrence", "records", event("POST", "/recurrences", {**rent, "first": "2026-01-31"})),
        Pattern("change a recurrence", "records", recurring("PATCH", {"amount": 500})),
        Pattern("delete a recurrence", "records", recurring("DELETE")),
        Pattern("first 25 changes", "by_change", event("GET", "/changes", limit="25")),
        Pattern("all categories", "by_category", event("GET", "/categories")),
        Pattern("export a page of 1,000", "by_date", event("GET", "/export")),
        Pattern("record 50 in a batch", "both tables", event("POST", "/expenses/batch", {"items": [new] * 50})),
        Pattern("import 50 lines", "both tables", event("POST", "/import", lines)),
        Pattern("import 50 lines again", "table", event("POST", "/import", lines)),
        Pattern("rename a category of 50", "both tables", event("POST", "/categories/rename", renamed)),
        Pattern(f"erase {MAX_TRANSACTIONS * MAX_ERASED}", "both tables", event("POST", "/erase", confirmed)),
    )


def costs(count: int) -> dict[str, tuple[Pattern, int, Cost]]:
    """Return for every pattern how much it returns and what it costs, for a user with so many expenses."""
    rows = [_row(number, count) for number in range(count)]
    now = datetime.now(UTC)
    # The deleted ones are numbered after the live ones, one more than one request empties the trash of.
    gone = [_row(number, count) for number in range(count, count + MAX_PURGED + 1)]
    table = MeteredTable(
        [*(_item(recorded(row)) for row in rows), *(_item(deleted(row, now)) for row in gone)],
        [*total_items(USER, rows), *_recurrences()],
    )
    handle = compose(
        Settings.example(log_level="WARNING"),
        dynamodb=cast("Any", table),
        contract=load(REPOSITORY),
        clock=lambda: datetime.now(UTC),
        write=lambda _: None,
    )
    made = patterns(_expense_id(count // 2), _expense_id(count))
    with patch("api.expenses.pace.UNITS_A_SECOND", inf):  # what is counted does not depend on how long it takes
        return {pattern.name: (pattern, *_read(table, handle, pattern)) for pattern in made}


def _recurrences() -> Iterator[Item]:
    """Give the items of a rent, with a known id, and of nine other recurrences that begin later."""
    for number in range(10):
        terms: Terms = {
            "category": "Rent",
            "amount": Decimal(450),
            "currency": "EUR",
            "payment_method": "Card",
            "notes": "Two rooms in the old town",
            "first": "2026-01-31" if number else "2025-01-31",
            "every": {"count": 1, "unit": "month"},
            "until": None,
            "times": None,
        }
        instant = "2025-01-02T18:22:05.123456Z"
        recurrence = Recurring(str(UUID(int=number)), 1, instant, instant, terms)
        yield stamped(to_item(USER, recurrence, request_digest=""), token="0" * 11)


def _read(table: MeteredTable, handle: Dispatcher, pattern: Pattern) -> tuple[int, Cost]:
    table.cost = Cost()
    response = handle(pattern.request)
    if response["statusCode"] >= 400:
        raise RuntimeError(f"{pattern.name}: {response['body']}")
    return _returned(response["body"]), table.cost


def _returned(body: str) -> int:
    """Return how many a response has of what was asked for, or worked on."""
    lines = body.splitlines()
    if len(lines) > 1:
        return len(lines)
    content = json.loads(body or "{}")
    return next(
        (content[name] for name in ("count", "erased", "moved") if name in content), len(content.get("rows", ()))
    )


def _expense_id(number: int) -> str:
    return str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128)))


def _row(number: int, count: int) -> Expense:
    """Return an expense; `count` of them lie evenly in the ten years up to the last day."""
    day = LAST_DAY - timedelta(days=number * DAYS // count % DAYS)
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


def _item(state: State) -> Item:
    """Return the item of a state as the store keeps it."""
    return stamped(item_of(USER, state, request_digest="0" * 32), token="0" * 11)
