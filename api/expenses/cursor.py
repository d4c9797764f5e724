"""Cursors: where the next page begins, as a string that clients send back as it is.

A cursor carries its version, a digest of the query's filters and a position, never a user: the partition always comes
from the token, so that a forged cursor only moves within the caller's own expenses.
"""

import base64
import re
from datetime import date
from hashlib import blake2b
from uuid import UUID

from api.expenses.items import Position
from api.openapi.errors import InvalidRequest, Violation

VERSION = "1"
"""Changes with the form of a cursor or of the filters' canonical form; cursors of other versions are not valid."""


def encode(position: Position, filters: str) -> str:
    """Return the cursor of a position in what filters, given in canonical form, find."""
    parts = (VERSION, _digest(filters), position.day.isoformat(), position.created_at, position.expense_id)
    return base64.urlsafe_b64encode("#".join(parts).encode()).decode().rstrip("=")


def decode(cursor: str, filters: str) -> Position:
    """Return the position of a cursor. Raises `InvalidRequest` for one that was not made here for these filters."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        version, digest, day, created_at, expense_id = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("#")
        )
        position = Position(date.fromisoformat(day), created_at, expense_id)
        is_position = not (created_at or expense_id) or _is_position(created_at, expense_id)
    except ValueError:
        raise invalid_cursor() from None
    if not is_position or (version, digest) != (VERSION, _digest(filters)):
        raise invalid_cursor()
    return position


def invalid_cursor() -> InvalidRequest:
    """Return the error for a cursor that a query cannot continue from."""
    return InvalidRequest([Violation("query", "cursor", "is not a valid cursor for this query")])


def _is_position(created_at: str, expense_id: str) -> bool:
    return bool(_INSTANT.fullmatch(created_at)) and expense_id == str(UUID(expense_id))


def _digest(filters: str) -> str:
    return blake2b(filters.encode(), digest_size=8).hexdigest()


_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
