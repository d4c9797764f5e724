"""The cells of all users, in DynamoDB: one item each, beside the other records of their user."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from api.dynamodb import Item, ItemMissing, Table, TransactItem
from api.dynamodb.calls import write
from api.dynamodb.errors import ConditionFailed
from api.expenses.filters import Window
from api.expenses.states import BeforeAndAfter
from api.summaries.cells import (
    VERSION,
    Cell,
    Tallies,
    Tally,
    additions,
    cell_from_key,
    differences,
    record_key,
    tally_from_item,
)
from api.tables import RECORDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AFTER_ALL = "#~"
"""Sorts after `#` and whatever follows it in a key."""


class Kept(NamedTuple):
    """What a cell has."""

    tally: Tally
    version: int
    """How often the cell moved; 0 where there is none."""


class DynamoDBTotals:
    """The totals of the Lambda. Any method that calls DynamoDB may raise `StoreUnavailable`."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._name = table_name
        self._table = Table(client, table_name, RECORDS)

    def updates(self, user_id: str, moves: Iterable[BeforeAndAfter]) -> Sequence[TransactItem]:
        """Return what a transaction that writes expenses also has to do, as entries of its `TransactItems`.

        A transaction may have but one entry for each cell, and has none for one whose total stays.
        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        """
        added: Tallies = {}
        for before, after in moves:
            for cell, difference in differences(before, after).items():
                added[cell] = added.get(cell, Tally()).plus(difference)
        return [
            {"Update": self._addition(user_id, cell, difference)}
            for cell, difference in added.items()
            if difference != Tally()
        ]

    def cells(self, user_id: str, months: Window, limit: int, *, latest_first: bool = False) -> Tallies:
        """Return the cells of some whole months, at most `limit`, at 1 read unit for each 4 KB, about 28 cells."""
        first, last = (record_key(day.isoformat()[:7]) for day in months)
        items = self._items(user_id, first, last, limit, latest_first=latest_first)
        return {cell_from_key(_key(item)): tally_from_item(item) for item in items}

    def all_cells(self, user_id: str) -> dict[Cell, Kept]:
        """Return every cell of a user."""
        key = record_key()
        return {cell_from_key(_key(item)): _kept(item) for item in self._items(user_id, key, key, None)}

    def version(self, user_id: str, cell: Cell) -> int:
        """Return how often a cell has moved by now."""
        try:
            return _kept(self._table.get(user_id, record_key(*cell))).version
        except ItemMissing:
            return 0

    def correct(self, user_id: str, cell: Cell, difference: Tally, kept: Kept) -> bool:
        """Add to a cell unless it has moved since it had what was kept; return whether it was done.

        One that was erased, and made anew since, may have the same version, but hardly the same tally.
        """
        addition = self._addition(user_id, cell, difference)
        condition = f"attribute_not_exists({RECORDS.sort_key})"
        if kept.version:
            seen = {VERSION: kept.version, **kept.tally._asdict()}
            clauses = (
                f"{name} = :seen_{name}" if number else f"({name} = :seen_{name} OR attribute_not_exists({name}))"
                for name, number in seen.items()
            )
            condition = " AND ".join(clauses)
            addition["ExpressionAttributeValues"] |= {
                f":seen_{name}": {"N": format(Decimal(number), "f")} for name, number in seen.items()
            }
        try:
            write(self._client.update_item, **addition, ConditionExpression=condition)
        except ConditionFailed:
            return False
        return True

    def _addition(self, user_id: str, cell: Cell, difference: Tally) -> dict[str, Any]:
        added = additions(difference)
        return {
            "TableName": self._name,
            "Key": RECORDS.key(user_id, record_key(*cell)),
            "UpdateExpression": "ADD " + ", ".join(f"{name} :{name}" for name in added),
            "ExpressionAttributeValues": {f":{name}": {"N": number} for name, number in added.items()},
        }

    def _items(
        self, user_id: str, first: str, last: str, limit: int | None, *, latest_first: bool = False
    ) -> Iterator[Item]:
        """Give the items whose keys begin with `first` to `last`, in order; a page of DynamoDB's has 1 MB."""
        start: dict[str, Any] = {}
        while limit is None or limit > 0:
            response = self._table.query(
                None,
                KeyConditionExpression=(
                    f"{RECORDS.partition_key} = :user_id AND {RECORDS.sort_key} BETWEEN :first AND :last"
                ),
                ExpressionAttributeValues={
                    ":user_id": {"S": user_id},
                    ":first": {"S": first},
                    ":last": {"S": last + AFTER_ALL},
                },
                ScanIndexForward=not latest_first,
                **({} if limit is None else {"Limit": limit}),
                **start,
            )
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}
            if limit is not None:
                limit -= len(response["Items"])


def _key(item: Item) -> str:
    key: str = item[RECORDS.sort_key]["S"]
    return key


def _kept(item: Item) -> Kept:
    return Kept(tally_from_item(item), int(item[VERSION]["N"]))
