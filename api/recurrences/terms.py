"""What a recurrence says of its expenses, and of when they come. Pure functions."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, cast

from api.expenses.rules import Entry, entry, last_day_of, partial_violations
from api.models import ExpenseCreate, Interval, RecurrenceCreate, RecurrencePatch
from api.openapi.errors import InvalidRequest, Violation
from api.openapi.partial import INVALID
from api.recurrences.schedule import LAST_DAY, Schedule, has_occurrence


class Terms(TypedDict):
    """What a client sets of a recurrence, with nothing left out; but for the dates that are skipped.

    A property without a rule is in it, too, without being named here, so that a new one needs nothing.
    """

    category: str
    amount: Decimal
    currency: str
    payment_method: str
    notes: str | None
    first: str
    every: Interval
    until: str | None
    times: int | None


TERMS = tuple(name for name in RecurrenceCreate.__annotations__ if name in RecurrencePatch.__annotations__)
"""The properties that are terms: those that are given and can be changed."""


def complete(new: RecurrenceCreate, default_currency: str) -> Terms:
    """Return the terms of a new recurrence. Raises `InvalidRequest`."""
    given = {name: value for name, value in new.items() if name in TERMS}
    defaults = {**dict.fromkeys(TERMS), "currency": default_currency}
    found, violations = _checked(cast("Terms", {**defaults, **given}), given=given)
    if violations:
        raise InvalidRequest(violations)
    return found


def changed(
    terms: Terms, patch: RecurrencePatch, skipped: Collection[str], recorded_through: date | None
) -> tuple[Terms, tuple[str, ...]]:
    """Return the terms and the skipped dates after a merge patch, which reaches into `every`, too.

    Dates ahead on which there is no occurrence any more are not among them. Raises `InvalidRequest`, also for a date
    that is skipped anew where nothing is to be recorded.
    """
    given = {**patch, "every": {**terms["every"], **patch.get("every", {})}}
    merged = cast("Terms", {name: given.get(name, value) for name, value in terms.items()})
    found, violations = _checked(merged, given=patch)
    schedule, dates = schedule_of(merged), patch.get("skipped", skipped)

    def is_ahead(day: str) -> bool:
        return recorded_through is None or date.fromisoformat(day) > recorded_through

    def is_open(day: str) -> bool:
        return is_ahead(day) and has_occurrence(schedule, date.fromisoformat(day))

    violations += (
        Violation("body", f"/skipped/{at}", "must be the date of an occurrence that is not recorded yet")
        for at, day in enumerate(dates)
        if day not in skipped and not is_open(day)
    )
    if violations:
        raise InvalidRequest(violations)
    return found, tuple(sorted(day for day in dates if is_open(day) or not is_ahead(day)))


def schedule_of(terms: Terms) -> Schedule:
    """Return the days on which it occurs: none after the last one of its currency."""
    ends = (terms["until"], last_day_of(terms["currency"]), LAST_DAY.isoformat())
    return Schedule(
        date.fromisoformat(terms["first"]),
        terms["every"]["count"],
        terms["every"]["unit"],
        date.fromisoformat(min(end for end in ends if end)),
        terms["times"],
    )


def entry_of(terms: Terms, day: date) -> Entry:
    """Return what the expense of an occurrence says."""
    return entry(_expense(terms, day.isoformat()), given=())


def _checked(terms: Terms, given: Collection[str]) -> tuple[Terms, list[Violation]]:
    """Return terms as they are kept, and what is wrong with them; `given` are the properties that were sent."""
    violations = list(_end_violations(terms, given))
    money = {"date" if name == "first" else name for name in given}
    try:
        content = entry(_expense(terms, terms["first"]), given=money)
    except InvalidRequest as error:
        violations += (each._replace(name="/first") if each.name == "/date" else each for each in error.violations)
        return terms, violations
    kept = {name: value for name, value in content.items() if name in terms}
    return cast("Terms", {**terms, **kept}), violations


def partial_terms_violations(given: Mapping[str, Any], default_currency: str | None) -> list[Violation]:
    """Return what is against the rules in a body that is not valid; `INVALID` is in place of what is not.

    None is the currency that a recurrence has already, which is not known here.
    """
    found = partial_violations({**given, "date": given.get("first", INVALID)}, default_currency, "")
    violations = [each._replace(name="/first") if each.name == "/date" else each for each in found]
    until, first, times = (given.get(name) for name in ("until", "first", "times"))
    if not isinstance(until, str):
        return violations
    ends = {
        "until": until,
        "first": first if isinstance(first, str) else until,
        "times": None if times is INVALID else times,
    }
    return [*violations, *_end_violations(cast("Terms", ends), given)]


def _end_violations(terms: Terms, given: Collection[str]) -> Iterator[Violation]:
    until = terms["until"]
    if until is None:
        return
    if terms["times"] is not None:
        name, other = ("times", "until") if "times" in given else ("until", "times")
        yield Violation("body", f"/{name}", f"must not be set together with {other}; null clears that")
    if until < terms["first"]:
        name, wanted = ("until", "before first") if "until" in given else ("first", "after until")
        yield Violation("body", f"/{name}", f"must not be {wanted}")


def _expense(terms: Terms, day: str) -> ExpenseCreate:
    return cast("ExpenseCreate", {**terms, "date": day})  # of the rest, `entry` takes nothing
