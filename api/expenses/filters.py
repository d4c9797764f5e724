"""What a list of expenses is filtered by: what of it an index can find, and what is left to match afterwards."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from unicodedata import normalize

from api.expenses.rules import MONTHS, label
from api.models import Expense, GetSummaryParameters, ListExpensesParameters
from api.openapi.errors import Violation
from api.openapi.strict_json import dump


class Window(NamedTuple):
    """A span of days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list, and its order; None is any."""

    month: int | None = None
    """1 for January to 12 for December; of any year where `year` is None."""
    year: int | None = None
    category: str | None = None
    payment_method: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    text: str | None = None
    newest_first: bool = True

    def canonical(self) -> str:
        """Return the same string for the same filters, however they were sent and whatever filters are added later."""
        given = {name: value for name in sorted(self.__slots__) if (value := getattr(self, name)) is not None}
        return dump({name: value.normalize() if isinstance(value, Decimal) else value for name, value in given.items()})

    def violations(self) -> list[Violation]:
        """Return the spans that end before they begin."""
        found: list[Violation] = []
        if self.date_from and self.date_to and self.date_from > self.date_to:
            found.append(Violation("query", "date_to", "must not be before date_from"))
        if self.min_amount is not None and self.max_amount is not None and self.min_amount > self.max_amount:
            found.append(Violation("query", "max_amount", "must not be less than min_amount"))
        return found

    @property
    def is_key_condition(self) -> bool:
        """Whether an index alone finds it, so that all that is read is found."""
        return (self.payment_method, self.min_amount, self.max_amount, self.text) == (None, None, None, None)

    @property
    def is_of_any_year(self) -> bool:
        """Whether what is found lies in one month of many years, with months between that need not be read."""
        return self.month is not None and self.year is None

    @property
    def span(self) -> Window | None:
        """The days between which all that is found lies; None where nothing can be found."""
        span = Window(self.date_from or date.min, self.date_to or date.max)
        if self.year is None:
            return overlap(span, span)
        if self.month is None:
            return overlap(span, Window(date(self.year, 1, 1), date(self.year, 12, 31)))
        return overlap(span, whole_month(self.year, self.month))

    def matches(self, expense: Expense) -> bool:
        """Return whether an expense of the span and category meets the filters that no index knows."""
        return (
            (self.payment_method is None or expense["payment_method"] == self.payment_method)
            and (self.min_amount is None or expense["amount"] >= self.min_amount)
            and (self.max_amount is None or expense["amount"] <= self.max_amount)
            and (self.text is None or self.text.casefold() in (expense["notes"] or "").casefold())
        )


def shared_filters(given: ListExpensesParameters | GetSummaryParameters) -> Filters:
    """Return the filters that a list and a summary both have."""
    return Filters(
        month=MONTHS.index(given["month"]) + 1 if "month" in given else None,
        year=given.get("year"),
        category=label(given["category"]) if "category" in given else None,
        payment_method=label(given["payment_method"]) if "payment_method" in given else None,
        date_from=_day(given.get("date_from")),
        date_to=_day(given.get("date_to")),
    )


def list_filters(given: ListExpensesParameters) -> Filters:
    """Return the filters of a list, and its order."""
    return replace(
        shared_filters(given),
        min_amount=given.get("min_amount"),
        max_amount=given.get("max_amount"),
        text=normalize("NFC", given["q"]) if "q" in given else None,
        newest_first=given["sort"] == "-date",
    )


def whole_month(year: int, month: int) -> Window:
    """Return the days of a month."""
    return Window(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def overlap(one: Window, other: Window) -> Window | None:
    """Return the days that are in both windows; None where there are none."""
    both = Window(max(one.first, other.first), min(one.last, other.last))
    return both if both.first <= both.last else None


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
