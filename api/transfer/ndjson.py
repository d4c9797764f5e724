"""Expenses as NDJSON: one JSON object on each line, with nothing lost.

https://github.com/ndjson/ndjson-spec
"""

from api.models import Expense
from api.openapi.strict_json import dump

MEDIA_TYPE = "application/x-ndjson"


def line(expense: Expense) -> str:
    """Return an expense as a line: always the same bytes for the same expense."""
    return dump(expense) + "\n"
