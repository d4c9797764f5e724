"""The use cases over the table in memory, with many made-up expenses."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.expenses.errors import ExpenseChanged, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import Filters
from api.expenses.service import ExpenseService
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import Expense, ExpenseCreate
from api.tables import EXPENSES
from tests.fakes.dynamodb import FakeDynamoDB

AMINA, BRIAN = Caller("amina", UTC), Caller("brian", UTC)
NOON = datetime(2025, 6, 14, 12, 0, 0, 123456, UTC)

labels = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=50)
given_properties: dict[str, st.SearchStrategy[Any]] = {
    "category": labels,
    "amount": st.decimals(-(10**9), 10**9, places=2),
    "payment_method": labels,
    "date": st.dates(datetime(1900, 1, 1).date(), datetime(2199, 12, 31).date()).map(str),  # noqa: DTZ001
    "notes": st.none() | labels,
}
required = {"category", "amount", "payment_method"}
creates = st.fixed_dictionaries(
    {name: values for name, values in given_properties.items() if name in required},
    optional={name: values for name, values in given_properties.items() if name not in required},
).map(lambda properties: cast("ExpenseCreate", properties))
patches: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional=given_properties)


class Clock:
    """Advances by a microsecond whenever it is read."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


def new_service() -> ExpenseService:
    return ExpenseService(DynamoDBExpenseStore(cast("Any", FakeDynamoDB(EXPENSES)), "expenses"), "EUR", Clock())


def listed(service: ExpenseService, caller: Caller = AMINA) -> list[Expense]:
    return service.find(caller, Filters(), 100, None)["items"]


@settings(max_examples=500, deadline=None)
@given(creates)
def test_what_is_recorded_is_found_as_it_was_given(new: ExpenseCreate) -> None:
    service = new_service()
    made = service.record(AMINA, new, None).expense
    assert service.look_up(AMINA, made["expense_id"]) == made
    assert made == {**made, **new}
    assert (made["version"], made["created_at"]) == (1, made["updated_at"])


@settings(max_examples=500, deadline=None)
@given(creates, st.lists(patches, max_size=4))
def test_changes_add_up_to_the_last_value_of_each_property(new: ExpenseCreate, changes: list[Any]) -> None:
    service = new_service()
    made = service.record(AMINA, new, None).expense
    expected: dict[str, Any] = {**made}
    for number, patch in enumerate(changes):
        changed = service.change(AMINA, made["expense_id"], patch, {number + 1})
        expected |= patch
        assert changed["updated_at"] > made["created_at"]
    now = service.look_up(AMINA, made["expense_id"])
    derived = {"month", "year", "version", "updated_at"}
    assert {n: v for n, v in now.items() if n not in derived} == {n: v for n, v in expected.items() if n not in derived}
    assert (now["version"], now["year"]) == (len(changes) + 1, int(now["date"][:4]))


@settings(max_examples=300, deadline=None)
@given(creates, creates)
def test_a_key_records_one_expense_and_refuses_another(one: ExpenseCreate, other: ExpenseCreate) -> None:
    service = new_service()
    first = service.record(AMINA, one, "key")
    again = service.record(AMINA, one, "key")
    assert (first.is_replay, again) == (False, (first.expense, True))
    if one != other:
        with pytest.raises(IdempotencyKeyReused):
            service.record(AMINA, other, "key")
    assert service.record(BRIAN, other, "key").is_replay is False
    assert (len(listed(service)), len(listed(service, BRIAN))) == (1, 1)


@pytest.mark.parametrize("expected", [None, {2}, {1, 2, 3}])
def test_a_change_and_a_delete_are_made_at_any_or_one_of_the_expected_versions(expected: set[int] | None) -> None:
    service = new_service()
    new: ExpenseCreate = {"category": "Food", "amount": Decimal(1), "payment_method": "Cash"}
    expense_id = service.record(AMINA, new, None).expense["expense_id"]
    service.change(AMINA, expense_id, {"amount": Decimal(2)})
    service.change(AMINA, expense_id, {"amount": Decimal(3)}, expected)
    service.remove(AMINA, expense_id, None if expected is None else {3})
    assert listed(service) == []


@pytest.mark.parametrize("expected", [{1}, {3, 4}, set()])
def test_a_change_and_a_delete_are_not_made_at_another_version(expected: set[int]) -> None:
    service = new_service()
    new: ExpenseCreate = {"category": "Food", "amount": Decimal(1), "payment_method": "Cash"}
    expense_id = service.record(AMINA, new, None).expense["expense_id"]
    now = service.change(AMINA, expense_id, {"amount": Decimal(2)})
    for write in (
        lambda: service.change(AMINA, expense_id, {}, expected),
        lambda: service.remove(AMINA, expense_id, expected),
    ):
        with pytest.raises(ExpenseChanged) as error:
            write()
        assert error.value.version == 2
    assert listed(service) == [now]


def test_what_another_user_has_is_not_found() -> None:
    service = new_service()
    new: ExpenseCreate = {"category": "Food", "amount": Decimal(1), "payment_method": "Cash"}
    made = service.record(AMINA, new, None).expense
    for act in (service.look_up, service.remove):
        with pytest.raises(ExpenseNotFound):
            act(BRIAN, made["expense_id"])
    assert listed(service) == [made]
