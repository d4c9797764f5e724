"""Summaries: any filters, grouping and currency sum up to what a plain loop does, to the last digit."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from itertools import combinations, product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.expenses.filters import Filters, Window
from api.expenses.rules import MONTHS
from api.expenses.service import ExpenseService
from api.expenses.states import recorded
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import Expense, SummaryDimension, SummaryGroup
from api.openapi.errors import InvalidRequest
from api.summaries.cells import Cell, Tallies, Tally
from api.summaries.service import DIMENSIONS, MOST, SummaryService
from api.summaries.store import DynamoDBTotals
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import CATEGORIES, METHODS, expense, expenses

AMINA, BRIAN = Caller("amina", UTC), Caller("brian", UTC)
EXACT = Context(prec=60)
HISTORY: list[Expense] = [
    *(
        expense(n, date.fromisoformat(row["date"]), currency=("EUR", "EUR", "JPY", "KWD")[n * n % 7 % 4])
        for n, row in enumerate(expenses(150, first=date(2023, 5, 20), days=830))
    ),
    expense(900, date(1999, 6, 30), category="Rent"),
    expense(901, date(1900, 1, 1), category="Food"),
    expense(902, date(2199, 12, 31), category="Food"),
    *(
        expense(910 + n, date(2025, 6, 1), amount=Decimal(n - 1), category="Food%2", payment_method="#")
        for n in range(3)
    ),
    *(expense(920 + n, date(2025, 6, 24 + n), amount=Decimal(999999999999999)) for n in range(3)),
    expense(930, date(2025, 6, 26), currency="KWD", amount=Decimal("0.001")),
    expense(931, date(2025, 6, 26), currency="KWD", amount=Decimal(999999999999999)),
]
CURRENCIES = (None, "EUR", "JPY", "KWD", "XXX")
GROUPINGS: list[Collection[SummaryDimension]] = [names for n in range(3) for names in combinations(DIMENSIONS, n)]
DAYS = st.dates(date(2023, 1, 1), date(2026, 1, 1)) | st.sampled_from(
    [date(2025, 5, 25), date(2025, 6, 1), date(2025, 6, 24), date(2025, 6, 30), date(1900, 1, 1), date(2199, 12, 31)]
)
FILTERS = st.builds(
    Filters,
    month=st.none() | st.integers(1, 12) | st.sampled_from([5, 6]),
    year=st.none() | st.sampled_from([1900, 1999, 2022, 2023, 2024, 2025, 2199]),
    category=st.none() | st.sampled_from([*CATEGORIES, "Food%2", "Nothing"]),
    payment_method=st.none() | st.sampled_from([*METHODS, "#"]),
    date_from=st.none() | DAYS,
    date_to=st.none() | DAYS,
)


class World:
    """The services over tables in memory."""

    def __init__(self) -> None:
        self.dynamodb = FakeDynamoDB()
        totals = DynamoDBTotals(cast("Any", self.dynamodb), "records")
        self.store = DynamoDBExpenseStore(cast("Any", self.dynamodb), "expenses", totals.updates)
        self.expenses = ExpenseService(self.store, "EUR", lambda: datetime.now(UTC))
        self.summaries = SummaryService(totals, self.expenses.of_days)

    def summary(
        self, filters: Filters, currency: str | None = None, group_by: Collection[SummaryDimension] = ()
    ) -> list[SummaryGroup]:
        found = self.summaries.summarize(AMINA, filters, currency, group_by)
        assert found["count"] == len(found["items"])
        return found["items"]


def world_of(rows: Iterable[Expense]) -> World:
    world = World()
    for row in rows:
        world.store.add("amina", recorded(row), "")
    return world


WORLD = world_of(HISTORY)
WORLD.store.add("brian", recorded(expense(1, amount=Decimal(1000))), "")


def by_loop(
    rows: Iterable[Expense], filters: Filters, currency: str | None, group_by: Collection[SummaryDimension]
) -> list[SummaryGroup]:
    """Sum up expenses the slow and obvious way."""
    groups: dict[tuple[Any, ...], list[Expense]] = {}
    for row in rows:
        day = date.fromisoformat(row["date"])
        if (
            filters.month in {None, day.month}
            and filters.year in {None, day.year}
            and filters.category in {None, row["category"]}
            and filters.payment_method in {None, row["payment_method"]}
            and (filters.date_from or day) <= day <= (filters.date_to or day)
            and currency in {None, row["currency"]}
        ):
            month = (day.year, day.month) if "month" in group_by else ()
            category = row["category"] if "category" in group_by else ""
            method = row["payment_method"] if "payment_method" in group_by else ""
            groups.setdefault((row["currency"], month, category, method), []).append(row)
    return [_summed(key, groups[key], group_by) for key in sorted(groups)]


def _summed(key: tuple[Any, ...], rows: list[Expense], group_by: Collection[SummaryDimension]) -> SummaryGroup:
    currency, month, category, method = key
    amounts = [row["amount"] for row in rows]
    group: dict[str, Any] = {
        "currency": currency,
        "total": _sum(amounts),
        "spent": _sum(amount for amount in amounts if amount >= 0),
        "refunded": _sum(amount for amount in amounts if amount < 0),
        "count": len(amounts),
        "purchases": sum(amount >= 0 for amount in amounts),
        "refunds": sum(amount < 0 for amount in amounts),
    }
    if month:
        group |= {"year": month[0], "month": MONTHS[month[1] - 1]}
    group |= {"category": category} if "category" in group_by else {}
    group |= {"payment_method": method} if "payment_method" in group_by else {}
    return cast("SummaryGroup", group)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


@settings(max_examples=1500, deadline=None)
@given(FILTERS, st.sampled_from(CURRENCIES), st.sampled_from(GROUPINGS))
def test_any_filters_sum_up_to_what_a_plain_loop_does(
    filters: Filters, currency: str | None, group_by: Collection[SummaryDimension]
) -> None:
    if filters.violations():
        with pytest.raises(InvalidRequest):
            WORLD.summary(filters, currency, group_by)
        return
    assert WORLD.summary(filters, currency, group_by) == by_loop(HISTORY, filters, currency, group_by)


EACH: dict[str, Any] = {
    "month": 6,
    "year": 2025,
    "category": "Food#2025-06-15",
    "payment_method": "Cash",
    "date_from": date(2024, 5, 25),
    "date_to": date(2025, 6, 24),
}
"""A value of each filter."""


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_combination_of_filters_and_grouping_sums_up_exactly(currency: str | None) -> None:
    for has, group_by in product(product([False, True], repeat=len(EACH)), GROUPINGS):
        filters = Filters(**{name: value for (name, value), given in zip(EACH.items(), has, strict=True) if given})
        assert WORLD.summary(filters, currency, group_by) == by_loop(HISTORY, filters, currency, group_by)


WRITES = st.lists(
    st.tuples(
        st.sampled_from(["record", "change", "remove"]),
        st.integers(0, 4),
        st.fixed_dictionaries(
            {"amount": st.decimals(-100, 100, places=2)},
            optional={
                "date": st.sampled_from(["2025-05-24", "2025-05-25", "2025-06-01", "2025-06-24", "2024-06-25"]),
                "category": st.sampled_from(["Food", "Food#Cash", "Food%23Cash"]),
                "payment_method": st.sampled_from(["Cash", "Cash#Cash"]),
                "currency": st.sampled_from(["EUR", "USD"]),
            },
        ),
    ),
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(WRITES)
def test_after_any_writes_a_summary_is_that_of_the_list(writes: list[tuple[str, int, Any]]) -> None:
    world = World()
    ids: list[str] = []
    for what, number, properties in writes:
        if what == "record" or not ids:
            new = {"category": "Food", "payment_method": "Cash", "date": "2025-06-14", **properties}
            ids.append(world.expenses.record(AMINA, cast("Any", new), None).expense["expense_id"])
        elif what == "change":
            world.expenses.change(AMINA, ids[number % len(ids)], properties)
        else:
            world.expenses.remove(AMINA, ids.pop(number % len(ids)))
    rows = world.expenses.find(AMINA, Filters(), 100, None)["items"]
    for filters in (
        Filters(),
        Filters(year=2025, month=6),
        Filters(month=6),
        Filters(date_from=date(2025, 5, 25), date_to=date(2025, 6, 24)),
    ):
        for group_by in GROUPINGS:
            assert world.summary(filters, None, group_by) == by_loop(rows, filters, None, group_by)


def test_from_the_25th_to_the_24th_both_days_are_included() -> None:
    rows = [expense(day, date(2025, 5, 1 + day), amount=Decimal(1)) for day in range(31)]
    rows += [expense(40 + day, date(2025, 6, 1 + day), amount=Decimal(1)) for day in range(30)]
    filters = Filters(date_from=date(2025, 5, 25), date_to=date(2025, 6, 24))
    [group] = world_of(rows).summary(filters)
    assert (group["count"], group["total"]) == (7 + 24, Decimal(31))


def test_an_empty_span_has_no_groups() -> None:
    assert WORLD.summary(Filters(year=2025, date_to=date(2024, 12, 31))) == []
    assert WORLD.summary(Filters(month=2, date_from=date(2025, 6, 1), date_to=date(2025, 6, 30))) == []


def test_what_was_deleted_leaves_no_group_behind() -> None:
    world = World()
    new = {"category": "Food", "payment_method": "Cash", "amount": Decimal(5), "date": "2025-06-14"}
    made = world.expenses.record(AMINA, cast("Any", new), None).expense
    assert len(world.summary(Filters())) == 1
    world.expenses.remove(AMINA, made["expense_id"])
    assert world.summary(Filters(), group_by=["category", "month"]) == []


def test_a_refund_is_never_clamped() -> None:
    [group] = world_of([expense(1, amount=Decimal("-3.2"))]).summary(Filters())
    assert (group["total"], group["spent"], group["refunded"]) == (Decimal("-3.2"), Decimal(0), Decimal("-3.2"))
    assert (group["count"], group["purchases"], group["refunds"]) == (1, 0, 1)


@pytest.mark.parametrize("last", [date(2025, 6, 30), date(2025, 6, 29)])
def test_a_number_is_written_the_same_from_cells_and_from_expenses(last: date) -> None:
    rows = [expense(n, amount=Decimal(amount)) for n, amount in enumerate(("1.5", "2.5", "-4"))]
    [group] = world_of(rows).summary(Filters(date_from=date(2025, 6, 1), date_to=last))
    assert [str(group["spent"]), str(group["refunded"]), str(group["total"])] == ["4", "-4", "0"]


def test_another_users_expenses_are_not_counted() -> None:
    assert WORLD.summaries.summarize(BRIAN, Filters(), None, ())["items"][0]["total"] == Decimal(1000)


class Many:
    """Cells of whole months and expenses at the ends, so many of each."""

    def __init__(self, cells: int = 0, expenses: int = 0) -> None:
        self._cells = cells
        self._expenses = expenses

    def cells(self, _user_id: str, months: Window, limit: int, *, latest_first: bool = False) -> Tallies:
        assert not latest_first
        month = months.first.isoformat()[:7]
        names = (Cell(month, "EUR", f"Category {n}", "Cash") for n in range(min(self._cells, limit)))
        return dict.fromkeys(names, Tally(Decimal(1), purchases=1))

    def of_days(self, _caller: Caller, window: Window, _category: str | None, limit: int) -> list[Expense]:
        return [expense(n, window.first, payment_method=f"Method {n}") for n in range(min(self._expenses, limit))]


def summary_of(many: Many, first: str, last: str, group_by: Collection[SummaryDimension] = ()) -> list[SummaryGroup]:
    filters = Filters(date_from=date.fromisoformat(first), date_to=date.fromisoformat(last))
    return SummaryService(many, many.of_days).summarize(AMINA, filters, None, group_by)["items"]


def violations(error: pytest.ExceptionInfo[InvalidRequest]) -> list[tuple[str, str]]:
    return [(violation.name, violation.message) for violation in error.value.violations]


def test_as_many_totals_as_are_allowed_are_summed_up() -> None:
    assert summary_of(Many(cells=MOST), "2025-06-01", "2025-06-30")[0]["count"] == MOST
    assert len(summary_of(Many(cells=MOST), "2025-06-01", "2025-06-30", ["category"])) == MOST
    assert summary_of(Many(expenses=MOST // 2), "2025-05-25", "2025-06-24")[0]["count"] == MOST


def test_one_total_more_is_an_error_that_advises_a_shorter_span() -> None:
    with pytest.raises(InvalidRequest) as error:
        summary_of(Many(cells=MOST + 1), "2025-06-01", "2025-06-30")
    assert violations(error) == [
        ("date_from", "must be later: there are more than 5000 totals in the months of the summary")
    ]


@pytest.mark.parametrize(
    ("first", "last", "name", "advice"),
    [
        ("2025-05-25", "2025-05-31", "date_from", "must be the first day of a month or nearer to its end"),
        ("2025-06-05", "2025-06-24", "date_from", "must be the first day of a month or nearer to its end"),
        ("2025-06-01", "2025-06-24", "date_to", "must be the last day of a month or nearer to its beginning"),
        ("2025-04-01", "2025-06-24", "date_to", "must be the last day of a month or nearer to its beginning"),
    ],
)
def test_too_many_expenses_at_an_end_are_an_error_that_says_at_which(
    first: str, last: str, name: str, advice: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        summary_of(Many(expenses=MOST + 1), first, last)
    [violation] = violations(error)
    assert violation == (
        name,
        f"{advice}, or a category must be given: at most 5000 expenses of parts of months can be summed up",
    )


def test_an_end_outside_the_month_that_is_asked_for_is_not_read() -> None:
    many = Many(expenses=MOST + 1)
    filters = Filters(month=6, date_from=date(2025, 5, 25), date_to=date(2025, 6, 30))
    assert SummaryService(many, many.of_days).summarize(AMINA, filters, None, ())["items"] == []


def test_both_ends_together_are_bounded() -> None:
    with pytest.raises(InvalidRequest) as error:
        summary_of(Many(expenses=MOST // 2 + 1), "2025-05-25", "2025-06-24")
    assert [name for name, _ in violations(error)] == ["date_to"]


def test_more_groups_than_a_response_may_have_are_an_error() -> None:
    many = Many(cells=MOST, expenses=10)
    assert len(summary_of(many, "2025-05-01", "2025-06-24", ["month"])) == 2
    with pytest.raises(InvalidRequest) as error:
        summary_of(many, "2025-05-01", "2025-06-24", ["category", "payment_method"])
    assert violations(error) == [("group_by", "must name fewer: the summary has more than 5000 groups")]
