"""One recurrence in plain Python: its days by the rules of iCalendar, and what each request makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from typing import Any

from dateutil import rrule

from api.models import RecurrenceCreate

FREQUENCIES = {"day": rrule.DAILY, "week": rrule.WEEKLY, "month": rrule.MONTHLY, "year": rrule.YEARLY}
DEFAULTS: Mapping[str, Any] = {**dict.fromkeys(RecurrenceCreate.__annotations__), "currency": "EUR"}


def days(first: date, count: int, unit: str, until: date | None, times: int | None = None) -> Iterator[date]:
    """Give the days; of those that a month lacks, the last one that is at most the first date's (RFC 5545)."""
    clamped: dict[str, object] = {}
    if unit in {"month", "year"} and first.day > 28:
        month = first.month if unit == "year" else None
        clamped = {"bymonth": month, "bymonthday": range(28, first.day + 1), "bysetpos": -1}
    found = rrule.rrule(FREQUENCIES[unit], first, interval=count, count=times, until=until, **clamped)
    return (day.date() for day in found)


@dataclass(frozen=True)
class RecurrenceModel:
    """A recurrence as it was made and changed; without terms once it is deleted."""

    terms: Mapping[str, Any]
    version: int = 1
    recorded_through: str | None = None
    skipped: tuple[str, ...] = ()

    def open_days(self) -> Iterator[str]:
        """Give the days of what is to be recorded, for ever where it has no end."""
        first, until = (self.terms[name] and date.fromisoformat(self.terms[name]) for name in ("first", "until"))
        found = (day.isoformat() for day in days(first, **self.terms["every"], until=until, times=self.terms["times"]))
        return (day for day in found if day > (self.recorded_through or "") and day not in self.skipped)

    def due(self, today: str) -> list[str]:
        """Return the days of what is to be recorded by a day."""
        return list(takewhile(lambda day: day <= today, self.open_days()))

    def after_patch(self, patch: Mapping[str, Any]) -> "RecurrenceModel | None":
        """Return it as a merge patch makes it; None where that is refused."""
        terms = {**self.terms, **patch, "every": {**self.terms["every"], **patch.get("every", {})}}
        skipped, until = terms.pop("skipped", self.skipped), terms["until"]
        if until is not None and (terms["times"] is not None or until < terms["first"]):
            return None
        moved = replace(self, terms=terms, skipped=(), version=self.version + 1)
        ahead = [day for day in skipped if day > (self.recorded_through or "")]
        there = set(moved.due(max(ahead, default="")))
        if any(day not in self.skipped and day not in there for day in skipped):
            return None
        return replace(moved, skipped=tuple(sorted(day for day in skipped if day in there or day not in ahead)))

    def shown(self) -> dict[str, Any]:
        """Return what a response has of it, but for its id and its instants."""
        own = {"recorded_through": self.recorded_through, "skipped": list(self.skipped), "version": self.version}
        return {**self.terms, **own, "next": next(self.open_days(), None)}
