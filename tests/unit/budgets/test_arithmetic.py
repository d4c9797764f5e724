"""What is left of budgets is what a plain loop over all expenses makes of it, to the last digit."""

from collections.abc import Iterable
from datetime import UTC, date
from decimal import Decimal, localcontext
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.budgets.errors import BudgetNotFound
from api.budgets.items import State, state_of, to_item
from api.budgets.periods import Period, carried
from api.budgets.service import BudgetService
from api.budgets.store import DynamoDBBudgets
from api.expenses.filters import Window
from api.expenses.rules import MONTHS
from api.gateway.caller import Caller
from api.models import BudgetSetting, BudgetStatus, CarryOver, Expense
from api.openapi.errors import InvalidRequest
from api.summaries.cells import Tallies, tallies_of
from tests.budget_model import BudgetModel
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import CATEGORIES, expense

AMINA = Caller("amina", UTC)
CURRENCIES = ["EUR", "KWD"]
MONTHS_AROUND = [f"{2024 + n // 12}-{n % 12 + 1:02}" for n in range(10, 22)]
Identity = tuple[str | None, str]

amounts = st.decimals(-500, 500, places=2) | st.sampled_from([Decimal(999999999999999), Decimal(0), Decimal("-0.01")])
months_of_300_years = st.builds("{}-{:02}".format, st.integers(1900, 2199), st.integers(1, 12))
identities = st.tuples(st.sampled_from([None, *CATEGORIES[3:5]]), st.sampled_from(CURRENCIES))
spendings = st.builds(
    lambda number, day, amount, currency, category: expense(
        number, day, amount=amount, currency=currency, category=category
    ),
    st.integers(0, 10_000),
    st.dates(date(2024, 10, 1), date(2025, 11, 30)),
    amounts,
    st.sampled_from(CURRENCIES),
    st.sampled_from(CATEGORIES[3:]),
)


class Setting(NamedTuple):
    budget: Identity
    month: str
    amount: Decimal
    carry_over: CarryOver


class Deletion(NamedTuple):
    budget: Identity
    month: str | None


changes = st.one_of(
    *[
        st.builds(
            Setting,
            identities,
            st.sampled_from(MONTHS_AROUND),
            amounts.map(abs),
            st.sampled_from(["both", "both", "none"]),
        )
    ]
    * 3,
    st.builds(Deletion, identities, st.none() | st.sampled_from(MONTHS_AROUND)),
)


def service_of(spent: Iterable[Expense]) -> BudgetService:
    """Return the service over an empty table, with the cells of some expenses."""
    cells = tallies_of(spent)

    def cells_of_months(_: Caller, months: Window, limit: int) -> Tallies:
        first, last = (day.isoformat()[:7] for day in months)
        found = [cell for cell in sorted(cells, reverse=True) if first <= cell.month <= last]
        return {cell: cells[cell] for cell in found[:limit]}

    return BudgetService(DynamoDBBudgets(cast("Any", FakeDynamoDB()), "records"), cells_of_months)


def make(service: BudgetService, models: dict[Identity, BudgetModel], change: Setting | Deletion) -> None:
    """Make a change of a budget in the service and in its model, and hold what comes back to that."""
    model = models.get(change.budget, BudgetModel())
    category, currency = change.budget
    if isinstance(change, Setting):
        models[change.budget] = after = model.after_setting(change.month, change.amount, change.carry_over)
        body = {"category": category, "currency": currency, "amount": change.amount, "from": change.month}
        budget = service.set(AMINA, cast("BudgetSetting", {**body, "carry_over": change.carry_over}))
        assert (budget["periods"], budget["version"]) == (after.periods(), after.version)
        return
    models[change.budget] = after = model.after_deletion(change.month)
    if after == model:
        with pytest.raises(BudgetNotFound):
            service.remove(AMINA, category, currency, change.month)
    else:
        service.remove(AMINA, category, currency, change.month)


def spent_of(budget: Identity, spent: Iterable[Expense]) -> list[Expense]:
    """Return the expenses that a budget is for."""
    return [each for each in spent if budget[0] in {None, each["category"]} and each["currency"] == budget[1]]


def assert_agreement(service: BudgetService, models: dict[Identity, BudgetModel], spent: list[Expense]) -> None:
    """Hold lists and the status of each month to the models."""
    wanted = sorted(((model, budget) for budget, model in models.items()), key=lambda each: (each[1][0] or "", each[1]))
    listed = [(item["category"], item["currency"], item["periods"]) for item in service.find(AMINA, 100, None)["items"]]
    assert listed == [(*budget, model.periods()) for model, budget in wanted if model.settings]
    for month in MONTHS_AROUND:
        page = service.status(AMINA, int(month[:4]), MONTHS[int(month[5:]) - 1], 100, None)
        found = [
            (
                (item["category"], item["currency"]),
                {name: item[name] for name in ("amount", "carried", "total", "left")},
            )
            for item in page["items"]
        ]
        with localcontext(prec=60):
            expected = [(budget, model.left(month, spent_of(budget, spent))) for model, budget in wanted]
        assert found == [(budget, left) for budget, left in expected if left is not None], month


def check(made: list[Setting | Deletion], spent: list[Expense]) -> None:
    service, models = service_of(spent), dict[Identity, BudgetModel]()
    for change in made:
        make(service, models, change)
    assert_agreement(service, models, spent)


