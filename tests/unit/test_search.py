"""Lists: any filters find what a plain loop finds, by date and recording, page by page, in bounded work."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.deadline import deadline
from api.dynamodb import StoreUnavailable
from api.expenses.filters import Filters
from api.expenses.search import find
from api.expenses.service import ExpenseService
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import Expense
from api.tables import EXPENSES
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import CATEGORIES, METHODS, expense, expenses, item

HISTORY: list[Expense] = [
    *expenses(36, first=date(2023, 5, 20), days=830),
    expense(900, date(1999, 6, 30), category="Rent"),
    expense(901, date(1900, 1, 1), category="Food"),
    expense(902, date(2199, 12, 31), category="Food"),
    *(expense(910 + n, date(2025, 6, 1), category="Rent", amount=Decimal(n), notes="STRASSE") for n in range(6)),
]
FILTERS = st.builds(
    Filters,
    month=st.none() | st.integers(1, 12) | st.sampled_from([5, 6]),
    year=st.none() | st.sampled_from([1900, 1999, 2022, 2023, 2024, 2025, 2199]),
    category=st.none() | st.sampled_from([*CATEGORIES, "Nothing"]),
    payment_method=st.none() | st.sampled_from(METHODS),
    date_from=st.none() | st.dates(date(2023, 1, 1), date(2024, 6, 1)),
    date_to=st.none() | st.dates(date(2024, 6, 1), date(2026, 1, 1)),
    min_amount=st.none() | st.sampled_from([Decimal("-3.25"), Decimal(0), Decimal("99.5")]),
    max_amount=st.none() | st.sampled_from([Decimal("99.5"), Decimal(300)]),
    text=st.none() | st.sampled_from(["coffee", "NO. 1", "7", "straße"]),
    newest_first=st.booleans(),
)


def fake_of(rows: list[Expense]) -> FakeDynamoDB:
    return FakeDynamoDB(EXPENSES, [item("amina", row) for row in rows])


def store_over(fake: FakeDynamoDB) -> DynamoDBExpenseStore:
    return DynamoDBExpenseStore(cast("Any", fake), "expenses")


def pages(
    store: DynamoDBExpenseStore, filters: Filters, limit: int, between: Callable[[], object] = lambda: None
) -> Iterator[list[Expense]]:
    cursor: str | None = None
    while True:
        page = find(store, "amina", filters, limit, cursor)
        assert page["count"] == len(page["items"]) <= limit
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return
        between()


def ids(rows: list[Expense]) -> list[str]:
    return [row["expense_id"] for row in rows]


def in_order(rows: list[Expense], newest_first: bool) -> list[Expense]:
    return sorted(rows, key=lambda row: (row["date"], row["created_at"], row["expense_id"]), reverse=newest_first)


def by_loop(rows: list[Expense], filters: Filters) -> list[Expense]:
    """Find expenses the slow and obvious way."""

    def is_found(row: Expense) -> bool:
        day = date.fromisoformat(row["date"])
        return (
            filters.month in {None, day.month}
            and filters.year in {None, day.year}
            and filters.category in {None, row["category"]}
            and filters.payment_method in {None, row["payment_method"]}
            and (filters.date_from or day) <= day <= (filters.date_to or day)
            and (filters.min_amount is None or filters.min_amount <= row["amount"])
            and (filters.max_amount is None or row["amount"] <= filters.max_amount)
            and (filters.text or "").casefold() in (row["notes"] or "").casefold()
        )

    return in_order([row for row in rows if is_found(row)], filters.newest_first)


STORE = store_over(fake_of([*HISTORY]))


@settings(max_examples=2000, deadline=None)
@given(FILTERS, st.sampled_from([1, 3, 10, 100]))
def test_any_combination_of_filters_finds_what_a_plain_loop_finds(filters: Filters, limit: int) -> None:
    found = [row for page in pages(STORE, filters, limit) for row in page]
    assert ids(found) == ids(by_loop(HISTORY, filters))


RECORDINGS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.uuids(), st.sampled_from(["Food", "Rent"])),
    max_size=12,
    unique_by=lambda recording: recording[2],
)
"""Expenses of few days, of which some are recorded in the same microsecond: the day, the microsecond, the id."""


def recorded(recordings: list[tuple[int, int, UUID, str]], later: int = 0) -> list[Expense]:
    return [
        expense(
            number,
            date(2025, 6, 29) + timedelta(days=day),
            expense_id=str(expense_id),
            category=category,
            created_at=f"2025-06-14T18:22:05.{microsecond + later:06}Z",
        )
        for number, (day, microsecond, expense_id, category) in enumerate(recordings)
    ]


@settings(max_examples=300, deadline=None)
@given(RECORDINGS, FILTERS, st.integers(1, 4))
def test_within_a_day_the_order_is_that_of_recording(
    recordings: list[tuple[int, int, UUID, str]], filters: Filters, limit: int
) -> None:
    filters = replace(filters, year=None, date_from=None, date_to=None)
    rows = recorded(recordings)
    found = [row for page in pages(store_over(fake_of(rows)), filters, limit) for row in page]
    assert ids(found) == ids(by_loop(rows, filters))


@settings(max_examples=300, deadline=None)
@given(RECORDINGS, RECORDINGS, st.booleans(), st.sampled_from([None, 6]), st.integers(1, 3))
def test_others_that_record_meanwhile_leave_no_gap_and_no_repeat(
    before: list[tuple[int, int, UUID, str]],
    meanwhile: list[tuple[int, int, UUID, str]],
    newest_first: bool,
    month: int | None,
    limit: int,
) -> None:
    rows, late = recorded(before), iter(recorded(meanwhile, later=10))
    fake = fake_of(rows)

    def record_one() -> None:
        for row in late:
            fake.put_item(Item=item("amina", row))
            break

    filters = Filters(month=month, newest_first=newest_first)
    found = [row for page in pages(store_over(fake), filters, limit, record_one) for row in page]
    assert found == in_order(found, newest_first)
    assert len(set(ids(found))) == len(found)
    assert set(ids(by_loop(rows, filters))) <= set(ids(found))


def test_eight_expenses_recorded_on_one_day_are_listed_in_that_order() -> None:
    service = ExpenseService(store_over(FakeDynamoDB(EXPENSES)), "EUR", now=lambda: datetime.now(UTC))
    amina = Caller("amina", UTC)
    made = [
        service.record(
            amina, {"category": "Food", "amount": Decimal(n), "payment_method": "Cash", "date": "2025-06-14"}, None
        ).expense
        for n in range(8)
    ]
    oldest_first = service.find(amina, Filters(newest_first=False), 100, None)["items"]
    newest_first = service.find(amina, Filters(category="Food"), 100, None)["items"]
    assert (oldest_first, newest_first) == (made, made[::-1])


def test_a_page_that_runs_out_of_time_has_a_cursor_to_go_on_from() -> None:
    fake = fake_of([expense(n, date(1990 + n, 6, 1)) for n in range(8)])
    fake.before.append(lambda *_: time.sleep(0.02))
    store = store_over(fake)
    found: list[Expense] = []
    cursor: str | None = None
    lengths: list[int] = []
    while cursor is not None or not lengths:
        with deadline(1.1):  # so that 0.1 are left beyond what is reserved
            page = find(store, "amina", Filters(month=6), 100, cursor)
        found, cursor = found + page["items"], page["next_cursor"]
        lengths.append(page["count"])
    assert len(lengths) > 1
    assert ids(found) == ids(in_order(found, newest_first=True))
    assert len(found) == 8


@pytest.mark.parametrize("failing_query", [1, 2, 3, 4])
def test_a_page_returns_what_was_found_before_the_table_failed(failing_query: int) -> None:
    fake = fake_of([expense(n, date(2020 + n, 6, 1)) for n in range(3)])
    made: list[str] = []

    def fail(operation: str, _: object) -> None:
        made.append(operation)
        if len(made) == failing_query:
            raise StoreUnavailable("unchanged")

    fake.before.append(fail)
    store = store_over(fake)
    if failing_query <= 2:  # the first finds the month, the second reads it
        with pytest.raises(StoreUnavailable):
            find(store, "amina", Filters(month=6), 100, None)
        return
    page = find(store, "amina", Filters(month=6), 100, None)
    assert [row["year"] for row in page["items"]] == [2022]
    rest = find(store, "amina", Filters(month=6), 100, page["next_cursor"])
    assert [row["year"] for row in rest["items"]] == [2021, 2020]
