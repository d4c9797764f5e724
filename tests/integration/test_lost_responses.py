"""DynamoDB makes a write and its response is lost: the retry neither doubles the write nor denies it.

That holds too where others write between the two. The requests go over real sockets.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.dynamodb.table import REMEMBERED_CHANGES
from api.expenses.states import KEPT
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import Behaviour, DynamoDBServer, Exchange, reset_after, reset_before
from tests.gateway import Gateway
from tests.integration.conftest import GatewayOver

LUNCH = {"category": "Food", "amount": 12, "payment_method": "Cash", "date": "2025-06-14", "notes": "mine"}
KEY = {"Idempotency_Key": "lunch-1"}
WRITE = "TransactWriteItems"
"""Records, deletes, restores, and changes what moves a total; a change that moves none is a PutItem."""
CHANGES = pytest.mark.parametrize(
    ("operation", "change"), [(WRITE, {"amount": 1}), ("PutItem", {"notes": "changed"})], ids=["amount", "notes"]
)
IF_MATCH = pytest.mark.parametrize("if_match", [{"If_Match": '"1"'}, {}], ids=["if-match", "plain"])


@pytest.fixture
def others(gateway_over: GatewayOver, fake: FakeDynamoDB) -> Gateway:
    """The same user on another device, whose network is in order."""
    return gateway_over(fake)


@pytest.fixture
def place(others: Gateway) -> str:
    return f"/expenses/{others.post('/expenses', LUNCH, **KEY).json['expense_id']}"


@pytest.fixture(autouse=True)
def _totals_are_those_of_the_expenses(others: Gateway) -> Iterator[None]:
    """Whatever was lost, nothing is twice in a total and nothing is missing."""
    yield
    expenses = others.get("/expenses?limit=100").json["items"]
    counted = [(group["total"], group["count"]) for group in others.get("/summary").json["items"]]
    assert counted == ([(sum(expense["amount"] for expense in expenses), len(expenses))] if expenses else [])


def lost(act: Callable[[], object], *, is_made: bool = True) -> Behaviour:
    """Return the behaviour that loses the response, and `act` happens before the retry."""

    def behave(exchange: Exchange) -> None:
        if is_made:
            exchange.make()
        act()
        exchange.reset()

    return behave


@pytest.mark.parametrize("headers", [{}, KEY])
def test_a_create_is_made_once_and_is_not_a_replay(
    remote: Gateway, server: DynamoDBServer, headers: dict[str, str]
) -> None:
    server.plan = {WRITE: [reset_after]}
    response = remote.post("/expenses", LUNCH, **headers)
    assert (response.status, response.headers.get("Idempotency-Replayed")) == (201, None)
    assert remote.get("/expenses").json["items"] == [response.json]


def test_a_create_that_others_changed_since_is_not_a_replay(
    remote: Gateway, server: DynamoDBServer, others: Gateway
) -> None:
    def change() -> None:
        (row,) = others.get("/expenses").json["items"]
        others.patch(f"/expenses/{row['expense_id']}", {"notes": "theirs"})

    server.plan = {WRITE: [lost(change)]}
    response = remote.post("/expenses", LUNCH, **KEY)
    assert (response.status, response.headers.get("Idempotency-Replayed")) == (201, None)
    assert (response.json["notes"], response.headers["ETag"]) == ("mine", '"1"')
    assert remote.get("/expenses").json["items"][0]["notes"] == "theirs"


def test_a_create_that_another_request_made_first_is_a_replay(
    remote: Gateway, server: DynamoDBServer, others: Gateway
) -> None:
    server.plan = {WRITE: [lost(lambda: others.post("/expenses", LUNCH, **KEY), is_made=False)]}
    assert remote.post("/expenses", LUNCH, **KEY).headers["Idempotency-Replayed"] == "true"


@IF_MATCH
@CHANGES
def test_a_change_is_made_once_and_is_not_a_conflict(
    remote: Gateway, server: DynamoDBServer, place: str, if_match: dict[str, str], operation: str, change: Any
) -> None:
    server.plan = {operation: [reset_after]}
    response = remote.patch(place, change, **if_match)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert server.requests.count(operation) == 2
    assert remote.get(place).json == response.json


@IF_MATCH
@CHANGES
def test_a_change_that_others_changed_since_neither_overwrites_nor_denies(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: Any, operation: str, change: Any
) -> None:
    server.plan = {operation: [lost(lambda: others.patch(place, {"amount": 2, "notes": "theirs"}))]}
    response = remote.patch(place, change, **if_match)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert change.items() <= response.json.items()
    now = remote.get(place).json
    assert (now["amount"], now["notes"], now["version"]) == (2, "theirs", 3)


@pytest.mark.parametrize(("if_match", "status", "version"), [({"If_Match": '"1"'}, 412, 2), ({}, 200, 3)])
def test_a_change_that_never_arrived_is_made_upon_that_of_others_or_refused(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: Any, status: int, version: int
) -> None:
    server.plan = {WRITE: [lost(lambda: others.patch(place, {"notes": "theirs"}), is_made=False)]}
    assert remote.patch(place, {"amount": 1}, **if_match).status == status
    now = remote.get(place).json
    assert (now["version"], now["notes"]) == (version, "theirs")


@pytest.mark.parametrize("is_made", [True, False])
@pytest.mark.parametrize("changes_before", [0, 3])
def test_a_change_that_others_changed_too_often_since_is_of_unknown_outcome(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, is_made: bool, changes_before: int
) -> None:
    for n in range(changes_before):
        others.patch(place, {"amount": n})

    def change_often() -> None:
        for n in range(REMEMBERED_CHANGES + 1):
            others.patch(place, {"amount": n})

    server.plan = {WRITE: [lost(change_often, is_made=is_made)]}
    response = remote.patch(place, {"amount": 1})
    assert (response.status, response.json["outcome"]) == (503, "unknown")


def test_a_change_that_others_deleted_since_is_a_change_that_was_made(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str
) -> None:
    server.plan = {WRITE: [lost(lambda: others.delete(place))]}
    response = remote.patch(place, {"amount": 1})
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert remote.get(place).status == 404


@IF_MATCH
def test_a_change_that_never_arrived_of_what_was_deleted_is_a_404(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {WRITE: [lost(lambda: others.delete(place), is_made=False)]}
    assert remote.patch(place, {"amount": 1}, **if_match).status == 404
    assert remote.get("/expenses").json["items"] == []


@pytest.fixture
def record_anew(others: Gateway, place: str, clock: Clock) -> Callable[[], None]:
    """Deletes the expense, lets its time in the trash pass, and records another one by the same key."""

    def record() -> None:
        others.delete(place)
        clock.now = datetime.now(UTC) + KEPT + timedelta(seconds=1)
        assert others.post("/expenses", {**LUNCH, "notes": "anew"}, **KEY).status == 201

    return record


@IF_MATCH
@CHANGES
def test_a_change_is_not_made_to_what_was_recorded_anew_by_the_same_key(
    remote: Gateway,
    server: DynamoDBServer,
    record_anew: Callable[[], None],
    place: str,
    if_match: dict[str, str],
    operation: str,
    change: Any,
) -> None:
    server.plan = {operation: [lost(record_anew, is_made=False)]}
    assert remote.patch(place, change, **if_match).status == 404
    assert (remote.get(place).json["amount"], remote.get(place).json["notes"]) == (12, "anew")


def test_an_etag_from_before_a_delete_does_not_fit_what_was_recorded_anew(
    remote: Gateway, record_anew: Callable[[], None], place: str
) -> None:
    before = remote.get(place).headers["ETag"]
    record_anew()
    assert remote.get(place).headers["ETag"] != before
    for response in (remote.patch(place, {"amount": 1}, If_Match=before), remote.delete(place, If_Match=before)):
        assert response.status == 412
    assert remote.get(place).json["notes"] == "anew"


@IF_MATCH
def test_a_delete_is_made_once_and_is_not_a_404(
    remote: Gateway, server: DynamoDBServer, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {WRITE: [reset_after]}
    assert remote.delete(place, **if_match).status == 204
    assert remote.get(place).status == 404


@IF_MATCH
@pytest.mark.parametrize("is_made", [True, False])
def test_a_retried_delete_leaves_what_was_recorded_anew_by_the_same_key(
    remote: Gateway,
    server: DynamoDBServer,
    record_anew: Callable[[], None],
    place: str,
    if_match: dict[str, str],
    is_made: bool,
) -> None:
    server.plan = {WRITE: [lost(record_anew, is_made=is_made)]}
    assert remote.delete(place, **if_match).status == (204 if is_made else 404)
    assert remote.get(place).json["notes"] == "anew"


@IF_MATCH
def test_a_delete_that_others_undid_since_is_a_delete_that_was_made(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {WRITE: [lost(lambda: others.post(f"{place}/restore"))]}
    assert remote.delete(place, **if_match).status == 204
    assert remote.get(place).headers["ETag"] == '"3"'


def test_a_create_that_others_deleted_since_is_a_create_that_was_made(
    remote: Gateway, server: DynamoDBServer, others: Gateway
) -> None:
    def delete() -> None:
        (row,) = others.get("/expenses").json["items"]
        others.delete(f"/expenses/{row['expense_id']}")

    server.plan = {WRITE: [lost(delete)]}
    response = remote.post("/expenses", LUNCH, **KEY)
    assert (response.status, response.headers.get("Idempotency-Replayed")) == (201, None)
    assert remote.post("/expenses", LUNCH, **KEY).status == 410


def test_a_restore_is_made_once(remote: Gateway, server: DynamoDBServer, place: str) -> None:
    remote.delete(place)
    server.plan = {WRITE: [reset_after]}
    response = remote.post(f"{place}/restore")
    assert (response.status, response.headers["ETag"]) == (200, '"3"')
    assert remote.get(place).json == response.json


def test_a_restore_that_others_undid_since_is_a_restore_that_was_made(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str
) -> None:
    remote.delete(place)
    server.plan = {WRITE: [lost(lambda: others.delete(place))]}
    response = remote.post(f"{place}/restore")
    assert (response.status, response.headers["ETag"]) == (200, '"3"')
    assert remote.get(place).status == 404


def test_a_delete_for_good_is_made_once_and_is_not_a_404(remote: Gateway, server: DynamoDBServer, place: str) -> None:
    remote.delete(place)
    server.plan = {"PutItem": [reset_after]}
    assert remote.delete(place.replace("expenses", "trash")).status == 204
    assert remote.get("/trash").json["items"] == []


def test_emptying_the_trash_counts_what_it_did_once(remote: Gateway, server: DynamoDBServer, place: str) -> None:
    remote.delete(place)
    server.plan = {"PutItem": [reset_after]}
    assert remote.delete("/trash").json == {"purged": 1, "done": True}


def test_an_expense_recorded_over_an_expired_deletion_is_made_once(
    remote: Gateway, server: DynamoDBServer, place: str, clock: Clock
) -> None:
    remote.delete(place)
    clock.now = datetime.now(UTC) + KEPT + timedelta(seconds=1)
    # The first transaction finds the deletion, the second one records over it.
    server.plan = {WRITE: [Exchange.respond, reset_after]}
    response = remote.post("/expenses", LUNCH, **KEY)
    assert (response.status, response.headers["ETag"], response.headers.get("Idempotency-Replayed")) == (
        201,
        '"3"',
        None,
    )


def test_every_attempt_of_a_write_is_the_same_transaction(
    remote: Gateway, server: DynamoDBServer, fake: FakeDynamoDB
) -> None:
    """DynamoDB makes a transaction with the same token once, within ten minutes.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    made: list[Any] = []
    fake.before.append(lambda operation, arguments: made.append(arguments) if operation == WRITE else None)
    server.plan = {WRITE: [reset_after, reset_after]}
    assert remote.post("/expenses", LUNCH).status == 201
    assert made[0] == made[1] == made[2]
    assert made[0]["ClientRequestToken"]


