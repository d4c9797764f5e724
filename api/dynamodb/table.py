"""The items of a table, written with optimistic locking: a write is made only upon the state that was read.

Each item keeps which requests wrote it, by a random token for each write: first the one that made the item, then the
latest ones that changed it. The tokens tell every state of an item from every other, even where the content is the
same, so a write whose response was lost recognizes itself. That holds too where others have written since.

A write with others alongside is one transaction. What is alongside needs no condition of its own: the transaction fails
as a whole where the item is not as it was read, and so where an earlier attempt was made.
"""

from collections.abc import Collection, Mapping, Sequence
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from api.deadline import attempts
from api.dynamodb.calls import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, read, write
from api.dynamodb.errors import (
    ConditionFailed,
    Item,
    ItemChanged,
    ItemExists,
    ItemMissing,
    ItemsChanged,
    StoreUnavailable,
)
from api.tables import TableDefinition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITE_TOKENS = "write_tokens"
"""The attribute that keeps the tokens, separated by spaces."""
REMEMBERED_CHANGES = 8
"""How many changes by others a write may be overtaken by and still recognize itself."""

TransactItem: TypeAlias = Mapping[str, Any]
"""A write that is made together with that of an item, as TransactWriteItems accepts it: `{"Update": {…}}`.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItem.html"""

MAX_ACTIONS = 100
"""How many writes one transaction has at the most."""


