"""Make files to import of another program's export: `python -m tools.import_files firefly export.csv expenses`.

Writes `expenses-1.csv`, `expenses-2.csv` and so on, each small enough for one `POST /import`, and says what it left
out. Needs nothing but Python. docs/import.md has the mappings, and what to send the files with.
"""

import csv
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

MAX_BYTES = 65_536
"""How large the body of a request may be."""
COLUMNS = ("import_id", "date", "amount", "currency", "category", "payment_method", "notes")
UNKNOWN = "Uncategorized"

Row = Mapping[str, str]


class NotAnExpense(Exception):
    """The row is something else, such as an income or a transfer; the message says what."""


class NotAnExport(Exception):
    """The file is not what the program exports; the message says why, after the file's name."""


def firefly(row: Row) -> dict[str, str]:
    """Return the expense of a row of Firefly III's "Export data": a withdrawal, whose amount is negative there."""
    if row["type"] != "Withdrawal":
        raise NotAnExpense(row["type"])
    return {
        "import_id": f"firefly-{row['journal_id']}",
        "date": row["date"][:10],
        "amount": _negated(row["amount"]),
        "currency": row["currency_code"],
        "category": row["category"] or UNKNOWN,
        "payment_method": row["source_name"],
        "notes": "\n".join(filter(None, (row["description"], row["notes"]))),
    }


def actual(row: Row) -> dict[str, str]:
    """Return the expense of a row of an Actual Budget account's "Export": what has a category, but no income.

    Money that comes back is positive there, and so a refund here. There is no currency and no id: rows that are alike
    are numbered, so that the files of one export are imported once each.
    """
    if {"Income", "Starting Balances"} & {*row["Category"].split(": ")}:  # an export of all accounts has the group, too
        raise NotAnExpense(row["Category"])
    if not row["Category"]:
        raise NotAnExpense("Transfer, or the whole of a split")
    return {
        "import_id": f"actual-{row['Account']}-{row['Date']}-{row['Amount']}",
        "date": row["Date"],
        "amount": _negated(row["Amount"]),
        "currency": "",
        "category": row["Category"],
        "payment_method": row["Account"],
        "notes": "\n".join(filter(None, (row["Payee"], row["Notes"]))),
    }


class Source(NamedTuple):
    """A program that exports: what becomes of a row, and the columns that this takes."""

    expense: Callable[[Row], dict[str, str]]
    columns: Sequence[str]


SOURCES: Mapping[str, Source] = {
    "firefly": Source(
        firefly,
        ("journal_id", "type", "currency_code", "amount", "description", "date", "source_name", "category", "notes"),
    ),
    "actual": Source(actual, ("Account", "Date", "Payee", "Notes", "Category", "Amount")),
}


def converted(export: str, source: str) -> tuple[list[dict[str, str]], Counter[str]]:
    """Return the expenses of an export, each with an `import_id` of its own, and how many rows were left out as what.

    Raises `NotAnExport`.
    """
    expenses: list[dict[str, str]] = []
    left_out: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    for row in _rows(export, SOURCES[source].columns):
        try:
            expense = SOURCES[source].expense(row)
        except NotAnExpense as reason:
            left_out[str(reason)] += 1
            continue
        alike[expense["import_id"]] += 1
        if alike[expense["import_id"]] > 1:
            expense["import_id"] += f"-{alike[expense['import_id']]}"
        expenses.append({**expense, "notes": expense["notes"][:1000]})
    return expenses, left_out


def _rows(export: str, columns: Sequence[str]) -> Iterator[Row]:
    """Give the rows of an export that has these columns. Raises `NotAnExport`, also where a row is half of one."""
    reader = csv.DictReader(io.StringIO(export.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        if not reader.fieldnames:
            raise NotAnExport("is empty")
        for column in columns:
            if column not in reader.fieldnames:
                raise NotAnExport(f"has no column {column}; it must have {', '.join(columns)}")
        for row in reader:
            if None in row.values():
                raise NotAnExport(f"has fewer values than columns in line {reader.line_num}")
            yield row
    except csv.Error as error:
        raise NotAnExport(f"is not CSV near line {reader.line_num}: {error}") from None


def files(expenses: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Give the expenses as CSV, in files of at most `MAX_BYTES`."""
    header = _lines([dict(zip(COLUMNS, COLUMNS, strict=True))])
    text = header
    for expense in expenses:
        line = _lines([expense])
        if len((text + line).encode()) > MAX_BYTES:
            yield text
            text = header
        text += line
    if text != header:
        yield text


def _lines(rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    csv.DictWriter(text, COLUMNS).writerows(rows)
    return text.getvalue()


def _negated(amount: str) -> str:
    """Return an amount with the other sign, without needless zeros: `-12.500000` becomes `12.5`.

    Raises `NotAnExport`.
    """
    if not _NUMBER.fullmatch(amount):
        raise NotAnExport(f"has an amount that is not a number: {amount[:50] or 'nothing'}")
    shortest = -Decimal(amount).normalize()
    return format(shortest + 0, "f")


_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def main(source: str, export: Path, target: Path) -> None:
    """Convert one export. Ends the process with one sentence where that can't be done."""
    try:
        expenses, left_out = converted(export.read_text(encoding="utf-8"), source)
        for number, text in enumerate(files(expenses), 1):
            path = target.with_name(f"{target.name}-{number}.csv")
            path.write_text(text, encoding="utf-8", newline="")
            sys.stdout.write(f"{path}: {len(text.encode()):,} bytes\n")
    except OSError as error:
        sys.exit(f"{error.filename}: {os.strerror(error.errno or 0).lower()}")
    except UnicodeDecodeError:
        sys.exit(f"{export} is not UTF-8; export it again, or save it in UTF-8")
    except NotAnExport as reason:
        sys.exit(f"{export} {reason}")
    sys.stdout.write(f"{len(expenses):,} expenses; left out: {dict(left_out) or 'nothing'}\n")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in SOURCES:
        sys.exit(f"usage: python -m tools.import_files {'|'.join(SOURCES)} EXPORT.csv TARGET")
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
