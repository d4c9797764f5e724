"""Expenses as CSV: a table whose first line has the names of the columns (RFC 4180). It is in UTF-8.

https://www.rfc-editor.org/rfc/rfc4180
"""

import csv
from decimal import Decimal
from typing import Any, get_type_hints

from api.models import Expense
from api.transfer.formulas import neutralized

MEDIA_TYPE = "text/csv"

_FIRST = ("date", "amount", "currency", "category", "payment_method", "notes")
COLUMNS = (*_FIRST, *(name for name in get_type_hints(Expense) if name not in _FIRST))
"""Every property of an expense, what people look at first."""
TEXTS = frozenset({"category", "payment_method", "notes"})
"""The columns that users fill as they like."""


class _Returned:
    """A file that returns what is written to it, and so does a csv.writer over it."""

    def write(self, text: str) -> str:
        return text


_WRITER = csv.writer(_Returned(), lineterminator="\r\n")


def header() -> str:
    """Return the first line of a table."""
    return _line(COLUMNS)


def line(expense: Expense) -> str:
    """Return an expense as a line of a table; what is null is empty."""
    return _line([_cell(name, expense[name]) for name in COLUMNS])  # type: ignore[literal-required]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return neutralized(value) if name in TEXTS else str(value)


def _line(cells: Any) -> str:
    text: str = _WRITER.writerow(cells)
    return text
