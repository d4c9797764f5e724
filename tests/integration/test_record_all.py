"""Many expenses recorded in one transaction with their totals: all that are not there yet, or none."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from api.expenses.service import ExpenseService, New
from api.expenses.states import KEPT, recorded
from api.expenses.store import DynamoDBExpenseStore, Stored
from api.gateway.caller import Caller
from api.summaries.cells import tallies_of
from api.summaries.recount import Recount
from api.summaries.store import DynamoDBTotals
from tests.clock import Clock
from tests.seed import expense

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AMINA = Caller("amina", UTC)
NOON = datetime(2025, 6, 14, 12, 0, tzinfo=UTC)


def new(number: int, amount: int = 1) -> New:
    """Return an expense of its own cell to record: none that another number has."""
    row = expense(number, date(1990, 1, 14) + timedelta(days=31 * number), amount=Decimal(amount))
    return New(replace(recorded(row), changed_at="2025-06-14T12:00:00.000000Z"))


class Calls:
    """A client that counts its calls and can lose the responses of the first ones."""

    def __init__(self, client: "DynamoDBClient", lost: int = 0) -> None:
        self.made: list[int] = []
        self._client = client
        self._lost = lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **arguments: Any) -> Any:
        self.made.append(len(arguments["TransactItems"]))
        response = self._client.transact_write_items(**arguments)
        if len(self.made) <= self._lost:
            raise ConnectionResetError
        return response


def refuse_any(found: Mapping[int, Stored]) -> None:
    if found:
        raise LookupError(sorted(found))


@pytest.fixture
def over(clock: Clock) -> Callable[[Any], ExpenseService]:
    """The service over any client, at noon."""
    clock.now = NOON
    return lambda client: ExpenseService(
        DynamoDBExpenseStore(client, "expenses", DynamoDBTotals(client, "records").updates), "EUR", clock
    )


@pytest.fixture(autouse=True)
def _totals_are_those_of_the_expenses(client: "DynamoDBClient") -> Any:
    yield
    assert Recount(client, "expenses", "records").of_user("amina", write=False, pause=lambda: None) == []


def test_fifty_with_fifty_totals_are_one_transaction(
    client: "DynamoDBClient", over: Callable[[Any], ExpenseService]
) -> None:
    calls = Calls(client)
    kept = over(calls).record_all(AMINA, [new(number) for number in range(50)])
    assert [each.was_there for each in kept] == [False] * 50
    assert calls.made == [100]


def test_what_is_there_is_reported_and_never_overwritten(
    client: "DynamoDBClient", over: Callable[[Any], ExpenseService]
) -> None:
    service = over(client)
    service.record_all(AMINA, [new(1), new(2)])
    service.remove(AMINA, new(2).state.expense_id)
    kept = service.record_all(AMINA, [new(3), new(1, amount=7), new(2, amount=7)])
    _, live, in_trash = (each.state for each in kept)
    assert [each.was_there for each in kept] == [False, True, True]
    assert live.live == new(1).state.expense
    assert (in_trash.live, in_trash.version) == (None, 2)
    assert service.look_up(AMINA, new(3).state.expense_id) == new(3).state.expense


def test_a_refusal_of_what_is_there_writes_nothing(
    client: "DynamoDBClient", over: Callable[[Any], ExpenseService]
) -> None:
    service = over(client)
    service.record_all(AMINA, [new(1)])
    with pytest.raises(LookupError):
        service.record_all(AMINA, [new(2), new(1)], refuse_any)
    assert client.scan(TableName="expenses")["Count"] == 1


def test_an_expired_deletion_gives_way_and_its_version_goes_on(
    client: "DynamoDBClient", over: Callable[[Any], ExpenseService], clock: Clock
) -> None:
    service = over(client)
    service.record_all(AMINA, [new(1)])
    service.remove(AMINA, new(1).state.expense_id)
    clock.now = NOON + KEPT + timedelta(seconds=1)
    kept = service.record_all(AMINA, [new(2), new(1)])
    assert [(each.state.version, each.was_there) for each in kept] == [(1, False), (3, False)]
    assert service.look_up(AMINA, new(1).state.expense_id)["version"] == 3


def test_totals_of_one_month_are_added_up_before_they_are_written(
    client: "DynamoDBClient", over: Callable[[Any], ExpenseService]
) -> None:
    rows = [expense(number, amount=Decimal(number)) for number in range(50)]
    calls = Calls(client)
    over(calls).record_all(AMINA, [New(recorded(row)) for row in rows])
    assert calls.made == [50 + len(tallies_of(rows))]
