"""The budgets of all users, in DynamoDB: one item each, beside the other records of their user."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from api.budgets.items import PREFIX, State, record_key, state_of, to_item
from api.dynamodb import Item, ItemChanged, ItemExists, ItemMissing, ItemsChanged, ItemWrite, Table
from api.tables import RECORDS, join_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FIRST, LAST = f"{PREFIX}#", f"{PREFIX}$"
"""Between these are the keys of all budgets: `$` is the character after `#`."""


class Stored(NamedTuple):
    """A budget as it was read, to be written on condition that it still is."""

    state: State
    item: Item | None
    """None where there never was one."""


class Slice(NamedTuple):
    """A part of a user's budgets; `more_after` is the key to go on after, or None at the end."""

    states: list[State]
    more_after: str | None


class DynamoDBBudgets:
    """The budgets of the Lambda. Any method may raise `StoreUnavailable`."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._table = Table(client, table_name, RECORDS)

    def get(self, user_id: str, category: str | None, currency: str) -> Stored:
        """Return a budget, at 1 read unit for each 4 KB."""
        try:
            item = self._table.get(user_id, record_key(category, currency))
        except ItemMissing:
            return Stored(State(category, currency, {}, 0), None)
        return Stored(state_of(item), item)

    def write(self, user_id: str, stored: Stored, state: State) -> bool:
        """Write another state unless the budget has changed since it was read; return whether it was done."""
        item = to_item(user_id, state)
        try:
            if stored.item is None:
                self._table.insert(item)
            else:
                self._table.replace(stored.item, item)
        except (ItemExists, ItemChanged, ItemMissing):
            return False
        return True

    def move(self, user_id: str, moving: Stored, there: Stored) -> bool:
        """Make a budget that of another category, unless one of both has changed; return whether it was done."""
        gone = replace(moving.state, periods={}, version=moving.state.version + 1)
        moved = replace(there.state, periods=moving.state.periods, version=there.state.version + 1)
        try:
            self._table.write_all(
                [ItemWrite(moving.item, to_item(user_id, gone)), ItemWrite(there.item, to_item(user_id, moved))]
            )
        except ItemsChanged:
            return False
        return True

    def of_category(self, user_id: str, category: str) -> Iterator[State]:
        """Give the budgets of a category, at 1 read unit for each 4 KB: at most one for each currency."""
        first = join_key((PREFIX, category, ""))
        start: dict[str, Any] = {}
        while True:
            response = self._query(user_id, first, first + "~", **start)
            yield from map(state_of, response["Items"])
            if "LastEvaluatedKey" not in response:
                return
            start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}

    def page(self, user_id: str, limit: int, after: str | None) -> Slice:
        """Make one query, at 1 read unit for each 4 KB; those that were deleted are among what it returns."""
        start = {"ExclusiveStartKey": RECORDS.key(user_id, after)} if after else {}
        response = self._query(user_id, FIRST, LAST, Limit=limit, **start)
        last: dict[str, Any] = response.get("LastEvaluatedKey", {})
        more_after = last[RECORDS.sort_key]["S"] if last else None
        return Slice([state_of(item) for item in response["Items"]], more_after)

    def _query(self, user_id: str, first: str, last: str, **arguments: Any) -> Any:
        return self._table.query(
            None,
            KeyConditionExpression=(
                f"{RECORDS.partition_key} = :user_id AND {RECORDS.sort_key} BETWEEN :first AND :last"
            ),
            ExpressionAttributeValues={":user_id": {"S": user_id}, ":first": {"S": first}, ":last": {"S": last}},
            **arguments,
        )
