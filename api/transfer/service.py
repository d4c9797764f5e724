"""The use cases of files: expenses exported as lines, page by page, and imported again, once each."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from api import deadline
from api.dynamodb import StorageFull, StoreUnavailable
from api.expenses.cursor import encode
from api.expenses.errors import ExpenseBusy
from api.expenses.filters import Filters
from api.expenses.items import Position
from api.expenses.pace import Pace
from api.expenses.service import ExpenseService, New
from api.expenses.states import State
from api.expenses.store import MAX_RECORDED
from api.gateway.caller import Caller
from api.models import Expense, ImportedRow, ImportReport
from api.openapi.schema import CompiledSchema
from api.transfer import csv_file, ndjson
from api.transfer.lines import Line, lines_of
from api.transfer.rows import Rows

MAX_PAGE_BYTES = 5_500_000
"""How large a page is at the most, as it stands in the function's response, which Lambda limits to 6 MB.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class Format(NamedTuple):
    """How expenses are written as lines, and read."""

    line: Callable[[Expense], str]
    read: Callable[[str], Rows]
    header: Callable[[], str] = str
    """What comes before the first expense."""


FORMATS: Mapping[str, Format] = {
    ndjson.MEDIA_TYPE: Format(ndjson.line, ndjson.read),
    csv_file.MEDIA_TYPE: Format(csv_file.line, csv_file.read, csv_file.header),
}


class ExportPage(NamedTuple):
    """A part of an export, as text; `next_cursor` is where to go on, or None at the end."""

    text: str
    next_cursor: str | None


class TransferService:
    """Takes expenses out and in. Any method may raise `StoreUnavailable`."""

    def __init__(self, expenses: ExpenseService, default_currency: str, now: Callable[[], datetime]) -> None:
        """`now` returns the time, with its zone."""
        self._expenses = expenses
        self._default_currency = default_currency
        self._now = now

    def export(self, caller: Caller, filters: Filters, limit: int, cursor: str | None, media_type: str) -> ExportPage:
        """Return a page of what filters find in one of `FORMATS`; the pages one after the other are one file.

        Raises `InvalidRequest` for filters or a cursor that are not valid.
        """
        page = self._expenses.find(caller, filters, limit, cursor)
        style, expenses = FORMATS[media_type], page["items"]
        lines = _that_fit(map(style.line, expenses))
        next_cursor = page["next_cursor"]
        if len(lines) < len(expenses):
            next_cursor = encode(_position(expenses[len(lines) - 1]), filters.canonical())
        return ExportPage((style.header() if cursor is None else "") + "".join(lines), next_cursor)

    def import_(
        self, caller: Caller, text: str, media_type: str, line: CompiledSchema, *, dry_run: bool
    ) -> ImportReport:
        """Record what a file in one of `FORMATS` has and is not there, so much of it as one request may.

        `line` is the schema of a line. The same file again goes on from where this ended. Raises `InvalidRequest` with
        the violations of every line, and, where nothing was recorded, `StorageFull` and `ExpenseBusy`.
        """
        file = FORMATS[media_type].read(text)
        lines = lines_of(file, line, self._default_currency, self._now())
        pace = Pace()
        rows: list[ImportedRow] = []
        chunks = iter(lines)
        while chunk := list(islice(chunks, MAX_RECORDED)):
            try:
                found = self._import(caller, chunk, pace, dry_run=dry_run)
            except (StoreUnavailable, StorageFull, ExpenseBusy):
                if not any(row["outcome"] == "recorded" for row in rows):
                    raise
                found = None
            if found is None:
                break
            rows += (_row(line, state) for line, state in zip(chunk, found, strict=True))
        return _report(rows, lines)

    def _import(self, caller: Caller, lines: Sequence[Line], pace: Pace, *, dry_run: bool) -> list[State | None] | None:
        """Record what is not there; return what was there instead of each line. None where there is no time left."""
        if deadline.is_near() or not pace.may_go_on():
            return None
        found = self._expenses.states_of(caller, [line.state.expense_id for line in lines])
        new = [line.state for line in lines if line.state.expense_id not in found]
        if new and not dry_run:
            # What others have recorded since it was read is as if it had been there.
            kept = self._expenses.record_all(caller, [New(state) for state in new])
            found |= {each.state.expense_id: each.state for each in kept if each.was_there}
            pace.add((state.expense for state in new if state.expense), entries=3, cells=1)
        return [found.get(line.state.expense_id) for line in lines]


def _row(line: Line, found: State | None) -> ImportedRow:
    expense_id = line.state.expense_id
    if found is None:
        return {"line": line.number, "outcome": "recorded", "expense_id": expense_id}
    return {"line": line.number, "outcome": "already_there" if found.live else "in_trash", "expense_id": expense_id}


def _report(rows: list[ImportedRow], lines: Sequence[Line]) -> ImportReport:
    counts = Counter(row["outcome"] for row in rows)
    rest = lines[len(rows) :]
    return {
        "recorded": counts["recorded"],
        "already_there": counts["already_there"],
        "in_trash": counts["in_trash"],
        "rows": rows,
        "done": not rest,
        "next_line": rest[0].number if rest else None,
    }


def _that_fit(lines: Iterable[str]) -> list[str]:
    """Return the first lines, as many as a page has room for, and one in any case."""
    fitting: list[str] = []
    size = 0
    for line in lines:
        size += len(json.dumps(line))  # as the runtime writes them: what is not ASCII takes six bytes or twelve
        if fitting and size > MAX_PAGE_BYTES:
            break
        fitting.append(line)
    return fitting


def _position(expense: Expense) -> Position:
    return Position(date.fromisoformat(expense["date"]), expense["created_at"], expense["expense_id"])
