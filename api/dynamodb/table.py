"""The items of a table, written with optimistic locking: a write is made only upon the state that was read.

Each item keeps which requests wrote it, by a random token for each write: first the one that made the item, then the
latest ones that changed it. The tokens tell every state of an item from every other, even where the content is the
same, so a write whose response was lost recognizes itself. That holds too where others have written since.
"""

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from api.dynamodb.calls import read, write
from api.dynamodb.errors import ConditionFailed, Item, ItemChanged, ItemExists, ItemMissing, StoreUnavailable
from api.tables import TableDefinition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITE_TOKENS = "write_tokens"
"""The attribute that keeps the tokens, separated by spaces."""
REMEMBERED_CHANGES = 8
"""How many changes by others a write may be overtaken by and still recognize itself."""


class Table:
    """A table's items. Any method raises `StoreUnavailable`, and the writes `StorageFull`."""

    def __init__(self, client: "DynamoDBClient", name: str, definition: TableDefinition) -> None:
        self._client = client
        self._name = name
        self._definition = definition

    def get(self, partition: str, sort: str) -> Item:
        """Return an item as it is now. Raises `ItemMissing`."""
        response = read(
            self._client.get_item,
            TableName=self._name,
            Key=self._definition.key(partition, sort),
            ConsistentRead=True,
        )
        if "Item" not in response:
            raise ItemMissing
        item: Item = response["Item"]
        return item

    def query(self, index: str, **arguments: Any) -> Any:
        """Return DynamoDB's response to a consistent query of an index."""
        return read(self._client.query, TableName=self._name, IndexName=index, ConsistentRead=True, **arguments)

    def insert(self, item: Item) -> None:
        """Write a new item. Raises `ItemExists` if another request made one with this key."""
        token = _token()
        try:
            self._put(stamped(item, token), f"attribute_not_exists({self._definition.partition_key})")
        except ConditionFailed as failure:
            if _tokens(failure.item)[0] != token:
                raise ItemExists(failure.item) from None

    def replace(self, seen: Item, item: Item) -> None:
        """Write an item over the state in which it was read. Raises `ItemMissing` and `ItemChanged`."""
        token = _token()
        made_by, *changed_by = _tokens(seen)
        tokens = [made_by, token, *changed_by[: REMEMBERED_CHANGES - 1]]
        try:
            self._put({**item, WRITE_TOKENS: {"S": " ".join(tokens)}}, _UNCHANGED, **_state(seen))
        except ConditionFailed as failure:
            now_made_by, *now_changed_by = _tokens(failure.item) if failure.item else [""]
            if now_made_by != made_by:
                raise ItemMissing from None
            if token in now_changed_by:
                return
            has_all_since = len(now_changed_by) < REMEMBERED_CHANGES or set(changed_by[:1]) & set(now_changed_by)
            if failure.is_retry and not has_all_since:
                raise StoreUnavailable("unknown") from failure  # others have changed it too often since to tell
            raise ItemChanged(failure.item) from None

    def delete(self, seen: Item) -> None:
        """Delete an item in the state in which it was read. Raises `ItemMissing` and `ItemChanged`."""
        definition = self._definition
        try:
            write(
                self._client.delete_item,
                TableName=self._name,
                Key={name: seen[name] for name in (definition.partition_key, definition.sort_key)},
                ConditionExpression=_UNCHANGED,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_state(seen),
            )
        except ConditionFailed as failure:
            is_there = failure.item and _tokens(failure.item)[0] == _tokens(seen)[0]
            if is_there:
                raise ItemChanged(failure.item) from None
            if not failure.is_retry:
                raise ItemMissing from None

    def _put(self, item: Item, condition: str, **values: Any) -> None:
        write(
            self._client.put_item,
            TableName=self._name,
            Item=item,
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **values,
        )


def stamped(item: Item, token: str) -> Item:
    """Return an item as the write with this token makes it."""
    return {**item, WRITE_TOKENS: {"S": token}}


_UNCHANGED = f"{WRITE_TOKENS} = :seen"


def _state(seen: Item) -> dict[str, Any]:
    return {"ExpressionAttributeValues": {":seen": seen[WRITE_TOKENS]}}


def _token() -> str:
    return token_urlsafe(8)


def _tokens(item: Item) -> list[str]:
    """Return the token of the write that made an item, then those of the latest changes, the newest first."""
    tokens: list[str] = item[WRITE_TOKENS]["S"].split(" ")
    return tokens
