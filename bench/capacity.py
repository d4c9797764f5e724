"""What DynamoDB would charge, from the sizes of items: moto's own figures know no sizes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ThroughputConsiderations
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, NamedTuple

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item of strings, numbers, maps and lists: its names and its values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    kind = next(iter(value))
    content: str = value[kind]
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0")
        return ceil(len(digits) / 2) + 1 + content.startswith("-")
    if kind == "M":
        return 3 + len(value[kind]) + item_bytes(value[kind])
    if kind == "L":
        return 3 + len(value[kind]) + sum(map(_value_bytes, value[kind]))
    raise ValueError(f"No item has an attribute of type {kind}.")


def read_units(sizes: Iterable[int]) -> int:
    """Return the units of one strongly consistent read or query of items of these sizes; nothing found costs one."""
    return max(1, ceil(sum(sizes) / READ_UNIT_BYTES))


class Units(NamedTuple):
    """Write units, between two bounds where the documents leave open which they are."""

    floor: int = 0
    ceiling: int = 0

    def plus(self, other: "Units") -> "Units":
        """Return the sum of both."""
        return Units(self.floor + other.floor, self.ceiling + other.ceiling)


NO_UNITS = Units()


def write_units(size: int, index_writes: int, *, is_transaction: bool = False) -> Units:
    """Return the units of writing an item, to the table and to entries of indexes that have all of its attributes.

    In a transaction the table's part costs twice as much. No document says whether the part of the indexes does, too:
    the floor is that it does not, the ceiling that it does.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling
    """
    units = ceil(size / WRITE_UNIT_BYTES)
    if is_transaction:
        return Units(units * (2 + index_writes), units * 2 * (1 + index_writes))
    return Units(units * (1 + index_writes), units * (1 + index_writes))


WRITE_PRICE = 0.625
READ_PRICE = 0.125
"""US dollars for a million units on demand in us-east-1: https://aws.amazon.com/dynamodb/pricing/on-demand/"""


def pays_from(more: Units, units_without: int, units_with: int) -> Units:
    """Return how many summaries save what a number of writes cost more because they keep totals.

    `more` are the write units that all those writes cost more; the others are the read units of one summary from the
    expenses themselves, and from the cells.
    """
    saved = (units_without - units_with) * READ_PRICE / WRITE_PRICE
    return Units(ceil(more.floor / saved), ceil(more.ceiling / saved))
