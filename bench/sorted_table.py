"""A table of one user's expenses that keeps its indexes sorted and counts what each call would cost in DynamoDB.

It stands in for a client and takes just what `api/store.py` asks. moto would do, but it looks at every item for every
query: with 100,000 expenses the costs alone would take longer than all the rest of the benchmark.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.capacity import item_bytes, read_units, write_units

Item = Mapping[str, Mapping[str, str]]
INDEX_KEYS = {"by_date": "date_key", "by_category": "category_key"}


@dataclass
class Cost:
    """What calls cost, added up."""

    queries: int = 0
    scanned: int = 0
    read_units: int = 0
    write_units: int = 0


class SortedTable:
    """The table, as `ExpenseStore` sees its client."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = {item["expense_id"]["S"]: item for item in items}
        self._indexes = {
            index: sorted((item[key]["S"], expense_id) for expense_id, item in self._items.items())
            for index, key in INDEX_KEYS.items()
        }
        self.cost = Cost()

    def get_item(self, *, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N803 — DynamoDB's names, here and below
        item = self._items.get(Key["expense_id"]["S"])
        self.cost.read_units += read_units([item_bytes(item)] if item else [])
        return {"Item": item} if item else {}

    def put_item(self, *, Item: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._write(None, Item)
        return {}

    def delete_item(self, *, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._write(self._items[Key["expense_id"]["S"]], None)
        return {}

    def update_item(self, *, Key: Item, ExpressionAttributeValues: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        before = self._items[Key["expense_id"]["S"]]
        changes = {name.removeprefix(":"): value for name, value in ExpressionAttributeValues.items()}
        self._write(before, {name: changes.get(name, value) for name, value in before.items()})
        return {}

    def query(
        self,
        *,
        IndexName: str,  # noqa: N803
        ExpressionAttributeValues: Item,  # noqa: N803
        ScanIndexForward: bool,  # noqa: N803
        Limit: int,  # noqa: N803
        ExclusiveStartKey: Item | None = None,  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        entries, key = self._indexes[IndexName], INDEX_KEYS[IndexName]
        first = bisect_left(entries, (ExpressionAttributeValues[":first"]["S"], ""))
        end = bisect_right(entries, (ExpressionAttributeValues[":last"]["S"], "~"))
        if ExclusiveStartKey:
            start = (ExclusiveStartKey[key]["S"], ExclusiveStartKey["expense_id"]["S"])
            if ScanIndexForward:
                first = bisect_right(entries, start)
            else:
                end = bisect_left(entries, start)
        part = entries[first:end][:Limit] if ScanIndexForward else entries[first:end][: -Limit - 1 : -1]
        found = [self._items[expense_id] for _, expense_id in part]
        self.cost.queries += 1
        self.cost.scanned += len(found)
        self.cost.read_units += read_units(map(item_bytes, found))
        return {"Items": found, **({"LastEvaluatedKey": found[-1]} if len(part) == Limit else {})}

    def _write(self, before: Item | None, after: Item | None) -> None:
        """Write an item; an entry of an index whose key changes is written twice: deleted and put."""
        writes = 0
        for index, key in INDEX_KEYS.items():
            keys = [(item[key]["S"], item["expense_id"]["S"]) if item else None for item in (before, after)]
            if keys[0] == keys[1]:
                writes += 1
                continue
            if keys[0]:
                self._indexes[index].remove(keys[0])
                writes += 1
            if keys[1]:
                insort(self._indexes[index], keys[1])
                writes += 1
        if after:
            self._items[after["expense_id"]["S"]] = after
        elif before:
            del self._items[before["expense_id"]["S"]]
        self.cost.write_units += write_units(max(item_bytes(item) for item in (before, after) if item), writes)