@pytest.mark.parametrize(("if_match", "status"), [({"If_Match": '"1"'}, 412), ({}, 204)])
def test_a_delete_that_never_arrived_meets_the_change_of_others(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: Any, status: int
) -> None:
    server.plan = {WRITE: [lost(lambda: others.patch(place, {"amount": 2}), is_made=False)]}
    assert remote.delete(place, **if_match).status == status
    assert remote.get(place).status == (200 if status == 412 else 404)


def test_a_delete_of_what_others_deleted_is_a_404(
    remote: Gateway, fake: FakeDynamoDB, others: Gateway, place: str
) -> None:
    acts = [lambda: others.delete(place)]

    def delete_first(operation: str, _: object) -> None:
        if operation == WRITE and acts:
            acts.pop()()

    fake.before.append(delete_first)
    assert remote.delete(place).status == 404


def test_what_is_lost_on_the_way_there_is_made_by_the_retry(
    remote: Gateway, server: DynamoDBServer, place: str
) -> None:
    server.plan = {WRITE: [reset_before, Exchange.respond] * 3}
    assert remote.patch(place, {"amount": 1}, If_Match='"1"').status == 200
    assert remote.delete(place, If_Match='"2"').status == 204
    assert remote.post(f"{place}/restore").status == 200
    assert remote.get(place).headers["ETag"] == '"4"'
