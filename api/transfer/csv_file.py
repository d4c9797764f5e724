"""Expenses as CSV: a table whose first line has the names of the columns (RFC 4180).

It is written with commas, and read with commas or semicolons, which spreadsheets of many countries write.
https://www.rfc-editor.org/rfc/rfc4180
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from api.expenses.items import NUMBERS
from api.models import Expense, ExpenseCreate
from api.openapi.errors import Violation
from api.openapi.strict_json import NotStrictJson, normalized, parse_number
from api.transfer.formulas import neutralized, restored
from api.transfer.rows import Row, Rows, violation

MEDIA_TYPE = "text/csv"

_FIRST = ("date", "amount", "currency", "category", "payment_method", "notes")
COLUMNS = tuple(dict.fromkeys((*_FIRST, *ExpenseCreate.__annotations__, *Expense.__annotations__)))
"""Every property of an expense, what people look at first, and what clients set before the rest."""
STRINGS = frozenset({*ExpenseCreate.__annotations__} - {*NUMBERS, "date", "currency"})
"""The columns that users fill as they like."""
ACCEPTED = (*COLUMNS, "import_id")
"""The columns that a table to import may have."""
REQUIRED = ("date", "amount", "category", "payment_method")
DELIMITERS = ",;"


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
    return neutralized(value) if name in STRINGS else str(value)


def _line(cells: Iterable[str]) -> str:
    text: str = _WRITER.writerow(cells)
    return text


def read(text: str) -> Rows:
    """Return the rows of a table. What is empty is absent, and so is a row or a column in which everything is."""
    violations: list[Violation] = []
    records = _records(text, violations)
    line, names = next(((line, names) for line, names in records if any(names)), (1, [""]))
    columns = [_column(name) for name in names]
    unreadable = _header_violations(line, names, columns)
    if unreadable:
        return Rows([], unreadable)
    unnamed = [at for at, column in enumerate(columns) if not column]
    header_line, rows, nameless = line, list[Row](), set[int]()
    for line, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) == len(columns):
            rows.append(_row(line, {name: cell for name, cell in zip(columns, cells, strict=True) if name}))
            nameless.update(at for at in unnamed if cells[at].strip())
        else:
            violations.append(violation(line, _wrong_count(len(cells), len(columns))))
    violations += (
        violation(header_line, f"has no name for column {at + 1}, which has values") for at in sorted(nameless)
    )
    return Rows(rows, violations)


def _records(text: str, violations: list[Violation]) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the line where it begins; what is no CSV becomes a violation."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = "has a quote that is never closed" if "end of data" in str(error) else f"is not CSV: {error}"
            violations.append(violation(line, message))


def _delimiter(text: str) -> str:
    """Return the delimiter by which the first line has the most columns that are known."""

    def known(delimiter: str) -> int:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return len({_column(name) for name in names} & {*ACCEPTED})

    return max(DELIMITERS, key=known)


def _column(name: str) -> str:
    """Return the property that a column's name stands for: `Payment method` is `payment_method`."""
    return "_".join(name.strip("\ufeff \t\xa0").lower().split())


def _header_violations(line: int, names: Sequence[str], columns: Sequence[str]) -> list[Violation]:
    if any("\0" in name or "\ufffd" in name for name in names):
        return [violation(line, "is not UTF-8; save the file in UTF-8")]
    if not any(columns):
        return [violation(line, f"must have the names of the columns; allowed: {', '.join(ACCEPTED)}")]
    found = []
    seen: set[str] = set()
    for name, column in zip(names, columns, strict=True):
        if not column:
            continue
        if column not in ACCEPTED:
            found.append(violation(line, f"has the unknown column {name[:50]}; allowed: {', '.join(ACCEPTED)}"))
        elif column in seen:
            found.append(violation(line, f"has the column {column} more than once"))
        seen.add(column)
    found += [violation(line, "is required", f"/{name}") for name in REQUIRED if name not in columns]
    return found


def _wrong_count(count: int, columns: int) -> str:
    return (
        f"has {count} value{'s' if count > 1 else ''} for {columns} columns; "
        "a value that has a delimiter, a quote or a line break stands in quotes"
    )


def _row(line: int, cells: dict[str, str]) -> Row:
    values: dict[str, Any] = {}
    messages: dict[str, str] = {}
    for name, cell in cells.items():
        value = restored(cell) if name in STRINGS else cell.strip()
        if not value.strip():
            continue
        try:
            values[name] = value = normalized(value)
            if name in NUMBERS:
                values[name] = _number(value)
        except NotStrictJson as reason:
            messages[f"/{name}"] = str(reason)
    return Row(line, values, messages)


def _number(text: str) -> int | Decimal:
    """Return the number of a cell. Raises `NotStrictJson`, also for an exponent, although JSON has it."""
    if _EXPONENT.fullmatch(text):
        raise NotStrictJson(_SHORTENED)
    try:
        return parse_number(text)
    except NotStrictJson:
        raise NotStrictJson(_not_a_number(text)) from None


def _not_a_number(text: str) -> str:
    if _DECIMAL_COMMA.fullmatch(text):
        return "must have a decimal point and not a comma: 12.50"
    if _THOUSANDS.fullmatch(text):
        return "must have no separators but a decimal point: 1234.50"
    return "must be a number such as 12.50 or -3.2, and nothing else"


_SHORTENED = "must have no exponent: a spreadsheet that shows 123456.78 as 1.23E+05 saves it without the other digits"
_EXPONENT = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]{1,2}")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([,.' \xa0\u2019\u202f][0-9]{3})+([,.][0-9]*)?")
