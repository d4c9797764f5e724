"""A table of expenses in memory that adds up what its calls would cost in DynamoDB."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.dynamodb import Item
from api.tables import EXPENSES
from bench.capacity import item_bytes, read_units, write_units
from tests.fakes.dynamodb import FakeDynamoDB


@dataclass
class Cost:
    """What calls cost, added up."""

    queries: int = 0
    scanned: int = 0
    read_units: int = 0
    write_units: int = 0


class MeteredTable(FakeDynamoDB):
    """The table, with the `cost` of what it was asked so far."""

    def __init__(self, items: Iterable[Item]) -> None:
        super().__init__(EXPENSES, items)
        self.cost = Cost()

    def _has_read(self, operation: str, items: list[Item]) -> None:
        if operation == "Query":
            self.cost.queries += 1
            self.cost.scanned += len(items)
        self.cost.read_units += read_units(map(item_bytes, items))

    def _write(self, before: Item | None, after: Item | None) -> int:
        index_writes = super()._write(before, after)
        self.cost.write_units += write_units(max(item_bytes(item) for item in (before, after) if item), index_writes)
        return index_writes
