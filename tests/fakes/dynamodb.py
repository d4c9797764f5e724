"""A table of DynamoDB in memory, as `api.dynamodb` sees its client; `test_fake_dynamodb` holds it equal to moto.

It keeps its indexes sorted and makes one operation at a time, as DynamoDB does for one item. moto looks at every item
for every query, and two of its conditional writes can both be made.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError

from api.tables import LocalIndex, TableDefinition

Item = Mapping[str, Any]
Key = tuple[str, str]
"""A sort key, and the item's own for those whose sort key in an index is the same."""


class FakeDynamoDB:
    """One table; takes the arguments of `mypy_boto3_dynamodb.DynamoDBClient`, and of expressions those in use."""

    def __init__(self, definition: TableDefinition, items: Iterable[Item] = ()) -> None:
        self.before: list[Callable[[str, Mapping[str, Any]], object]] = []
        """Called with the name and the arguments of each operation before it is made; what they raise comes through."""
        self._definition = definition
        self._items: dict[Key, Item] = {self._key(item): item for item in items}
        self._indexes: dict[tuple[str, str], list[Key]] = {}
        """For each index and partition, the keys in order."""
        self._lock = RLock()
        for index in definition.local_indexes:
            for (partition, _), item in self._items.items():
                if key := self._index_key(index, item):
                    self._indexes.setdefault((index.name, partition), []).append(key)
        for keys in self._indexes.values():
            keys.sort()

    @property
    def items(self) -> list[Item]:
        """All items, in the order of their keys."""
        return [item for _, item in sorted(self._items.items())]

    def get_item(self, *, Key: Item, **arguments: Any) -> dict[str, Any]:  # noqa: N803 — DynamoDB's names, and below
        self._announce("GetItem", Key=Key, **arguments)
        with self._lock:
            item = self._items.get(self._key(Key))
            self._has_read("GetItem", [item] if item else [])
            return {"Item": item} if item else {}

    def put_item(self, *, Item: Item, **arguments: Any) -> dict[str, Any]:  # noqa: N803
        self._announce("PutItem", Item=Item, **arguments)
        with self._lock:
            before = self._items.get(self._key(Item))
            _check_condition("PutItem", before, arguments)
            self._write(before, Item)
            return {}

    def delete_item(self, *, Key: Item, **arguments: Any) -> dict[str, Any]:  # noqa: N803
        self._announce("DeleteItem", Key=Key, **arguments)
        with self._lock:
            before = self._items.get(self._key(Key))
            _check_condition("DeleteItem", before, arguments)
            self._write(before, None)
            return {}

    def batch_write_item(self, *, RequestItems: Mapping[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
        for requests in RequestItems.values():
            for request in requests:
                self.put_item(**request["PutRequest"])
        return {"UnprocessedItems": {}}

    def query(
        self,
        *,
        IndexName: str,  # noqa: N803
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: Item,  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        Limit: int,  # noqa: N803
        ExclusiveStartKey: Item | None = None,  # noqa: N803
        **arguments: Any,
    ) -> dict[str, Any]:
        self._announce("Query", IndexName=IndexName, **arguments)
        index = next(index for index in self._definition.local_indexes if index.name == IndexName)
        names = _BETWEEN.fullmatch(KeyConditionExpression)
        if names is None or (names[1], names[3]) != (self._definition.partition_key, index.sort_key):
            raise NotImplementedError(KeyConditionExpression)
        partition, low, high = (ExpressionAttributeValues[names[group]]["S"] for group in (2, 4, 5))
        with self._lock:
            keys = self._indexes.get((index.name, partition), [])
            first, end = bisect_left(keys, (low, "")), bisect_right(keys, (high, "\U0010ffff"))
            if ExclusiveStartKey:
                start = ExclusiveStartKey[index.sort_key]["S"], self._key(ExclusiveStartKey)[1]
                if ScanIndexForward:
                    first = bisect_right(keys, start)
                else:
                    end = bisect_left(keys, start)
            part = keys[first:end][:Limit] if ScanIndexForward else keys[first:end][: -Limit - 1 : -1]
            found = [self._items[partition, sort] for _, sort in part]
            self._has_read("Query", found)
        # Like DynamoDB, and unlike moto, it does not look whether there is more after the last that it was asked for.
        last = {"LastEvaluatedKey": self._keys_of(index, found[-1])} if len(found) == Limit else {}
        return {"Items": found, "Count": len(found), "ScannedCount": len(found), **last}

    def _has_read(self, operation: str, items: list[Item]) -> None:
        """Called with what each operation reads."""

    def _write(self, before: Item | None, after: Item | None) -> int:
        """Write an item; return how many entries of indexes that writes, where a key that changes is written twice."""
        writes = 0
        for index in self._definition.local_indexes:
            old, new = (self._index_key(index, item) if item else None for item in (before, after))
            if old == new:
                writes += old is not None
                continue
            keys = self._indexes.setdefault((index.name, self._key(before or after or {})[0]), [])
            if old:
                del keys[bisect_left(keys, old)]
                writes += 1
            if new:
                insort(keys, new)
                writes += 1
        if after:
            self._items[self._key(after)] = dict(after)
        elif before:
            del self._items[self._key(before)]
        return writes

    def _announce(self, operation: str, **arguments: Any) -> None:
        for listener in self.before:
            listener(operation, arguments)

    def _key(self, item: Item) -> Key:
        return item[self._definition.partition_key]["S"], item[self._definition.sort_key]["S"]

    def _index_key(self, index: LocalIndex, item: Item) -> Key | None:
        """Return an item's key in an index; None where it lacks the attribute, since indexes are sparse."""
        return (item[index.sort_key]["S"], self._key(item)[1]) if index.sort_key in item else None

    def _keys_of(self, index: LocalIndex, item: Item) -> Item:
        return {
            name: item[name] for name in (self._definition.partition_key, self._definition.sort_key, index.sort_key)
        }


def _check_condition(operation: str, item: Item | None, arguments: Mapping[str, Any]) -> None:
    """Raise DynamoDB's error unless the condition of a write holds for the item that is there, None for nothing."""
    values = arguments.get("ExpressionAttributeValues", {})
    condition = arguments.get("ConditionExpression")
    if condition is None or all(_holds(clause, values, item or {}) for clause in condition.split(" AND ")):
        return
    response: Any = {
        "Error": {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    if item and arguments.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
        response["Item"] = item
    raise ClientError(response, operation)


def _holds(clause: str, values: Item, item: Item) -> bool:
    if match := re.fullmatch(r"attribute_not_exists\((\w+)\)", clause):
        return match[1] not in item
    if match := re.fullmatch(r"(\w+) = (:\w+)", clause):
        return bool(item.get(match[1]) == values[match[2]])
    raise NotImplementedError(clause)


_BETWEEN = re.compile(r"(\w+) = (:\w+) AND (\w+) BETWEEN (:\w+) AND (:\w+)")