@settings(deadline=None, max_examples=40)
@given(st.lists(changes, max_size=8), st.lists(spendings, max_size=20))
def test_what_is_left_is_what_a_loop_over_all_expenses_has(
    made: list[Setting | Deletion], spent: list[Expense]
) -> None:
    check(made, spent)


@pytest.mark.fuzz
@settings(deadline=None, max_examples=3000)
@given(st.lists(changes, max_size=30), st.lists(spendings, max_size=100))
def test_what_is_left_of_many_is_what_a_loop_over_all_expenses_has(
    made: list[Setting | Deletion], spent: list[Expense]
) -> None:
    check(made, spent)


@given(
    st.none() | st.text(min_size=1, max_size=50),
    st.dictionaries(
        st.sampled_from(MONTHS_AROUND),
        st.builds(Period, amounts.map(abs), st.sampled_from(["both", "none"])) | st.just(Period(None)),
    ),
    st.integers(1, 10**9),
)
def test_a_budget_survives_its_item(category: str | None, periods: dict[str, Period], version: int) -> None:
    state = State(category, "EUR", dict(sorted(periods.items())), version)
    read = state_of(to_item("amina", state))
    assert read == state
    assert list(read.periods) == list(state.periods)


@settings(deadline=None, max_examples=25)
@given(
    st.dictionaries(
        months_of_300_years,
        st.tuples(amounts.map(abs), st.sampled_from(["both", "both", "both", "none"])) | st.none(),
        max_size=8,
    ),
    st.dictionaries(months_of_300_years, amounts, max_size=20),
    months_of_300_years,
)
def test_what_300_years_carry_over_is_what_a_loop_over_all_months_has(
    made: dict[str, tuple[Decimal, CarryOver] | None], totals: dict[str, Decimal], month: str
) -> None:
    model = BudgetModel(made)
    periods = {first: Period(*(made[first] or (None, "none"))) for first in sorted(made)}
    with localcontext(prec=60):
        left = model.left(month, [{"date": f"{each}-01", "amount": total} for each, total in totals.items()])
        found = carried(periods, month, totals)
    assert found == (left["carried"] if left else 0)


def status_at(service: BudgetService, month: str, limit: int) -> list[BudgetStatus]:
    """Return what is left of all budgets in a month, from pages of so many."""
    items, cursor = list[BudgetStatus](), None
    while True:
        page = service.status(AMINA, int(month[:4]), MONTHS[int(month[5:]) - 1], limit, cursor)
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


@settings(deadline=None, max_examples=40)
@given(
    st.lists(changes, min_size=1, max_size=8),
    st.lists(spendings, max_size=20),
    st.sampled_from(MONTHS_AROUND),
    st.integers(1, 8),
    st.integers(1, 4),
)
def test_what_takes_more_totals_than_are_read_is_null_and_nothing_else(
    made: list[Setting | Deletion], spent: list[Expense], month: str, most: int, limit: int
) -> None:
    service, models = service_of(spent), dict[Identity, BudgetModel]()
    for change in made:
        make(service, models, change)

    def fits(first: str) -> bool:
        return sum(first <= cell.month <= month for cell in tallies_of(spent)) <= most

    expected: dict[Identity, dict[str, Decimal | None]] = {}
    for budget, model in models.items():
        if left := model.left(month, spent_of(budget, spent)):
            unknown = {} if fits(min([month, *model.carrying(month)])) else {"carried": None, "left": None}
            expected[budget] = {**left, **unknown}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.budgets.status.MOST_CELLS", most)
        if expected and not fits(month):
            with pytest.raises(InvalidRequest):
                status_at(service, month, limit)
            return
        items = status_at(service, month, limit)
    found = {
        (item["category"], item["currency"]): {name: item[name] for name in ("amount", "carried", "total", "left")}
        for item in items
    }
    assert found == expected


@pytest.mark.parametrize("most", [2, 3, 4, 5, 23, 24])
def test_what_is_read_reaches_back_as_far_as_all_totals_of_a_month_are_in_it(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.budgets.status.MOST_CELLS", most)
    days = [date(2025, month, 1) for month in range(1, 13)]
    service = service_of(expense(1, day, payment_method=method) for day in days for method in ("Card", "Cash"))
    for day in days:
        make(service, {}, Setting((f"Since {day.month:02}", "EUR"), day.isoformat()[:7], Decimal(1), "both"))
    carried_over = [item["carried"] for item in status_at(service, "2025-12", 25)]
    assert carried_over == [12 - day.month if 2 * (13 - day.month) <= most else None for day in days]


def test_a_month_of_more_totals_than_one_request_may_read_is_refused() -> None:
    spent = [expense(n, date(2025, 1, 1), payment_method=f"Card {n}") for n in range(10_001)]
    service = service_of(spent)
    make(service, {}, Setting((None, "EUR"), "2024-12", Decimal(1), "both"))
    with pytest.raises(InvalidRequest) as refused:
        service.status(AMINA, 2025, "January", 25, None)
    assert [(violation.name, violation.message) for violation in refused.value.violations] == [
        ("month", "must be one with at most 10000 totals of currency, category and payment method")
    ]
    assert service.status(AMINA, 2024, "December", 25, None)["items"][0]["left"] == 1
