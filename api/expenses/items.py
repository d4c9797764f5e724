"""An expense as the table keeps it: its attributes and the keys that its two indexes are ordered by.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from api.dynamodb import Item
from api.models import Expense

INDEX_KEYS = {"by_date": "date_key", "by_category": "category_key"}
"""The attribute that each index is ordered by."""
AFTER_EVERY_ID = "#~"
"""Sorts after `#` and any id."""
OPTIONAL = ("notes",)
"""The members that an item lacks where the expense has null."""

_TYPES = {
    "expense_id": "S",
    "category": "S",
    "amount": "N",
    "currency": "S",
    "payment_method": "S",
    "notes": "S",
    "date": "S",
    "month": "S",
    "year": "N",
    "version": "N",
    "created_at": "S",
    "updated_at": "S",
}
"""The attributes that are members of an expense, each with its DynamoDB type."""
_NUMBERS: dict[str, Callable[[str], Any]] = {"amount": Decimal, "year": int, "version": int}
_ESCAPES = str.maketrans({"#": "%23", "%": "%25"})
"""So that no category can pass for the beginning of another one's keys."""


class Position(NamedTuple):
    """A place among a user's expenses in the order of date and id."""

    day: date
    expense_id: str


def primary_key(user_id: str, expense_id: str) -> dict[str, Any]:
    """Return the key of an item."""
    return {"user_id": {"S": user_id}, "expense_id": {"S": expense_id}}


def order_key(category: str | None, *rest: str) -> str:
    """Return a key of `by_category`, or of `by_date` for no category: as much of day and id as is given."""
    return "#".join(rest if category is None else (category.translate(_ESCAPES), *rest))


def position_of(key: str) -> Position:
    """Return the place that a whole key of either index stands for."""
    *_, day, expense_id = key.split("#")
    return Position(date.fromisoformat(day), expense_id)


def to_attributes(expense: Expense) -> dict[str, Any]:
    """Return all attributes of an expense's item but its primary key."""
    members = cast("Mapping[str, Any]", expense)
    day, expense_id = expense["date"], expense["expense_id"]
    return {
        **{
            name: {kind: str(members[name]) if kind == "N" else members[name]}
            for name, kind in _TYPES.items()
            if name != "expense_id" and members[name] is not None
        },
        "date_key": {"S": order_key(None, day, expense_id)},
        "category_key": {"S": order_key(expense["category"], day, expense_id)},
    }


def from_item(item: Item) -> Expense:
    """Return the expense that an item is."""
    expense: dict[str, Any] = {name: item[name][kind] if name in item else None for name, kind in _TYPES.items()}
    for name, number in _NUMBERS.items():
        expense[name] = number(expense[name])
    return cast("Expense", expense)
