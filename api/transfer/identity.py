"""Which expense a line of a file is, so that a file can be imported again without recording anything twice.

It is the line's own id; never its content, which two expenses can share and a user can change. Only a line without any
id is known by what its expense is least likely to lose: date, amount, currency, payment method, and which of those that
are alike it is. No id has anything of the user in it: an export keeps the ids, so that the files of a bank are known in
another account, too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from api.expenses.rules import Entry
from api.openapi.errors import Violation
from api.transfer.rows import Row, violation

_IMPORTED = UUID("3d1d1f60-3f0c-4c57-9b0a-6a1f0c9f2b8e")
"""The namespace of the ids that lines lead to. Changing it would make every import record again."""
IDS = ("expense_id", "import_id")


def repeated(rows: Sequence[Row]) -> Iterator[Violation]:
    """Give the lines that have an id of an earlier line, or lead to its expense by the other kind of id."""
    for name in IDS:
        lines: dict[str, int] = {}
        for row in rows:
            given = row.values.get(name)
            if isinstance(given, str):
                first = lines.setdefault(given.lower() if name == "expense_id" else given, row.line)
                if first != row.line:
                    yield violation(row.line, f"must not be that of line {first}", f"/{name}")
    known: dict[str, tuple[str, int]] = {}
    for row in rows:
        if (expense_id := _given(row)) is not None:
            name = next(each for each in IDS if each in row.values)
            first_name, first = known.setdefault(expense_id, (name, row.line))
            if first_name != name:
                yield violation(row.line, f"must not be of the expense of line {first}", f"/{name}")


def expense_ids(rows: Sequence[Row], entries: Sequence[Entry]) -> list[str]:
    """Return the id of each row's expense, each once: always the same for the same file."""
    given = [_given(row) for row in rows]
    taken = set(given)
    counts: Counter[str] = Counter()
    return [
        expense_id or next(candidate for candidate in _alike(entry, counts) if candidate not in taken)
        for expense_id, entry in zip(given, entries, strict=True)
    ]


def _alike(entry: Entry, counts: Counter[str]) -> Iterator[str]:
    """Give the ids of the next expenses that are alike; an export has some of an earlier import beside new lines."""
    content = f"{entry['date']}\n{entry['amount']:f}\n{entry['currency']}\n{entry['payment_method']}"
    while True:
        counts[content] += 1
        yield _derived("alike", f"{content}\n{counts[content]}")


def _given(row: Row) -> str | None:
    """Return the id that a row has itself, or that its import_id leads to; None where it has neither."""
    if "expense_id" in row.values:
        return str(row.values["expense_id"]).lower()
    if "import_id" in row.values:
        return _derived("import_id", row.values["import_id"])
    return None


def _derived(kind: str, identity: str) -> str:
    return str(uuid5(_IMPORTED, f"{kind}\n{identity}"))
