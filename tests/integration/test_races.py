"""Requests at the same time, in threads: no change is lost, none is made twice, and few are turned away."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from api.deadline import deadline
from api.expenses.errors import ExpenseChanged
from api.expenses.service import ExpenseService
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import ExpenseCreate
from tests.client import ApiClient, Request
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AMINA = Caller("amina", UTC)
LUNCH: ExpenseCreate = {"category": "Food", "amount": Decimal(0), "payment_method": "Cash", "date": "2025-06-14"}
NOON = datetime(2025, 6, 14, 12, tzinfo=UTC)
"""The clock stands still, so that equal changes of the same version have equal content."""


@pytest.fixture
def service(fake: FakeDynamoDB) -> ExpenseService:
    table: Any = fake
    return ExpenseService(DynamoDBExpenseStore(table, "expenses", lambda *_: ()), "EUR", now=lambda: NOON)


@pytest.fixture
def expense_id(service: ExpenseService) -> str:
    return service.record(AMINA, LUNCH, None).expense["expense_id"]


def in_threads(count: int, act: Callable[[], object]) -> list[Any]:
    """Return what `act` returns or raises in each of some threads that begin together."""
    start = Barrier(count)

    def run(_: int) -> object:
        start.wait()
        try:
            with deadline(8):
                return act()
        except Exception as error:  # noqa: BLE001 — what went wrong is what is looked at
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def take_time(fake: FakeDynamoDB, seconds: float) -> None:
    """Let every operation take a random time, as the network does."""
    fake.before.append(lambda *_: time.sleep(random.uniform(0, seconds)))  # noqa: S311


def test_16_threads_that_count_up_with_if_match_lose_no_update(
    service: ExpenseService, fake: FakeDynamoDB, expense_id: str
) -> None:
    take_time(fake, 0.001)

    def count_up() -> int:
        made = 0
        while made < 5:
            seen = service.look_up(AMINA, expense_id)
            try:
                service.change(AMINA, expense_id, {"amount": seen["amount"] + 1}, {seen["version"]})
            except ExpenseChanged:
                continue
            made += 1
        return made

    assert in_threads(16, count_up) == [5] * 16
    now = service.look_up(AMINA, expense_id)
    assert (now["amount"], now["version"]) == (Decimal(80), 81)


def meet_before_writing(fake: FakeDynamoDB, count: int) -> None:
    """Let the first writes of some threads wait for each other, when all have read the same state."""
    meeting = Barrier(count)
    met: list[str] = []

    def wait(operation: str, _: object) -> None:
        if operation != "GetItem" and len(met) < count:
            met.append(operation)
            meeting.wait()

    fake.before.append(wait)


@pytest.mark.parametrize("round_number", range(5))
def test_of_two_equal_changes_in_the_same_instant_if_match_lets_one_through(
    service: ExpenseService, fake: FakeDynamoDB, expense_id: str, round_number: int
) -> None:
    meet_before_writing(fake, 2)
    made = in_threads(2, lambda: service.change(AMINA, expense_id, {"amount": Decimal(round_number)}, {1}))
    assert [type(result) for result in made if isinstance(result, Exception)] == [ExpenseChanged]
    assert service.look_up(AMINA, expense_id)["version"] == 2


def test_two_equal_changes_in_the_same_instant_are_two(
    service: ExpenseService, fake: FakeDynamoDB, expense_id: str
) -> None:
    meet_before_writing(fake, 2)
    made = in_threads(2, lambda: service.change(AMINA, expense_id, {"amount": Decimal(1)}))
    assert sorted(result["version"] for result in made) == [2, 3]


def test_of_two_deletes_in_the_same_instant_one_finds_nothing(
    service: ExpenseService, fake: FakeDynamoDB, expense_id: str
) -> None:
    meet_before_writing(fake, 2)
    made = in_threads(2, lambda: service.remove(AMINA, expense_id))
    assert sorted(type(result).__name__ for result in made) == ["ExpenseNotFound", "NoneType"]


def test_50_plain_changes_at_once_are_all_made(service: ExpenseService, fake: FakeDynamoDB, expense_id: str) -> None:
    take_time(fake, 0.002)
    made = in_threads(50, lambda: service.change(AMINA, expense_id, {"amount": Decimal(1)}))
    assert [result for result in made if isinstance(result, Exception)] == []
    assert service.look_up(AMINA, expense_id)["version"] == 51


def test_of_8_creates_with_one_key_one_is_made_and_7_are_replays(service: ExpenseService, fake: FakeDynamoDB) -> None:
    take_time(fake, 0.001)
    made = in_threads(8, lambda: service.record(AMINA, LUNCH, "lunch-1"))
    assert sorted(recorded.is_replay for recorded in made) == [False] + [True] * 7
    assert len(fake.items) == 1


def test_the_wire_keeps_equal_changes_apart_too(
    api_over: ApiOver, remote_client: "DynamoDBClient", remote: ApiClient
) -> None:
    """The same over real sockets and botocore's events, which the other tests here go around."""
    place = f"/expenses/{remote.post('/expenses', {**LUNCH, 'amount': 0}).json['expense_id']}"
    meeting = Barrier(2)
    waiting = [meeting, meeting]

    def meet(**_: object) -> None:
        if waiting:
            waiting.pop().wait()

    remote_client.meta.events.register("before-call.dynamodb.TransactWriteItems", meet)
    api = api_over(remote_client, seconds=8)
    change = Request("PATCH", place, {"Content-Type": "application/json", "If-Match": '"1"'}, {"amount": 1})
    made = in_threads(2, lambda: api.transport(change).status)
    assert sorted(made) == [200, 412]
