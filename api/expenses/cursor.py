"""Cursors: where the next page begins, as a text that clients hand back as it is.

A cursor carries a place and a digest of the question that it belongs to, never a user: the partition always comes from
the token, so that a forged cursor only moves within the caller's own expenses.
"""

import base64
import binascii
from datetime import date
from hashlib import blake2b
from uuid import UUID

from api.expenses.items import Position
from api.openapi.errors import InvalidRequest, Violation


def encode(position: Position, question: str) -> str:
    """Return the cursor of a place in the answers to a question."""
    text = f"{_digest(question)}.{position.day.isoformat()}.{position.expense_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, question: str) -> Position:
    """Return the place that a cursor names. Raises `InvalidRequest` for a cursor of another question, or of none."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        digest, day, expense_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(".")
        position = Position(date.fromisoformat(day), str(UUID(expense_id)) if expense_id else "")
    except (ValueError, binascii.Error):
        raise unusable("is none that this list gave") from None
    if digest != _digest(question):
        raise unusable("belongs to other filters or another sort order; leave it out to begin anew")
    return position


def unusable(detail: str) -> InvalidRequest:
    """Return the error for a cursor that can't be gone on from."""
    return InvalidRequest([Violation("query", "cursor", detail)])


def _digest(question: str) -> str:
    return blake2b(question.encode(), digest_size=8).hexdigest()
