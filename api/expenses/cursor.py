"""The cursors of lists: the position of the last expense of a page, or the beginning of a day."""

from collections.abc import Sequence
from datetime import date

from api import cursors
from api.expenses.items import Position


def encode(position: Position, filters: str) -> str:
    """Return the cursor of a position in what filters, given in canonical form, find."""
    return cursors.encode(filters, (position.day.isoformat(), position.created_at, position.expense_id))


def decode(cursor: str, filters: str) -> Position:
    """Return the position of a cursor. Raises `InvalidRequest` for one that was not made here for these filters."""
    return cursors.decode(filters, cursor, _parse)


def _parse(parts: Sequence[str]) -> Position:
    day, created_at, expense_id = parts
    if not (created_at or expense_id):
        return Position(date.fromisoformat(day), "", "")
    return Position(date.fromisoformat(day), cursors.instant(created_at), cursors.identifier(expense_id))
