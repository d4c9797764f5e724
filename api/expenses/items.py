"""An expense as an item of the table: its attributes, and the keys that the indexes are ordered by.

The attributes and their types follow from the contract's `Expense`, so that a new property needs nothing here:

    {"user_id": {"S": "6f1c…"}, "expense_id": {"S": "0d6f…"}, "category": {"S": "Food"}, "amount": {"N": "12.5"}, …,
     "date_key": {"S": "2025-06-14#2025-06-14T18:22:05.123456Z#0d6f…"},
     "category_key": {"S": "Food#2025-06-14#2025-06-14T18:22:05.123456Z#0d6f…"},
     "changed_at": {"S": "2025-06-14T18:22:05.123456Z"}, "change_key": {"S": "2025-06-14T18:22:05.123456Z#0d6f…"},
     "request_digest": {"S": "9b1c…"}}

A deleted one has `deleted_at`, `expires_at` and `deletion_key` in the place of the first two keys; one that was deleted
for good has neither `deletion_key` nor anything of the expense but its id and version.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast, get_args, get_type_hints

from api.dynamodb import Item
from api.expenses.states import Deletion, State, recorded
from api.models import Expense
from api.tables import BY_CATEGORY, BY_CHANGE, BY_DATE, BY_DELETION, EXPENSES, LocalIndex, join_key

AFTER_ALL = "#~"
"""Sorts after `#` and whatever follows it in a key."""
REQUEST_DIGEST = "request_digest"
"""The attribute with the digest of the request that recorded an expense by an idempotency key; else it is empty."""
CHANGED_AT, DELETED_AT, EXPIRES_AT = "changed_at", "deleted_at", EXPENSES.ttl_attribute


def _types(hint: Any) -> set[type]:
    return set(get_args(hint)) or {hint}


_TYPES = {name: _types(hint) for name, hint in get_type_hints(Expense).items()}
NUMBERS: dict[str, Callable[[str], Any]] = {
    name: number for name, types in _TYPES.items() for number in (Decimal, int) if number in types
}
"""What reads each attribute that is a number; all others are strings."""
_KINDS = {name: "N" if name in NUMBERS else "S" for name in _TYPES}
"""The DynamoDB type of each attribute that is a property of an expense."""
_READERS = tuple((name, NUMBERS.get(name)) for name in _TYPES)

_OF_STATES = {*_KINDS, *EXPENSES.key_attributes, CHANGED_AT, DELETED_AT, EXPIRES_AT}
"""The attributes that the state of an item decides."""


class Position(NamedTuple):
    """A position in the order of a user's expenses: of a whole key, or with empty strings before all of a day."""

    day: date
    created_at: str
    expense_id: str


def index_key(index: LocalIndex, values: Mapping[str, str]) -> str:
    """Return a sort key of an index from the values of its parts, or the beginning of one if the last are missing."""
    return join_key(values[part] for part in index.parts if part in values)


def position_of(key: str) -> Position:
    """Return the position that a whole key of any index stands for."""
    *_, day, created_at, expense_id = key.split("#")
    return Position(date.fromisoformat(day), created_at, expense_id)


def to_item(user_id: str, expense: Expense, request_digest: str) -> Item:
    """Return the item of a user's live expense, without its write tokens."""
    return item_of(user_id, recorded(expense), request_digest)


def item_of(user_id: str, state: State, request_digest: str) -> Item:
    """Return the item of what a user has under an id, without its write tokens.

    The indexes are sparse: a deleted expense has no keys in those of live ones, and a live one none in that of deleted.
    """
    content = cast("Mapping[str, Any]", state.expense or {"version": state.version})
    values = {**content, "expense_id": state.expense_id, CHANGED_AT: state.changed_at}
    deletion: dict[str, Any] = {}
    indexes = [BY_CHANGE]
    if state.live:
        indexes += [BY_DATE, BY_CATEGORY]
    if state.deletion:
        values[DELETED_AT] = state.deletion.deleted_at
        deletion = {DELETED_AT: {"S": state.deletion.deleted_at}, EXPIRES_AT: {"N": str(state.deletion.expires_at)}}
    if state.in_trash:
        indexes.append(BY_DELETION)
    return {
        **{name: {kind: str(content[name])} for name, kind in _KINDS.items() if content.get(name) is not None},
        **{index.sort_key: {"S": index_key(index, values)} for index in indexes},
        CHANGED_AT: {"S": state.changed_at},
        **deletion,
        REQUEST_DIGEST: {"S": request_digest},
        **EXPENSES.key(user_id, state.expense_id),
    }


def changed_item(item: Item, state: State) -> Item:
    """Return an item in another state. What is not of any state stays, unless the content goes."""
    kept = {name: value for name, value in item.items() if name not in _OF_STATES} if state.expense else {}
    user_id: str = item[EXPENSES.partition_key]["S"]
    return {**kept, **item_of(user_id, state, item[REQUEST_DIGEST]["S"])}


def state_of(item: Item) -> State:
    """Return the state that an item is in."""
    deletion = Deletion(item[DELETED_AT]["S"], int(item[EXPIRES_AT]["N"])) if DELETED_AT in item else None
    has_content = not deletion or BY_DELETION.sort_key in item
    return State(
        expense_id=item[EXPENSES.sort_key]["S"],
        version=int(item["version"]["N"]),
        changed_at=item[CHANGED_AT]["S"],
        expense=from_item(item) if has_content else None,
        deletion=deletion,
    )


def from_item(item: Item) -> Expense:
    """Return the expense of an item that has its content."""
    expense = {
        name: None if name not in item else item[name]["S"] if number is None else number(item[name]["N"])
        for name, number in _READERS
    }
    return cast("Expense", expense)
