"""Expenses for tests: made up, and put into the table by the batch."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from api.dynamodb import stamped
from api.expenses.items import to_item
from api.expenses.rules import MONTHS
from api.models import Expense
from api.summaries.cells import additions, record_key, tallies_of
from api.tables import RECORDS

CATEGORIES = ("Food", "Rent", "Transport", "Food#2025-06-15", "Food%232025-06-15", "Café & Crème 100%")
METHODS = ("Cash", "Credit Card", "Mpesa")


def expense(number: int, day: date = date(2025, 6, 14), **properties: object) -> Expense:
    """Return an expense of a day; the number decides whatever `properties` leaves open. Some are of one instant."""
    recorded_at = f"2025-01-01T00:00:{number * 13 % 60:02}.{number % 2:06}Z"
    made = {
        **dict.fromkeys(Expense.__annotations__),
        "expense_id": str(UUID(int=number * 7919 + 1)),
        "category": CATEGORIES[number % len(CATEGORIES)],
        "amount": Decimal(number * 37 % 2000 - 200) / 4,
        "currency": "EUR",
        "payment_method": METHODS[number % len(METHODS)],
        "notes": f"Coffee no. {number}" if number % 3 else None,
        "date": day.isoformat(),
        "month": MONTHS[day.month - 1],
        "year": day.year,
        "version": 1,
        "created_at": recorded_at,
        "updated_at": recorded_at,
        **properties,
    }
    return cast("Expense", made)


def expenses(count: int, first: date = date(2020, 1, 1), days: int = 2000) -> list[Expense]:
    """Return that many expenses, spread unevenly over some days from the first one on."""
    return [expense(number, first + timedelta(days=number * number % days)) for number in range(count)]


def item(user_id: str, row: Expense) -> dict[str, Any]:
    """Return the item that an expense of a user is."""
    return dict(stamped(to_item(user_id, row, request_digest=""), token=row["expense_id"]))


def total_items(user_id: str, rows: Collection[Expense]) -> list[dict[str, Any]]:
    """Return the items of the totals of a user's expenses."""
    return [
        {**RECORDS.key(user_id, record_key(*cell)), **{name: {"N": value} for name, value in additions(tally).items()}}
        for cell, tally in tallies_of(rows).items()
    ]


def put(client: Any, user_id: str, rows: Collection[Expense], *, totals: bool = False) -> None:
    """Put a user's expenses into their table, and perhaps their totals into that of records."""
    made = {"expenses": [item(user_id, row) for row in rows], "records": total_items(user_id, rows) if totals else []}
    for table, items in made.items():
        for first in range(0, len(items), 25):
            requests = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
            client.batch_write_item(RequestItems={table: requests})
