"""Finding expenses: from filters to the windows of days that an index is read in, and from there to pages.

Month, year, category and the span of days decide which part of which index is read; the other filters are applied to
what was read. "June of any year" is read year by year: a query for a single expense finds the next year that has any.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from api.expenses.cursor import decode, encode, unusable
from api.expenses.items import Position
from api.expenses.store import ExpenseStore, Window
from api.models import Expense, ExpensePage
from api.openapi.errors import Violation

MAX_READ = 1000
"""How many expenses are read for one page at the most, while other filters let few of them through."""
MAX_QUERIES = 40
"""After how many queries a page ends, while month by month is looked for."""
CHUNK = 200
"""How many expenses are read at once where other filters decide which of them stay."""
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None is any."""

    month: int | None = None
    year: int | None = None
    category: str | None = None
    payment_method: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    text: str | None = None
    newest_first: bool = True

    @property
    def is_keyed(self) -> bool:
        """Whether an index alone answers, so that all that is read is found."""
        return (self.payment_method, self.min_amount, self.max_amount, self.text) == (None, None, None, None)

    @property
    def skips(self) -> bool:
        """Whether what is found lies in one month of many years, with months between that need not be read."""
        return self.month is not None and self.year is None

    @property
    def span(self) -> Window | None:
        """The days between which all that is found lies; None where nothing can be found."""
        span = Window(self.date_from or FIRST_DAY, self.date_to or LAST_DAY)
        if self.year is None:
            return _overlap(span, span)
        if self.month is None:
            return _overlap(span, Window(date(self.year, 1, 1), date(self.year, 12, 31)))
        return _overlap(span, _whole_month(self.year, self.month))

    def violations(self) -> list[Violation]:
        """Return what can't be meant: spans that end before they begin."""
        found: list[Violation] = []
        if self.date_from and self.date_to and self.date_from > self.date_to:
            found.append(Violation("query", "date_to", "must not be before date_from"))
        if self.min_amount is not None and self.max_amount is not None and self.min_amount > self.max_amount:
            found.append(Violation("query", "max_amount", "must not be less than min_amount"))
        return found

    def lets_through(self, expense: Expense) -> bool:
        """Tell whether the filters that no index knows let an expense through."""
        return (
            (self.payment_method is None or expense["payment_method"] == self.payment_method)
            and (self.min_amount is None or expense["amount"] >= self.min_amount)
            and (self.max_amount is None or expense["amount"] <= self.max_amount)
            and (self.text is None or self.text.casefold() in (expense["notes"] or "").casefold())
        )


def find(store: ExpenseStore, user_id: str, search: Search, limit: int, cursor: str | None) -> ExpensePage:
    """Return one page of what is looked for. Raises `InvalidRequest` for a cursor that can't be gone on from.

    A page holds fewer than `limit` expenses, and has a cursor nevertheless, where a bound on its work was met first.
    """
    question, span = repr(search), search.span
    position = _beginning(search, span) if cursor is None else _resumed(search, span, decode(cursor, question))
    found: list[Expense] = []
    read = queries = 0
    while position and span and len(found) < limit and read < MAX_READ and queries < MAX_QUERIES:
        ahead = _ahead(search, span, position)
        window: Window | None = ahead
        if search.skips and not position.expense_id:
            window = _next_month_with_any(store, user_id, search, ahead)
            queries += 1
        if window is None:
            position = None
            break
        part = store.query(
            user_id,
            search.category,
            window,
            newest_first=search.newest_first,
            limit=limit - len(found) if search.is_keyed else min(CHUNK, MAX_READ - read),
            after=position if position.expense_id else None,
        )
        queries += 1
        read += len(part.expenses)
        position = part.more_after or _beyond(search, span, window)
        found += part.expenses if search.is_keyed else filter(search.lets_through, part.expenses)
        if len(found) > limit:
            del found[limit:]
            position = _at(found[-1])
    return {"items": found, "count": len(found), "next_cursor": encode(position, question) if position else None}


def _beginning(search: Search, span: Window | None) -> Position | None:
    """Return where the first page begins. A position without an id is before every expense of its day."""
    if span is None:
        return None
    return Position(span.last if search.newest_first else span.first, "")


def _resumed(search: Search, span: Window | None, position: Position) -> Position:
    """Return a cursor's position if a page could have ended there; DynamoDB refuses to go on from outside a query."""
    in_span = span is not None and span.first <= position.day <= span.last
    in_month = not (search.skips and position.expense_id) or position.day.month == search.month
    if not (in_span and in_month):
        raise unusable("is none that this list gave")
    return position


def _ahead(search: Search, span: Window, position: Position) -> Window:
    """Return what is still ahead of a position: of its month where months between are skipped, else of the span."""
    if search.skips and position.expense_id:
        span = _narrowed(span, _whole_month(position.day.year, position.day.month))
    rest = Window(span.first, position.day) if search.newest_first else Window(position.day, span.last)
    return _narrowed(rest, span)


def _next_month_with_any(store: ExpenseStore, user_id: str, search: Search, ahead: Window) -> Window | None:
    """Return the next such month of a year that has expenses, as far as it is ahead; one expense is read to find it."""
    nearest = store.query(user_id, search.category, ahead, newest_first=search.newest_first, limit=1).expenses
    if not nearest:
        return None
    return _overlap(_nearest_month(search, date.fromisoformat(nearest[0]["date"])), ahead)


def _nearest_month(search: Search, day: date) -> Window:
    """Return the month looked for that a day lies in, or else the first one beyond it."""
    month = search.month or day.month
    if search.newest_first:
        return _whole_month(day.year - (month > day.month), month)
    return _whole_month(day.year + (month < day.month), month)


def _beyond(search: Search, span: Window, window: Window) -> Position | None:
    """Return where to go on when a window is exhausted."""
    day = window.first - _ONE_DAY if search.newest_first else window.last + _ONE_DAY
    return Position(day, "") if search.skips and span.first <= day <= span.last else None


def _at(expense: Expense) -> Position:
    return Position(date.fromisoformat(expense["date"]), expense["expense_id"])


def _whole_month(year: int, month: int) -> Window:
    return Window(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _narrowed(one: Window, other: Window) -> Window:
    return Window(max(one.first, other.first), min(one.last, other.last))


def _overlap(one: Window, other: Window) -> Window | None:
    both = _narrowed(one, other)
    return both if both.first <= both.last else None


_ONE_DAY = timedelta(days=1)
