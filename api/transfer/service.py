"""The use cases of files: expenses exported as lines of text, page by page."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from api.expenses.cursor import encode
from api.expenses.filters import Filters
from api.expenses.items import Position
from api.expenses.service import ExpenseService
from api.gateway.caller import Caller
from api.models import Expense
from api.transfer import ndjson, table

MAX_PAGE_BYTES = 5_500_000
"""How large a page is at the most, as it stands in the function's response, which Lambda limits to 6 MB.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class Format(NamedTuple):
    """How expenses are written as lines."""

    line: Callable[[Expense], str]
    header: Callable[[], str] = str
    """What comes before the first expense."""


FORMATS: Mapping[str, Format] = {
    ndjson.MEDIA_TYPE: Format(ndjson.line),
    table.MEDIA_TYPE: Format(table.line, table.header),
}


class ExportPage(NamedTuple):
    """A part of an export, as text; `next_cursor` is where to go on, or None at the end."""

    text: str
    next_cursor: str | None


class TransferService:
    """Takes expenses out. Any method may raise `StoreUnavailable`."""

    def __init__(self, expenses: ExpenseService) -> None:
        self._expenses = expenses

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
