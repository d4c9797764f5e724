"""50 requests at once, on one expense and in one cell: none is lost, none counts twice, none tells a lie."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Lock
from typing import Any

import pytest

from api.openapi.contract import Contract
from tests.client import EventTransport, Request, Response
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.figures import FIGURES
from tests.machine.world import World

THREADS = 50
USER = "amina"
LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
WRITES = {"PutItem", "TransactWriteItems"}


@pytest.fixture
def fake() -> FakeDynamoDB:
    """Tables whose transactions last, so that others meet them."""
    fake = FakeDynamoDB()
    fake.transaction_seconds = 0.0005
    return fake


@pytest.fixture
def world(fake: FakeDynamoDB, contract: Contract) -> World:
    world = World(fake, contract, [USER], Clock())
    world.clock.now = None  # the time goes on while they race
    return world


def meet_before_writing(fake: FakeDynamoDB, count: int) -> None:
    """Let the first writes of all threads wait for each other, when each has read the same state."""
    meeting, lock, met = Barrier(count), Lock(), Counter[str]()

    def wait(operation: str, _: object) -> None:
        time.sleep(random.uniform(0, 0.001))  # noqa: S311 — the network takes its time
        with lock:
            met[operation] += 1
            is_among_the_first = operation in WRITES and sum(met[name] for name in WRITES) <= count
        if is_among_the_first:
            meeting.wait()

    fake.before.append(wait)


def send(world: World, method: str, path: str, body: Any = None, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    media_type = {"Content-Type": "application/json"} if body is not None else {}
    return EventTransport(world.handle)(Request(method, path, {**media_type, **named}, body, USER))


def race(acts: Iterable[Callable[[], Response]]) -> list[Response]:
    """Return the responses of requests that begin together, each in a thread of its own."""
    listed = list(acts)
    start = Barrier(len(listed))

    def run(act: Callable[[], Response]) -> Response:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(listed)) as pool:
        responses = list(pool.map(run, listed))
    FIGURES["requests that raced"] += len(responses)
    return responses


def record(world: World, count: int) -> list[str]:
    return [send(world, "POST", "/expenses", LUNCH).json["expense_id"] for _ in range(count)]


def versions_of(responses: Iterable[Response]) -> list[int]:
    return [int(response.headers["ETag"].strip('"')) for response in responses]


def test_50_changes_of_one_expense_are_all_made(world: World, fake: FakeDynamoDB) -> None:
    (expense_id,) = record(world, 1)
    meet_before_writing(fake, THREADS)
    made = race(
        partial(send, world, "PATCH", f"/expenses/{expense_id}", {"amount": amount}) for amount in range(THREADS)
    )
    fake.before.clear()

    assert {response.status for response in made} == {200}
    assert sorted(versions_of(made)) == list(range(2, THREADS + 2))
    last = max(made, key=lambda response: response.json["version"])
    assert world.listed(USER) == [last.json]
    world.check_totals(USER)


def test_of_50_changes_at_one_version_one_is_made(world: World, fake: FakeDynamoDB) -> None:
    (expense_id,) = record(world, 1)
    meet_before_writing(fake, THREADS)
    made = race(
        partial(send, world, "PATCH", f"/expenses/{expense_id}", {"amount": amount}, If_Match='"1"')
        for amount in range(THREADS)
    )
    fake.before.clear()

    assert Counter(response.status for response in made) == {200: 1, 412: THREADS - 1}
    (won,) = (response for response in made if response.status == 200)
    assert world.listed(USER) == [won.json]
    world.check_totals(USER)


def test_50_creates_in_one_cell_all_count(world: World, fake: FakeDynamoDB) -> None:
    meet_before_writing(fake, THREADS)
    made = race([partial(send, world, "POST", "/expenses", LUNCH)] * THREADS)
    fake.before.clear()

    assert {response.status for response in made} == {201}
    assert {expense["expense_id"] for expense in world.listed(USER)} == {r.json["expense_id"] for r in made}
    assert world.summed(USER)[0]["count"] == THREADS
    world.check_totals(USER)


def test_of_50_creates_with_one_key_one_counts(world: World, fake: FakeDynamoDB) -> None:
    meet_before_writing(fake, THREADS)
    made = race([partial(send, world, "POST", "/expenses", LUNCH, Idempotency_Key="lunch-1")] * THREADS)
    fake.before.clear()

    assert {response.status for response in made} == {201}
    assert sum("Idempotency-Replayed" in response.headers for response in made) == THREADS - 1
    assert world.summed(USER)[0]["count"] == 1
    world.check_totals(USER)


def test_changes_deletes_and_restores_of_one_expense_are_in_some_order(world: World, fake: FakeDynamoDB) -> None:
    (expense_id,) = record(world, 1)
    meet_before_writing(fake, 30)
    path = f"/expenses/{expense_id}"
    changes = race(
        [
            *[partial(send, world, "PATCH", path, {"amount": amount}) for amount in range(20)],
            *[partial(send, world, "DELETE", path)] * 10,
            *[partial(send, world, "POST", f"{path}/restore")] * 20,
        ]
    )
    fake.before.clear()
    patches, deletes, restores = changes[:20], changes[20:30], changes[30:]

    assert {response.status for response in patches} <= {200, 404}
    assert {response.status for response in deletes} <= {204, 404}
    assert {response.status for response in restores} == {200}
    send(world, "POST", f"{path}/restore")
    patched = versions_of(response for response in patches if response.status == 200)
    restored = set(versions_of(restores)) - set(patched) - {1}
    final = world.listed(USER)[0]
    deleted = sum(response.status == 204 for response in deletes)
    # Every version that is not a change's or a deletion's is that of a restoration.
    assert len(set(patched)) == len(patched)
    assert final["version"] - 1 == len(patched) + deleted + len(restored | {final["version"]} - set(patched))
    world.check_totals(USER)


def test_50_moves_between_two_cells_leave_both_right(world: World, fake: FakeDynamoDB) -> None:
    ids = record(world, THREADS)
    meet_before_writing(fake, THREADS)

    def move(number: int, expense_id: str) -> Response:
        path = f"/expenses/{expense_id}"
        if number % 5 == 0:
            send(world, "DELETE", path)
            return send(world, "POST", f"{path}/restore")
        send(world, "PATCH", path, {"category": "Rent"})
        return send(world, "PATCH", path, {"category": "Food", "amount": number})

    made = race(partial(move, number, expense_id) for number, expense_id in enumerate(ids))
    fake.before.clear()

    assert {response.status for response in made} == {200}
    assert world.listed(USER) == sorted(
        (response.json for response in made), key=lambda e: (e["created_at"], e["expense_id"]), reverse=True
    )
    assert [(group["category"], group["count"]) for group in world.summed(USER, ["category"])] == [("Food", THREADS)]
    world.check_totals(USER)


def test_a_device_that_synchronizes_during_the_race_has_all_in_the_end(world: World, fake: FakeDynamoDB) -> None:
    ids = record(world, 10)
    device = world.lazy[USER]
    meet_before_writing(fake, 40)

    def synchronize() -> Response:
        for _ in range(30):
            device.turn_page()
        return send(world, "GET", "/health")

    race(
        [
            synchronize,
            *[
                partial(send, world, "PATCH", f"/expenses/{expense_id}", {"amount": amount})
                for amount, expense_id in enumerate(ids * 4)
            ],
        ]
    )
    fake.before.clear()
    device.sync()
    device.sync()
    assert device.copy == {expense["expense_id"]: expense for expense in world.listed(USER)}
