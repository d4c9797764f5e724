"""A recurrence as an item of the records.

    {"user_id": {"S": "6f1c…"}, "record_key": {"S": "recurrence#0b9a…"}, "category": {"S": "Rent"},
     "amount": {"N": "45000"}, "currency": {"S": "KES"}, "payment_method": {"S": "Mpesa"}, "first": {"S": "2025-01-31"},
     "every": {"M": {"count": {"N": "1"}, "unit": {"S": "month"}}}, "recorded_through": {"S": "2025-05-31"},
     "skipped": {"L": [{"S": "2025-06-30"}]}, "version": {"N": "4"}, "created_at": {"S": "2025-01-02T18:22:05.123456Z"},
     "updated_at": {"S": "2025-05-31T06:30:00.000000Z"}, "request_digest": {"S": ""}}

What is null is absent. A deleted one has nothing of its content; `updated_at` is when it was deleted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from api.dynamodb import Item
from api.expenses.items import NUMBERS
from api.expenses.states import KEPT
from api.recurrences.terms import TERMS, Terms
from api.tables import RECORDS, join_key, split_key

PREFIX = "recurrence"
"""What the record keys of all recurrences begin with."""
REQUEST_DIGEST = "request_digest"
"""The attribute with the digest of the request that made it by an idempotency key; else it is empty."""
_NUMBERS: dict[str, Callable[[str], Any]] = {**NUMBERS, "times": int}
_READERS = tuple((name, _NUMBERS.get(name)) for name in TERMS if name != "every")
"""Each attribute that is a property of its own, with what reads it if it is a number; all others are strings."""


@dataclass(frozen=True, slots=True)
class State:
    """What there is under an id."""

    recurrence_id: str
    version: int
    created_at: str
    updated_at: str
    terms: Terms | None
    """None where it was deleted."""
    recorded_through: date | None = None
    """The date of the last occurrence that was recorded."""
    skipped: tuple[str, ...] = ()
    """In order."""

    def is_expired(self, now: datetime) -> bool:
        """Return whether this is a deletion that is not known any more, whatever is still kept of it."""
        return self.terms is None and now - datetime.fromisoformat(self.updated_at) >= KEPT


def record_key(recurrence_id: str) -> str:
    """Return the sort key of a recurrence's item."""
    return join_key((PREFIX, recurrence_id))


def to_item(user_id: str, state: State, request_digest: str) -> Item:
    """Return the item of what a user has under an id, without its write tokens."""
    return {
        **RECORDS.key(user_id, record_key(state.recurrence_id)),
        "version": {"N": str(state.version)},
        "created_at": {"S": state.created_at},
        "updated_at": {"S": state.updated_at},
        REQUEST_DIGEST: {"S": request_digest},
        **(_content(state, state.terms) if state.terms else {}),
    }


def state_of(item: Item) -> State:
    """Return the state that an item is in."""
    through = item.get("recorded_through")
    return State(
        recurrence_id=split_key(item[RECORDS.sort_key]["S"])[1],
        version=int(item["version"]["N"]),
        created_at=item["created_at"]["S"],
        updated_at=item["updated_at"]["S"],
        terms=_terms(item) if "every" in item else None,
        recorded_through=date.fromisoformat(through["S"]) if through else None,
        skipped=tuple(day["S"] for day in item.get("skipped", {"L": ()})["L"]),
    )


def _content(state: State, terms: Terms) -> dict[str, Any]:
    every, through = terms["every"], state.recorded_through
    values = [(name, "N" if number else "S", terms.get(name)) for name, number in _READERS]
    return {
        **{name: {kind: str(value)} for name, kind, value in values if value is not None},
        "every": {"M": {"count": {"N": str(every["count"])}, "unit": {"S": every["unit"]}}},
        **({} if through is None else {"recorded_through": {"S": through.isoformat()}}),
        "skipped": {"L": [{"S": day} for day in state.skipped]},
    }


def _terms(item: Item) -> Terms:
    every = item["every"]["M"]
    terms = {
        **{
            name: None if name not in item else item[name]["S"] if number is None else number(item[name]["N"])
            for name, number in _READERS
        },
        "every": {"count": int(every["count"]["N"]), "unit": every["unit"]["S"]},
    }
    return cast("Terms", terms)
