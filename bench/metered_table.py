"""The tables in memory, adding up what their calls would cost in DynamoDB."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.dynamodb import Item
from bench.capacity import NO_UNITS, Units, item_bytes, read_units, write_units
from tests.fakes.dynamodb import FakeDynamoDB


@dataclass
class Cost:
    """What calls cost, added up."""

    queries: int = 0
    scanned: int = 0
    read_units: int = 0
    write_units: Units = NO_UNITS


class MeteredTable(FakeDynamoDB):
    """The tables, with the `cost` of what they were asked so far."""

    def __init__(self, items: Iterable[Item], records: Iterable[Item] = ()) -> None:
        super().__init__(items, records)
        self.cost = Cost()

    def _has_read(self, operation: str, items: list[Item]) -> None:
        if operation == "Query":
            self.cost.queries += 1
            self.cost.scanned += len(items)
        self.cost.read_units += read_units(map(item_bytes, items))

    def _has_written(self, before: Item | None, after: Item | None, index_writes: int, *, is_transaction: bool) -> None:
        size = max(item_bytes(item) for item in (before, after) if item)
        units = write_units(size, index_writes, is_transaction=is_transaction)
        self.cost.write_units = self.cost.write_units.plus(units)
