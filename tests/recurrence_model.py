"""One recurrence in plain Python: its days one after the other, and what each request makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from api.models import RecurrenceCreate

DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
DEFAULTS: Mapping[str, Any] = {**dict.fromkeys(RecurrenceCreate.__annotations__), "currency": "EUR"}


@dataclass(frozen=True)
class RecurrenceModel:
    """A recurrence as it was made and changed; without terms once it is deleted."""

    terms: Mapping[str, Any] | None
    version: int = 1
    recorded_through: str | None = None
    skipped: tuple[str, ...] = ()

    def days(self) -> Iterator[str]:
        """Give all days on which it occurs, for ever where it has no end."""
        assert self.terms is not None
        for number, day in enumerate(_days(self.terms)):
            is_over = self.terms["times"] is not None and number >= self.terms["times"]
            if is_over or (self.terms["until"] or "9999") < day:
                return
            yield day

    def open_days(self) -> Iterator[str]:
        """Give the days of what is to be recorded."""
        return (day for day in self.days() if day > (self.recorded_through or "") and day not in self.skipped)

    def due(self, today: str) -> list[str]:
        """Return the days of what is to be recorded by a day."""
        found: list[str] = []
        for day in self.open_days():
            if day > today:
                break
            found.append(day)
        return found

    def after_patch(self, patch: Mapping[str, Any]) -> "RecurrenceModel | None":
        """Return it as a merge patch makes it; None where that is refused."""
        assert self.terms is not None
        given = {name: value for name, value in patch.items() if name != "skipped"}
        terms = {**self.terms, **given, "every": {**self.terms["every"], **patch.get("every", {})}}
        until = terms["until"]
        if until is not None and (terms["times"] is not None or until < terms["first"]):
            return None
        moved = replace(self, terms=terms, skipped=(), version=self.version + 1)
        skipped = patch.get("skipped", self.skipped)
        ahead = [day for day in skipped if day > (self.recorded_through or "")]
        there = set(moved.due(max(ahead, default="")))
        if any(day not in self.skipped and day not in there for day in skipped):
            return None
        return replace(moved, skipped=tuple(sorted(day for day in skipped if day in there or day not in ahead)))

    def shown(self) -> dict[str, Any]:
        """Return what a response has of it, but for its id and its instants."""
        assert self.terms is not None
        return {
            **self.terms,
            "recorded_through": self.recorded_through,
            "skipped": list(self.skipped),
            "next": next(self.open_days(), None),
            "version": self.version,
        }


def _days(terms: Mapping[str, Any]) -> Iterator[str]:
    first, every = date.fromisoformat(terms["first"]), terms["every"]
    if every["unit"] in DAYS:
        step = timedelta(days=every["count"] * DAYS[every["unit"]])
        yield from ((first + number * step).isoformat() for number in count())
    for number in count(step=every["count"] * MONTHS[every["unit"]]):
        year, month = first.year + (first.month - 1 + number) // 12, (first.month - 1 + number) % 12 + 1
        is_leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        last = DAYS_OF_MONTHS[month - 1] + (month == 2 and is_leap)
        yield f"{year:04}-{month:02}-{min(first.day, last):02}"