class ItemWrite(NamedTuple):
    """A write of one item among others: from what it was when it was read to what it is to be; None is no item."""

    seen: Item | None
    item: Item | None
    is_made_anew: bool = False
    table: "Table | None" = None
    """Where the item is; None in the table that makes all the writes."""


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

    def get_all(self, partition: str, sorts: Collection[str]) -> dict[str, Item]:
        """Return the items that there are now under at most `MAX_ACTIONS` sort keys, each by its own.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
        """
        found: dict[str, Item] = {}
        wanted: Any = {"Keys": [self._definition.key(partition, sort) for sort in sorts], "ConsistentRead": True}
        for _ in attempts(ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
            response = read(self._client.batch_get_item, RequestItems={self._name: wanted})
            found |= {item[self._definition.sort_key]["S"]: item for item in response["Responses"].get(self._name, ())}
            wanted = response.get("UnprocessedKeys", {}).get(self._name)
            if not wanted:
                return found
        raise StoreUnavailable("unchanged")

    def query(self, index: str | None, **arguments: Any) -> Any:
        """Return DynamoDB's response to a consistent query of an index, or with None of the table itself."""
        of = {} if index is None else {"IndexName": index}
        return read(self._client.query, TableName=self._name, ConsistentRead=True, **of, **arguments)

    def insert(self, item: Item, alongside: Sequence[TransactItem] = ()) -> None:
        """Write a new item, and what is alongside if and only if that is done.

        Raises `ItemExists` if another request made one with this key.
        """
        token = _token()
        condition = f"attribute_not_exists({self._definition.partition_key})"
        try:
            self._put(token, stamped(item, token), alongside, condition)
        except ConditionFailed as failure:
            if _tokens(failure.item)[0] != token:
                raise ItemExists(failure.item) from None

    def replace(
        self, seen: Item, item: Item, alongside: Sequence[TransactItem] = (), *, is_made_anew: bool = False
    ) -> None:
        """Write an item over the state in which it was read, and what is alongside if and only if that is done.

        An item that is made anew is another one to the writes that are upon the old one. Raises `ItemMissing` and
        `ItemChanged`.
        """
        token = _token()
        seen_tokens = {"ExpressionAttributeValues": {":seen": seen[WRITE_TOKENS]}}
        try:
            changed = _changed(seen, item, token, is_made_anew=is_made_anew)
            self._put(token, changed, alongside, f"{WRITE_TOKENS} = :seen", **seen_tokens)
        except ConditionFailed as failure:
            if not failure.item:
                raise ItemMissing from None
            now = _tokens(failure.item)
            if token in now:
                return
            if now[0] != _tokens(seen)[0]:
                raise ItemMissing from None
            if failure.is_retry and not _has_all_since(seen, failure.item):
                raise StoreUnavailable("unknown") from failure  # others have changed it too often since to tell
            raise ItemChanged(failure.item) from None

    def write_all(self, writes: Sequence[ItemWrite], alongside: Sequence[TransactItem] = ()) -> None:
        """Make all writes and what is alongside in one transaction, or nothing; `MAX_ACTIONS` together at the most.

        Raises `ItemsChanged`. Where a response was lost, items that were all to be deleted and have all gone count as
        deleted by this.
        """
        token = _token()
        actions = [(each.table or self).action(each, token) for each in writes]
        try:
            write(self._client.transact_write_items, TransactItems=[*actions, *alongside], ClientRequestToken=token)
        except ConditionFailed as failure:
            if any(token in _tokens(item) for item in failure.items.values() if item):
                return  # of a transaction all or nothing was made, whatever became of the other items since
            if failure.is_retry and all(each.item is None for each in writes) and not any(failure.items.values()):
                return
            if failure.is_retry and all(_is_open(writes[at], now) for at, now in failure.items.items()):
                raise StoreUnavailable("unknown") from failure
            raise ItemsChanged(failure.items) from None

    def action(self, change: ItemWrite, token: str) -> TransactItem:
        """Return one write as a transaction has it, on condition that the item is as it was seen."""
        seen, item, is_made_anew, _ = change
        condition: dict[str, Any] = {
            "TableName": self._name,
            "ConditionExpression": f"attribute_not_exists({self._definition.partition_key})",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if seen is None:
            return {"Put": {"Item": stamped(item or {}, token), **condition}}
        condition["ConditionExpression"] = f"{WRITE_TOKENS} = :seen"
        condition["ExpressionAttributeValues"] = {":seen": seen[WRITE_TOKENS]}
        if item is None:
            names = self._definition.partition_key, self._definition.sort_key
            return {"Delete": {"Key": {name: seen[name] for name in names}, **condition}}
        return {"Put": {"Item": _changed(seen, item, token, is_made_anew=is_made_anew), **condition}}

    def _put(self, token: str, item: Item, alongside: Sequence[TransactItem], condition: str, **values: Any) -> None:
        put = {
            "TableName": self._name,
            "Item": item,
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **values,
        }
        if alongside:
            write(self._client.transact_write_items, TransactItems=[{"Put": put}, *alongside], ClientRequestToken=token)
        else:
            write(self._client.put_item, **put)


def stamped(item: Item, token: str) -> Item:
    """Return an item as the write with this token makes it."""
    return {**item, WRITE_TOKENS: {"S": token}}


def _changed(seen: Item, item: Item, token: str, *, is_made_anew: bool) -> Item:
    """Return an item as the write with this token makes it of the one that was seen."""
    made_by, *changed_by = _tokens(seen)
    tokens = [token, made_by] if is_made_anew else [made_by, token]
    return {**item, WRITE_TOKENS: {"S": " ".join((*tokens, *changed_by[: REMEMBERED_CHANGES - 1]))}}


def _has_all_since(seen: Item, now: Item) -> bool:
    """Return whether an item still has the tokens of all changes since it was seen."""
    _, *changed_by = _tokens(seen)
    _, *now_changed_by = _tokens(now)
    return len(now_changed_by) < REMEMBERED_CHANGES or bool(set(changed_by[:1]) & set(now_changed_by))


def _is_open(change: ItemWrite, now: Item) -> bool:
    """Return whether others have changed an item too often to tell by it if a change of it was made."""
    if not (change.seen and change.item and now):
        return False
    return _tokens(now)[0] == _tokens(change.seen)[0] and not _has_all_since(change.seen, now)


def _token() -> str:
    return token_urlsafe(8)


def _tokens(item: Item) -> list[str]:
    """Return the token of the write that made an item, then those of the latest changes, the newest first."""
    tokens: list[str] = item[WRITE_TOKENS]["S"].split(" ")
    return tokens
