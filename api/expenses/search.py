"""Finding expenses: from filters to the windows of days that an index is read in, and from there to pages.

Month, year, category and the span of days decide which part of which index is read; the other filters are applied to
what was read. "June of any year" is read year by year: a query for a single expense finds the next year that has any.
"""

from datetime import date, timedelta

from api import deadline
from api.cursors import invalid_cursor
from api.dynamodb import StoreUnavailable
from api.expenses.cursor import decode, encode
from api.expenses.filters import Filters, Window, overlap, whole_month
from api.expenses.items import Position
from api.expenses.store import DynamoDBExpenseStore, Slice
from api.models import Expense, ExpensePage

MAX_READ = 1000
"""How many expenses are read for one page at the most, while other filters match few of them."""
MAX_QUERIES = 40
"""After how many queries a page ends, while month by month is looked for."""
CHUNK = 200
"""How many expenses are read at once where other filters decide which of them stay."""


def find(store: DynamoDBExpenseStore, user_id: str, filters: Filters, limit: int, cursor: str | None) -> ExpensePage:
    """Return one page of what the filters find.

    A page holds fewer than `limit` expenses, and has a cursor nevertheless, where a bound on its work or its time was
    met first. Raises `InvalidRequest` for a cursor that is not of these filters, and `StoreUnavailable` where not even
    one step could be made.
    """
    canonical, span = filters.canonical(), filters.span
    position = _beginning(filters, span) if cursor is None else _resumed(filters, span, decode(cursor, canonical))
    walk = _Walk(store, user_id, filters, limit)
    steps = 0
    while position and span and walk.may_go_on():
        if steps and deadline.is_near():
            break
        try:
            position = walk.step(span, position)
        except StoreUnavailable:
            if not steps:
                raise
            break
        steps += 1
    found = walk.found
    return {"items": found, "count": len(found), "next_cursor": encode(position, canonical) if position else None}


class _Walk:
    """The queries of one page, and what they have found so far."""

    def __init__(self, store: DynamoDBExpenseStore, user_id: str, filters: Filters, limit: int) -> None:
        self.found: list[Expense] = []
        self._store = store
        self._user_id = user_id
        self._filters = filters
        self._limit = limit
        self._read = 0
        self._queries = 0

    def may_go_on(self) -> bool:
        """Return whether the page has room, and the bounds of its work are not met."""
        return len(self.found) < self._limit and self._read < MAX_READ and self._queries < MAX_QUERIES

    def step(self, span: Window, position: Position) -> Position | None:
        """Read on from a position; return where to go on, or None at the end."""
        filters, window = self._filters, _ahead(self._filters, span, position)
        if filters.is_of_any_year and not position.expense_id:
            nearest = self._query(window, 1).expenses
            in_month = nearest and overlap(_nearest_month(filters, date.fromisoformat(nearest[0]["date"])), window)
            if not in_month:
                return None
            window = in_month
        wanted = self._limit - len(self.found) if filters.is_key_condition else min(CHUNK, MAX_READ - self._read)
        part = self._query(window, wanted, position if position.expense_id else None)
        self._read += len(part.expenses)
        self.found += part.expenses if filters.is_key_condition else filter(filters.matches, part.expenses)
        if len(self.found) > self._limit:
            del self.found[self._limit :]
            return _at(self.found[-1])
        return part.more_after or _beyond(filters, span, window)

    def _query(self, window: Window, limit: int, after: Position | None = None) -> Slice:
        self._queries += 1
        return self._store.query(
            self._user_id,
            self._filters.category,
            window,
            newest_first=self._filters.newest_first,
            limit=limit,
            after=after,
        )


def _beginning(filters: Filters, span: Window | None) -> Position | None:
    """Return where the first page begins."""
    if span is None:
        return None
    return _before_all_of(span.last if filters.newest_first else span.first)


def _resumed(filters: Filters, span: Window | None, position: Position) -> Position:
    """Return a cursor's position if a page could have ended there; DynamoDB refuses to go on from outside a query."""
    is_in_span = span is not None and span.first <= position.day <= span.last
    is_in_month = not (filters.is_of_any_year and position.expense_id) or position.day.month == filters.month
    if not (is_in_span and is_in_month):
        raise invalid_cursor()
    return position


def _ahead(filters: Filters, span: Window, position: Position) -> Window:
    """Return the days from a position on: of its month where months between are skipped, else of the span."""
    if filters.is_of_any_year and position.expense_id:
        month = whole_month(position.day.year, position.day.month)
        span = Window(max(span.first, month.first), min(span.last, month.last))
    return Window(span.first, position.day) if filters.newest_first else Window(position.day, span.last)


def _nearest_month(filters: Filters, day: date) -> Window:
    """Return the month looked for that a day lies in, or else the first one beyond it."""
    month = filters.month or day.month
    if filters.newest_first:
        return whole_month(day.year - (month > day.month), month)
    return whole_month(day.year + (month < day.month), month)


def _beyond(filters: Filters, span: Window, window: Window) -> Position | None:
    """Return where to go on when a window is exhausted."""
    if not filters.is_of_any_year:
        return None
    day = window.first - _ONE_DAY if filters.newest_first else window.last + _ONE_DAY
    return _before_all_of(day) if span.first <= day <= span.last else None


def _before_all_of(day: date) -> Position:
    return Position(day, "", "")


def _at(expense: Expense) -> Position:
    return Position(date.fromisoformat(expense["date"]), expense["created_at"], expense["expense_id"])


_ONE_DAY = timedelta(days=1)
