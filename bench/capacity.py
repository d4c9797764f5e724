"""What DynamoDB would charge, from the sizes of items: moto's own figures know no sizes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ThroughputConsiderations
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size of an item of strings and numbers: its names and its values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    kind = next(iter(value))
    content: str = value[kind]
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0")
        return ceil(len(digits) / 2) + 1 + content.startswith("-")
    raise ValueError(f"No expense has an attribute of type {kind}.")


def read_units(sizes: Iterable[int]) -> int:
    """Return the units of one strongly consistent read or query of items of these sizes; nothing found costs one."""
    return max(1, ceil(sum(sizes) / READ_UNIT_BYTES))


def write_units(size: int, index_writes: int) -> int:
    """Return the units of writing an item, to the table and to entries of indexes that have all of its attributes."""
    return ceil(size / WRITE_UNIT_BYTES) * (1 + index_writes)
