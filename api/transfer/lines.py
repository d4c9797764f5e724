"""From the rows of a file to expenses, with the violations of every line. Pure functions."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from api.expenses.rules import Entry, entry, expense_of, partial_violations
from api.expenses.states import State, instant
from api.models import ExpenseCreate
from api.openapi.errors import InvalidRequest, Violation
from api.openapi.partial import INVALID
from api.openapi.schema import CompiledSchema, pointer
from api.transfer.identity import expense_ids, repeated
from api.transfer.rows import Row, Rows, violation

MAX_VIOLATIONS = 1000
"""How many violations of a file are named at the most."""
CLOCK_SKEW = timedelta(seconds=5)
"""How far ahead the clock of the Lambda that an exported instant is from may be."""
LOST = "\ufffd"
"""What API Gateway passes on in the place of an octet that is not UTF-8; a file that is UTF-8 can have it, too."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it nothing was recorded."""


class Line(NamedTuple):
    """A line of a file, as the live expense that it is."""

    number: int
    """Where it begins in the file, counted from 1."""
    state: State


def lines_of(file: Rows, schema: CompiledSchema, default_currency: str, now: datetime) -> list[Line]:
    """Return the lines of a file, in its order. What a line does not say of its recording is as if recorded now.

    `schema` is that of one line. Raises `InvalidRequest` with the violations of every line.
    """
    violations = [*file.violations, *repeated(file.rows)]
    entries: list[Entry] = []
    instants: list[tuple[str, str]] = []
    for before, row in enumerate(file.rows):
        # Within a day the order is that of recording, and so that of the file.
        recorded_at = now - timedelta(microseconds=len(file.rows) - before)
        messages = _messages(row, schema)
        found = [*_reported(row, messages)]
        valid = {name: value for name, value in row.values.items() if f"/{name}" not in messages}
        found += _instant_violations(row.line, valid, now)
        if messages:
            marked = {"date": INVALID, **dict.fromkeys(row.values, INVALID), **valid}
            found += (each._replace(line=row.line) for each in partial_violations(marked, default_currency, ""))
        else:
            try:
                entries.append(_entry(row, default_currency))
            except InvalidRequest as error:
                found += (each._replace(line=row.line) for each in error.violations)
        if not found:
            instants.append(_instants(row.values, recorded_at))
        violations += found
    if violations:
        raise InvalidRequest(sorted(violations, key=lambda each: each.line or 0), MAX_VIOLATIONS)
    ids, changed_at = expense_ids(file.rows, entries), instant(now)
    return [
        Line(row.line, _state(row.values, expense_id, content, recorded, changed_at))
        for row, expense_id, content, recorded in zip(file.rows, ids, entries, instants, strict=True)
    ]


def _messages(row: Row, schema: CompiledSchema) -> dict[str, str]:
    """Return what is not as the schema says, by its JSON Pointer; where a value could not even be read, why."""
    if not row.messages and schema.accepts(row.values):
        return {}
    messages = dict(row.messages)
    for path, message in schema.violations(row.values):
        messages.setdefault(pointer(path), message)
    if "/date" in messages:
        messages["/date"] = _misdated(row.values.get("date")) or messages["/date"]
    return messages


def _reported(row: Row, messages: Mapping[str, str]) -> Iterator[Violation]:
    """Give the messages as violations; the first string in which a character was lost stands for all of its line."""
    lost = {pointer((name,)) for name, value in row.values.items() if isinstance(value, str) and LOST in value}
    misread = [at for at in messages if at in lost]
    for at, message in messages.items():
        if at not in misread:
            yield violation(row.line, message, at)
        elif at == misread[0]:
            yield violation(row.line, _NOT_UTF_8, at)


def _misdated(value: Any) -> str:
    """Return what is wrong with a date that is written in another way, or the empty string."""
    if not isinstance(value, str):
        return ""
    if _OTHER_ORDER.fullmatch(value):
        return f"must be year-month-day such as 2025-06-14; {value} is another day in another country"
    if _OTHER_SEPARATORS.fullmatch(value):
        return "must have hyphens such as 2025-06-14"
    if _WITH_TIME.fullmatch(value):
        return "must be a date alone such as 2025-06-14, without a time"
    return ""


def _instant_violations(line: int, values: Mapping[str, Any], now: datetime) -> Iterator[Violation]:
    # A change can be dated before the recording: the clocks of two Lambda environments are never quite the same.
    for name in (each for each in ("created_at", "updated_at") if each in values):
        parsed = _parsed(values[name])
        if parsed is None:
            yield violation(line, "must be an instant such as 2025-06-14T18:22:05Z", f"/{name}")
        elif not EARLIEST <= parsed <= now + CLOCK_SKEW:
            yield violation(line, "must be between 1970 and now", f"/{name}")


def _entry(row: Row, default_currency: str) -> Entry:
    """Return what a valid row says of the spending. Raises `InvalidRequest`."""
    given = {name: value for name, value in row.values.items() if name in ExpenseCreate.__annotations__}
    complete = cast("ExpenseCreate", {"currency": default_currency, **given})
    content = entry(complete, given)
    of_date = {"month": content["month"], "year": content["year"]}
    wrong = [
        Violation("body", f"/{name}", f"must be {expected}, as the date says")
        for name, expected in of_date.items()
        if row.values.get(name, expected) != expected
    ]
    if wrong:
        raise InvalidRequest(wrong)
    return content


def _instants(values: dict[str, Any], recorded_at: datetime) -> tuple[str, str]:
    """Return `created_at` and `updated_at` of an expense that is recorded now, unless its line says otherwise."""
    updated_at = _parsed(values["updated_at"]) if "updated_at" in values else None
    created_at = _parsed(values["created_at"]) if "created_at" in values else None
    created_at = created_at or min(recorded_at, updated_at or recorded_at)
    return instant(created_at), instant(updated_at or created_at)


def _state(values: dict[str, Any], expense_id: str, content: Entry, instants: tuple[str, str], now: str) -> State:
    version = int(values.get("version", 1))
    return State(expense_id, version, now, expense_of(expense_id, content, *instants, version))


def _parsed(text: str) -> datetime | None:
    """Return an instant; None for a leap second, and for a form that RFC 3339 allows and nothing writes."""
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


_NOT_UTF_8 = "is not UTF-8, or has U+FFFD in the place of a character that was lost; save the file in UTF-8"
_OTHER_ORDER = re.compile(r"[0-9]{1,2}([/.\- ])[0-9]{1,2}\1([0-9]{4}|[0-9]{2})")
_OTHER_SEPARATORS = re.compile(r"[0-9]{4}([/. ]?)[0-9]{1,2}\1[0-9]{1,2}")
_WITH_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].{1,40}")
