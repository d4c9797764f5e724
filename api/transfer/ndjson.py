"""Expenses as NDJSON: one JSON object on each line, with nothing lost.

https://github.com/ndjson/ndjson-spec
"""

from api.models import Expense
from api.openapi import strict_json
from api.openapi.strict_json import NotStrictJson
from api.transfer.rows import Row, Rows, violation

MEDIA_TYPE = "application/x-ndjson"


def line(expense: Expense) -> str:
    """Return an expense as a line: always the same bytes for the same expense."""
    return strict_json.dump(expense) + "\n"


def read(text: str) -> Rows:
    """Return the rows of a file; lines without anything are skipped."""
    rows, violations = [], []
    for number, written in enumerate(text.split("\n"), 1):
        if not written.strip(" \t\r"):
            continue
        try:
            value = strict_json.parse(written.rstrip())
        except NotStrictJson as reason:
            # Within a line it counts lines anew.
            violations.append(violation(number, str(reason).replace(" at line 1,", " at")))
            continue
        if isinstance(value, dict):
            rows.append(Row(number, value, {}))
        else:
            violations.append(violation(number, "must be an object"))
    return Rows(rows, violations)
