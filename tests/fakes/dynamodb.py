"""DynamoDB in memory, as `api.dynamodb` sees its client; `test_fake_dynamodb` holds it equal to moto.

It keeps its indexes sorted and makes one operation at a time, as DynamoDB does for one item. moto looks at every item
for every query, and two of its conditional writes can both be made.
"""

import re
import time
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Context, Decimal
from threading import RLock
from typing import Any, cast

from botocore.exceptions import ClientError

from api.tables import EXPENSES, RECORDS, TableDefinition

Item = Mapping[str, Any]
Key = tuple[str, str]
"""A sort key, and the item's own for those whose sort key in an index is the same."""
Listener = Callable[[str, Mapping[str, Any]], object]
Write = tuple[str, "_Table", Item | None, Item | None]
"""The operation, the table, and the item before and after."""

MOST_IN_A_PAGE = 7000
"""About as many cells as the 1 MB that DynamoDB returns at once."""
TABLES = {"expenses": EXPENSES, "records": RECORDS}


class FakeDynamoDB:
    """Tables; takes the arguments of `mypy_boto3_dynamodb.DynamoDBClient`, and of expressions those in use."""

    def __init__(
        self,
        items: Iterable[Item] = (),
        records: Iterable[Item] = (),
        *,
        tables: Mapping[str, TableDefinition] = TABLES,
    ) -> None:
        """`items` are those of the table of expenses, `records` those of the other one."""
        self.before: list[Listener] = []
        """Called with the name and the arguments of each operation before it is made; what they raise comes through."""
        self.after: list[Listener] = []
        """Called after each operation has been made; what they raise comes through in the place of the response."""
        self.transaction_seconds = 0.0
        """How long a transaction keeps its items; other writes of them conflict with it meanwhile."""
        self._tables = {name: _Table(definition) for name, definition in tables.items()}
        for name, content in zip(TABLES, (items, records), strict=True):
            if name in tables:
                self._tables[name].fill(content)
        self._kept: set[tuple[str, Key]] = set()
        self._lock = RLock()

    @property
    def items(self) -> list[Item]:
        """All expenses' items, in the order of their keys."""
        return self.items_of("expenses")

    def items_of(self, table: str) -> list[Item]:
        """Return all items of a table, in the order of their keys."""
        return [item for _, item in sorted(self._tables[table].items.items())]

    def get_item(self, *, TableName: str, Key: Item, **arguments: Any) -> dict[str, Any]:  # noqa: N803 — DynamoDB's
        with self._announced("GetItem", TableName=TableName, Key=Key, **arguments):
            item = self._tables[TableName].get(Key)
            self._has_read("GetItem", [item] if item else [])
            return {"Item": item} if item else {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        with self._announced("BatchGetItem", RequestItems=RequestItems):
            found: dict[str, list[Item]] = {name: [] for name in RequestItems}
            for name, wanted in RequestItems.items():
                if len({self._tables[name].key(key) for key in wanted["Keys"]}) < len(wanted["Keys"]):
                    raise _error("ValidationException", "BatchGetItem", "list of item keys contains duplicates")
                for key in wanted["Keys"]:
                    item = self._tables[name].get(key)
                    # Each is a read of its own, which is rounded up by itself.
                    self._has_read("BatchGetItem", [item] if item else [])
                    found[name] += [item] if item else []
            return {"Responses": found, "UnprocessedKeys": {}}

    def put_item(self, **arguments: Any) -> dict[str, Any]:
        return self._write_one("Put", arguments)

    def update_item(self, **arguments: Any) -> dict[str, Any]:
        return self._write_one("Update", arguments)

    def delete_item(self, **arguments: Any) -> dict[str, Any]:
        return self._write_one("Delete", arguments)

    def batch_write_item(self, *, RequestItems: Mapping[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
        for name, requests in RequestItems.items():
            for request in requests:
                self.put_item(TableName=name, **request["PutRequest"])
        return {"UnprocessedItems": {}}

    def transact_write_items(
        self,
        *,
        TransactItems: Sequence[Mapping[str, Any]],  # noqa: N803
        ClientRequestToken: str = "",  # noqa: N803
    ) -> dict[str, Any]:
        """Make all writes or none. Like moto, it does not know a token again."""
        given = {"TransactItems": TransactItems, "ClientRequestToken": ClientRequestToken}
        with self._announced("TransactWriteItems", **given):
            actions = [next(iter(entry.items())) for entry in TransactItems]
            keys = [self._key(name, action) for name, action in actions]
            if len(set(keys)) < len(keys):
                raise _error("ValidationException", "TransactWriteItems", "several operations on one item")
            reasons = [self._reason(name, action) for name, action in actions]
            if any(reason["Code"] != "None" for reason in reasons):
                codes = ", ".join(reason["Code"] for reason in reasons)
                raise canceled(*reasons, message=f"Transaction cancelled, please refer to specific reasons [{codes}]")
            with self._keeping(keys):
                self._make([self._prepared(name, action) for name, action in actions], is_transaction=True)
            return {}

    def query(
        self,
        *,
        TableName: str,  # noqa: N803
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: Item,  # noqa: N803
        IndexName: str = "",  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        Limit: int = MOST_IN_A_PAGE,  # noqa: N803
        ExclusiveStartKey: Item | None = None,  # noqa: N803
        **arguments: Any,
    ) -> dict[str, Any]:
        with self._announced("Query", TableName=TableName, IndexName=IndexName, **arguments):
            table = self._tables[TableName]
            sort_key = table.sort_key(IndexName)
            names = _KEY_CONDITION.fullmatch(KeyConditionExpression)
            if names is None or (names[1], names[3] or sort_key) != (table.definition.partition_key, sort_key):
                raise NotImplementedError(KeyConditionExpression)
            values = {":lowest": {"S": ""}, ":highest": {"S": "\U0010ffff"}, **ExpressionAttributeValues}
            names_of_values = (names[2], names[4] or ":lowest", names[5] or ":highest")
            partition, low, high = (values[name]["S"] for name in names_of_values)
            keys = table.keys(IndexName, partition)
            first, end = bisect_left(keys, (low, "")), bisect_right(keys, (high, "\U0010ffff"))
            if ExclusiveStartKey:
                start = ExclusiveStartKey[sort_key]["S"], table.key(ExclusiveStartKey)[1]
                if ScanIndexForward:
                    first = bisect_right(keys, start)
                else:
                    end = bisect_left(keys, start)
            part = keys[first:end][:Limit] if ScanIndexForward else keys[first:end][: -Limit - 1 : -1]
            found = [table.items[partition, sort] for _, sort in part]
            self._has_read("Query", found)
            # Like DynamoDB, and unlike moto, it does not look whether there is more after the last it was asked for.
            last = {"LastEvaluatedKey": table.keys_of(sort_key, found[-1])} if len(found) == Limit else {}
            return {"Items": found, "Count": len(found), "ScannedCount": len(found), **last}

    def _has_read(self, operation: str, items: list[Item]) -> None:
        """Called with what each operation reads."""

    def _has_written(self, before: Item | None, after: Item | None, index_writes: int, *, is_transaction: bool) -> None:
        """Called with each item that is written, and how many entries of indexes that writes."""

    def _write_one(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        operation = f"{name}Item"
        with self._announced(operation, **arguments):
            reason = self._reason(name, arguments)
            if reason["Code"] == "TransactionConflict":
                raise _error("TransactionConflictException", operation, "Transaction is ongoing for the item")
            if reason["Code"] != "None":
                item = {"Item": reason["Item"]} if "Item" in reason else {}
                raise _error("ConditionalCheckFailedException", operation, reason["Message"], **item)
            self._make([self._prepared(name, arguments)], is_transaction=False)
            return {}

    def _reason(self, name: str, action: Mapping[str, Any]) -> dict[str, Any]:
        """Return why a write can't be made, with the code None where it can."""
        if self._key(name, action) in self._kept:
            return {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
        before = self._tables[action["TableName"]].get(_key_in(name, action))
        values = action.get("ExpressionAttributeValues", {})
        condition = action.get("ConditionExpression")
        if condition is None or all(_holds(clause, values, before or {}) for clause in condition.split(" AND ")):
            return {"Code": "None"}
        is_shown = before and action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        shown = {"Item": before} if is_shown else {}
        return {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", **shown}

    def _prepared(self, name: str, action: Mapping[str, Any]) -> Write:
        table = self._tables[action["TableName"]]
        before = table.get(_key_in(name, action))
        after: dict[str, Item | None] = {"Put": action.get("Item"), "ConditionCheck": before, "Delete": None}
        if name == "Update":
            return name, table, before, _added(before or action["Key"], action)
        return name, table, before, after[name]

    def _make(self, writes: list[Write], *, is_transaction: bool) -> None:
        for name, table, before, after in writes:
            if name != "ConditionCheck":
                index_writes = table.write(before, after)
                self._has_written(before, after, index_writes, is_transaction=is_transaction)

    def _key(self, name: str, action: Mapping[str, Any]) -> tuple[str, Key]:
        return action["TableName"], self._tables[action["TableName"]].key(_key_in(name, action))

    @contextmanager
    def _announced(self, operation: str, **arguments: Any) -> Iterator[None]:
        """Make an operation while nothing else is made, between the listeners."""
        for listener in self.before:
            listener(operation, arguments)
        with self._lock:
            yield
        for listener in self.after:
            listener(operation, arguments)

    @contextmanager
    def _keeping(self, keys: list[tuple[str, Key]]) -> Iterator[None]:
        """Keep items from other writes, which can be tried meanwhile, for as long as a transaction lasts."""
        if self.transaction_seconds:
            self._kept.update(keys)
            self._lock.release()
            time.sleep(self.transaction_seconds)
            self._lock.acquire()
            self._kept.difference_update(keys)
        yield


class _Table:
    """The items of a table and the order of its indexes."""

    def __init__(self, definition: TableDefinition) -> None:
        self.definition = definition
        self.items: dict[Key, Item] = {}
        self._indexes: dict[tuple[str, str], list[Key]] = {}
        """For each index and partition, the keys in order; the table itself is the index without a name."""
        self._sort_keys = {"": definition.sort_key, **{each.name: each.sort_key for each in definition.local_indexes}}

    def fill(self, items: Iterable[Item]) -> None:
        self.items = {self.key(item): item for item in items}
        for index, sort_key in self._sort_keys.items():
            for (partition, _), item in self.items.items():
                if key := self._index_key(sort_key, item):
                    self._indexes.setdefault((index, partition), []).append(key)
        for keys in self._indexes.values():
            keys.sort()

    def get(self, key: Item) -> Item | None:
        return self.items.get(self.key(key))

    def write(self, before: Item | None, after: Item | None) -> int:
        """Write an item; return how many entries of indexes that writes, where a key that changes is written twice."""
        writes = 0
        for index, sort_key in self._sort_keys.items():
            old, new = (self._index_key(sort_key, item) if item else None for item in (before, after))
            is_local = bool(index)
            if old == new:
                writes += is_local and old is not None
                continue
            keys = self._indexes.setdefault((index, self.key(before or after or {})[0]), [])
            if old:
                del keys[bisect_left(keys, old)]
                writes += is_local
            if new:
                insort(keys, new)
                writes += is_local
        if after:
            self.items[self.key(after)] = dict(after)
        elif before:
            del self.items[self.key(before)]
        return writes

    def keys(self, index: str, partition: str) -> list[Key]:
        return self._indexes.get((index, partition), [])

    def sort_key(self, index: str) -> str:
        return self._sort_keys[index]

    def key(self, item: Item) -> Key:
        return item[self.definition.partition_key]["S"], item[self.definition.sort_key]["S"]

    def keys_of(self, sort_key: str, item: Item) -> Item:
        names = (self.definition.partition_key, self.definition.sort_key, sort_key)
        return {name: item[name] for name in names}

    def _index_key(self, sort_key: str, item: Item) -> Key | None:
        """Return an item's key in an index; None where it lacks the attribute, since indexes are sparse."""
        return (item[sort_key]["S"], self.key(item)[1]) if sort_key in item else None


def canceled(*reasons: Mapping[str, Any] | str, message: str = "Transaction cancelled") -> ClientError:
    """Return DynamoDB's error of a cancelled transaction, from the reason or its code for each of the writes."""
    listed = [{"Code": reason} if isinstance(reason, str) else reason for reason in reasons]
    return _error("TransactionCanceledException", "TransactWriteItems", message, CancellationReasons=listed)


def _error(code: str, operation: str, message: str, **more: Any) -> ClientError:
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **more,
    }
    return ClientError(cast("Any", response), operation)


def _key_in(name: str, action: Mapping[str, Any]) -> Item:
    item: Item = action["Item" if name == "Put" else "Key"]
    return item


def _added(before: Item, action: Mapping[str, Any]) -> Item:
    """Return an item with what an update adds to its numbers; an attribute that is not there counts as zero.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
    """
    expression = action["UpdateExpression"]
    if not _ADD.fullmatch(expression):
        raise NotImplementedError(expression)
    after = dict(before)
    for term in expression.removeprefix("ADD ").split(", "):
        name, value = term.split()
        added = Decimal(action["ExpressionAttributeValues"][value]["N"])
        total = _EXACT.add(Decimal(after.get(name, {"N": "0"})["N"]), added)
        after[name] = {"N": format(_EXACT.normalize(total), "f")}
    return after


def _holds(clause: str, values: Item, item: Item) -> bool:
    if match := re.fullmatch(r"\((\S+ = \S+|\S+) OR (\S+)\)", clause):
        return any(_holds(each, values, item) for each in match.groups())
    if match := re.fullmatch(r"attribute_(not_)?exists\((\w+)\)", clause):
        return (match[2] in item) != bool(match[1])
    if match := re.fullmatch(r"(\w+) = (:\w+)", clause):
        return bool(item.get(match[1]) == values[match[2]])
    raise NotImplementedError(clause)


_KEY_CONDITION = re.compile(r"(\w+) = (:\w+)(?: AND (\w+) BETWEEN (:\w+) AND (:\w+))?")
_ADD = re.compile(r"ADD \w+ :\w+(, \w+ :\w+)*")
_EXACT = Context(prec=38)
