"""What every peer has instead of DynamoDB: always the same items, nothing kept; and the store that the others share.

The store maps items to expenses and back in as few steps as can be. Imported in each peer's environment, so it needs
the standard library only.
"""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

USER = "c0a8f2d4-5071-70e6-9b1f-3d2c4e5f6a7b"
"""As long as the `sub` of a user of Cognito's: it is in every item."""
EXPENSE_ID = "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b00"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _expense(number: int) -> dict[str, Any]:
    return {
        "expense_id": f"{EXPENSE_ID[:-2]}{number:02x}",
        "category": ("Food", "Rent", "Transport")[number % 3],
        "amount": 12.25 + number,
        "currency": "EUR",
        "payment_method": ("Cash", "Credit Card", "Mpesa")[number % 3],
        "notes": None if number % 2 else "Lunch with Amina",
        "date": f"2025-06-{30 - number % 30:02}",
        "month": "June",
        "year": 2025,
        "version": 1,
        "created_at": "2025-06-14T18:22:05.123456Z",
        "updated_at": "2025-06-14T18:22:05.123456Z",
    }


def to_item(expense: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the item of an expense: a string attribute or a number for each property that is not null."""
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in expense.items()
        if value is not None
    }


def _from_item(item: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the expense of an item. Amounts are floats here: what the peers are commonly given."""
    expense: dict[str, Any] = {name: item[name]["S"] if name in item else None for name in STRINGS}
    expense["amount"] = float(item["amount"]["N"])
    expense["year"], expense["version"] = int(item["year"]["N"]), int(item["version"]["N"])
    return expense


ITEMS = tuple(to_item(_expense(number)) for number in range(100))
STRINGS = tuple(name for name, value in _expense(0).items() if isinstance(value, str))


def get(_user_id: str, expense_id: str) -> dict[str, Any] | None:
    """Return an expense as a store would."""
    return _from_item(ITEMS[0]) if expense_id == EXPENSE_ID else None


def page(_user_id: str, limit: int) -> dict[str, Any]:
    """Return one page of a list."""
    return {"items": [_from_item(item) for item in ITEMS[:limit]], "count": limit, "next_cursor": None}


def record(_user_id: str, new: dict[str, Any]) -> dict[str, Any]:
    """Return the expense that a request to record one leads to, after making the item that would be written."""
    now = datetime.now(UTC)
    day = date.fromisoformat(new["date"]) if new.get("date") else now.date()
    instant = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    expense = {
        "expense_id": str(uuid4()),
        "category": new["category"].strip(),
        "amount": new["amount"],
        "currency": new.get("currency") or "EUR",
        "payment_method": new["payment_method"].strip(),
        "notes": new.get("notes"),
        "date": day.isoformat(),
        "month": MONTHS[day.month - 1],
        "year": day.year,
        "version": 1,
        "created_at": instant,
        "updated_at": instant,
    }
    to_item(expense)
    return expense
