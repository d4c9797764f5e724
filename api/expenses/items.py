"""An expense as an item of the table: its attributes, and the keys that the indexes are ordered by.

The attributes and their types follow from the contract's `Expense`, so that a new property needs nothing here:

    {"user_id": {"S": "6f1c…"}, "expense_id": {"S": "0d6f…"}, "category": {"S": "Food"}, "amount": {"N": "12.5"}, …,
     "date_key": {"S": "2025-06-14#2025-06-14T18:22:05.123456Z#0d6f…"},
     "category_key": {"S": "Food#2025-06-14#2025-06-14T18:22:05.123456Z#0d6f…"}, "request_digest": {"S": "9b1c…"}}
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Any, NamedTuple, cast, get_args, get_type_hints

from api.dynamodb import Item
from api.models import Expense
from api.tables import EXPENSES, LocalIndex

AFTER_ALL = "#~"
"""Sorts after `#` and whatever follows it in a key."""
REQUEST_DIGEST = "request_digest"
"""The attribute with the digest of the request that recorded an expense by an idempotency key; else it is empty."""


def _types(hint: Any) -> set[type]:
    return set(get_args(hint)) or {hint}


_TYPES = {name: _types(hint) for name, hint in get_type_hints(Expense).items()}
_NUMBERS: dict[str, Callable[[str], Any]] = {
    name: number for name, types in _TYPES.items() for number in (Decimal, int) if number in types
}
"""What reads each attribute that is a number; all others are strings."""
_KINDS = {name: "N" if name in _NUMBERS else "S" for name in _TYPES}
"""The DynamoDB type of each attribute that is a property of an expense."""

NULLABLE = tuple(name for name, types in _TYPES.items() if NoneType in types)
"""The properties that may be null; an item lacks them then."""

_ESCAPES = str.maketrans({"#": "%23", "%": "%25"})
"""So that no category can pass for the beginning of another one's keys."""


class Position(NamedTuple):
    """A position in the order of a user's expenses: of a whole key, or with empty strings before all of a day."""

    day: date
    created_at: str
    expense_id: str


def index_key(index: LocalIndex, values: Mapping[str, str]) -> str:
    """Return a sort key of an index from the values of its parts, or the beginning of one if the last are missing."""
    return "#".join(values[part].translate(_ESCAPES) for part in index.parts if part in values)


def position_of(key: str) -> Position:
    """Return the position that a whole key of any index stands for."""
    *_, day, created_at, expense_id = key.split("#")
    return Position(date.fromisoformat(day), created_at, expense_id)


def to_item(user_id: str, expense: Expense, request_digest: str) -> Item:
    """Return the item of a user's expense, without its write tokens."""
    properties = cast("Mapping[str, Any]", expense)
    item = {name: {kind: str(properties[name])} for name, kind in _KINDS.items() if properties[name] is not None}
    keys = {index.sort_key: {"S": index_key(index, properties)} for index in EXPENSES.local_indexes}
    return {**item, **keys, REQUEST_DIGEST: {"S": request_digest}, **EXPENSES.key(user_id, expense["expense_id"])}


def changed_item(item: Item, expense: Expense) -> Item:
    """Return an item with an expense's values in the place of its own; what is not an expense's stays."""
    kept = {name: value for name, value in item.items() if name not in _KINDS}
    user_id: str = item[EXPENSES.partition_key]["S"]
    return {**kept, **to_item(user_id, expense, item[REQUEST_DIGEST]["S"])}


def from_item(item: Item) -> Expense:
    """Return the expense of an item."""
    expense: dict[str, Any] = {name: item[name][kind] if name in item else None for name, kind in _KINDS.items()}
    for name, number in _NUMBERS.items():
        if expense[name] is not None:
            expense[name] = number(expense[name])
    return cast("Expense", expense)
