"""Recurrences and their occurrences as responses have them, and the positions in lists of them. Pure functions."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from api import cursors
from api.models import Occurrence, Recurrence
from api.recurrences.due import Position, open_days
from api.recurrences.items import State
from api.recurrences.schedule import FIRST_DAY, LAST_DAY
from api.recurrences.terms import Terms


def shown(state: State, content: Terms) -> Recurrence:
    """Return a recurrence, with the first occurrence that is to be recorded."""
    coming = next(open_days(state), None)
    shown = {
        "recurrence_id": state.recurrence_id,
        **content,
        "recorded_through": state.recorded_through.isoformat() if state.recorded_through else None,
        "skipped": list(state.skipped),
        "next": coming.isoformat() if coming else None,
        "version": state.version,
        "created_at": state.created_at,
        "updated_at": state.updated_at,
    }
    return cast("Recurrence", shown)


def shown_occurrence(position: Position, content: Terms) -> Occurrence:
    """Return an occurrence that is not recorded."""
    of_expense = {name: value for name, value in content.items() if name in Occurrence.__annotations__}
    return cast("Occurrence", {"recurrence_id": position.recurrence_id, "date": position.day, **of_expense})


def position_of(state: State) -> tuple[str, str]:
    """Return where a recurrence is in the list: by when it was made."""
    return state.created_at, state.recurrence_id


def listed_position(parts: Sequence[str]) -> tuple[str, str]:
    """Return the position in the list that the parts of a cursor stand for. Raises `ValueError`."""
    created_at, recurrence_id = parts
    return cursors.instant(created_at), cursors.identifier(recurrence_id)


def due_position(parts: Sequence[str]) -> Position:
    """Return the position among what is due that the parts of a cursor stand for. Raises `ValueError`."""
    text, recurrence_id = parts
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:  # near the ends of the calendar there is no day before, or no interval after
        raise ValueError(text)
    return Position(day.isoformat(), cursors.identifier(recurrence_id))
