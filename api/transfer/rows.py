"""What a file has, whatever its format: rows that are not validated yet, and what could not even be read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.openapi.errors import Violation


class Row(NamedTuple):
    """One row: `Row(2, {"amount": Decimal("12.5"), "date": "2025-06-14"})`."""

    line: int
    """Where it begins in the file, counted from 1."""
    values: dict[str, Any]
    """As JSON has them: numbers are `Decimal` or int."""
    messages: dict[str, str]
    """What is wrong with values that could not be read, by their JSON Pointer; these are in `values` as they came."""


class Rows(NamedTuple):
    """All rows of a file that could be read, and the violations of the others."""

    rows: Sequence[Row]
    violations: Sequence[Violation]


def violation(line: int, message: str, pointer: str = "") -> Violation:
    """Return what is wrong with a line, or at a position in it."""
    return Violation("body", pointer, message, line)
