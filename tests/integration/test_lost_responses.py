"""DynamoDB makes a write and its response is lost: the retry neither doubles the write nor denies it.

That holds too where others write between the two. The requests go over real sockets.
"""

from collections.abc import Callable
from typing import Any

import pytest

from api.dynamodb.table import REMEMBERED_CHANGES
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import Behaviour, DynamoDBServer, Exchange, reset_after, reset_before
from tests.gateway import Gateway
from tests.integration.conftest import GatewayOver

LUNCH = {"category": "Food", "amount": 12, "payment_method": "Cash", "date": "2025-06-14", "notes": "mine"}
KEY = {"Idempotency_Key": "lunch-1"}
IF_MATCH = pytest.mark.parametrize("if_match", [{"If_Match": '"1"'}, {}], ids=["if-match", "plain"])


@pytest.fixture
def others(gateway_over: GatewayOver, fake: FakeDynamoDB) -> Gateway:
    """The same user on another device, whose network is in order."""
    return gateway_over(fake)


@pytest.fixture
def place(others: Gateway) -> str:
    return f"/expenses/{others.post('/expenses', LUNCH, **KEY).json['expense_id']}"


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
    server.plan = {"PutItem": [reset_after]}
    response = remote.post("/expenses", LUNCH, **headers)
    assert (response.status, response.headers.get("Idempotency-Replayed")) == (201, None)
    assert remote.get("/expenses").json["items"] == [response.json]


def test_a_create_that_others_changed_since_is_not_a_replay(
    remote: Gateway, server: DynamoDBServer, others: Gateway
) -> None:
    def change() -> None:
        (row,) = others.get("/expenses").json["items"]
        others.patch(f"/expenses/{row['expense_id']}", {"notes": "theirs"})

    server.plan = {"PutItem": [lost(change)]}
    response = remote.post("/expenses", LUNCH, **KEY)
    assert (response.status, response.headers.get("Idempotency-Replayed")) == (201, None)
    assert (response.json["notes"], response.headers["ETag"]) == ("mine", '"1"')
    assert remote.get("/expenses").json["items"][0]["notes"] == "theirs"


def test_a_create_that_another_request_made_first_is_a_replay(
    remote: Gateway, server: DynamoDBServer, others: Gateway
) -> None:
    server.plan = {"PutItem": [lost(lambda: others.post("/expenses", LUNCH, **KEY), is_made=False)]}
    assert remote.post("/expenses", LUNCH, **KEY).headers["Idempotency-Replayed"] == "true"


@IF_MATCH
def test_a_change_is_made_once_and_is_not_a_conflict(
    remote: Gateway, server: DynamoDBServer, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {"PutItem": [reset_after]}
    response = remote.patch(place, {"amount": 1}, **if_match)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert remote.get(place).headers["ETag"] == '"2"'


@IF_MATCH
def test_a_change_that_others_changed_since_neither_overwrites_nor_denies(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {"PutItem": [lost(lambda: others.patch(place, {"amount": 2}))]}
    response = remote.patch(place, {"amount": 1}, **if_match)
    assert (response.status, response.json["amount"], response.headers["ETag"]) == (200, 1, '"2"')
    assert (remote.get(place).json["amount"], remote.get(place).json["version"]) == (2, 3)


@pytest.mark.parametrize(("if_match", "status", "version"), [({"If_Match": '"1"'}, 412, 2), ({}, 200, 3)])
def test_a_change_that_never_arrived_is_made_upon_that_of_others_or_refused(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: Any, status: int, version: int
) -> None:
    server.plan = {"PutItem": [lost(lambda: others.patch(place, {"notes": "theirs"}), is_made=False)]}
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

    server.plan = {"PutItem": [lost(change_often, is_made=is_made)]}
    response = remote.patch(place, {"amount": 1})
    assert (response.status, response.json["outcome"]) == (503, "unknown")


@pytest.mark.parametrize("is_made", [True, False])
def test_a_change_of_what_was_deleted_since_is_a_404(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, is_made: bool
) -> None:
    server.plan = {"PutItem": [lost(lambda: others.delete(place), is_made=is_made)]}
    assert remote.patch(place, {"amount": 1}).status == 404
    assert remote.get("/expenses").json["items"] == []


@IF_MATCH
def test_a_change_is_not_made_to_what_was_recorded_anew_by_the_same_key(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: dict[str, str]
) -> None:
    def record_anew() -> None:
        others.delete(place)
        others.post("/expenses", {**LUNCH, "notes": "anew"}, **KEY)

    server.plan = {"PutItem": [lost(record_anew, is_made=False)]}
    assert remote.patch(place, {"amount": 1}, **if_match).status == 404
    assert (remote.get(place).json["amount"], remote.get(place).json["notes"]) == (12, "anew")


@IF_MATCH
def test_a_delete_is_made_once_and_is_not_a_404(
    remote: Gateway, server: DynamoDBServer, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {"DeleteItem": [reset_after]}
    assert remote.delete(place, **if_match).status == 204
    assert remote.get(place).status == 404


@IF_MATCH
def test_a_retried_delete_leaves_what_was_recorded_anew_by_the_same_key(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: dict[str, str]
) -> None:
    server.plan = {"DeleteItem": [lost(lambda: others.post("/expenses", {**LUNCH, "notes": "anew"}, **KEY))]}
    assert remote.delete(place, **if_match).status == 204
    assert remote.get(place).json["notes"] == "anew"


@pytest.mark.parametrize(("if_match", "status"), [({"If_Match": '"1"'}, 412), ({}, 204)])
def test_a_delete_that_never_arrived_meets_the_change_of_others(
    remote: Gateway, server: DynamoDBServer, others: Gateway, place: str, if_match: Any, status: int
) -> None:
    server.plan = {"DeleteItem": [lost(lambda: others.patch(place, {"amount": 2}), is_made=False)]}
    assert remote.delete(place, **if_match).status == status
    assert remote.get(place).status == (200 if status == 412 else 404)


def test_a_delete_of_what_others_deleted_is_a_404(
    remote: Gateway, fake: FakeDynamoDB, others: Gateway, place: str
) -> None:
    acts = [lambda: others.delete(place)]

    def delete_first(operation: str, _: object) -> None:
        if operation == "DeleteItem" and acts:
            acts.pop()()

    fake.before.append(delete_first)
    assert remote.delete(place).status == 404


def test_what_is_lost_on_the_way_there_is_made_by_the_retry(
    remote: Gateway, server: DynamoDBServer, place: str
) -> None:
    server.plan = {"PutItem": [reset_before], "DeleteItem": [reset_before]}
    assert remote.patch(place, {"amount": 1}, If_Match='"1"').status == 200
    assert remote.delete(place, If_Match='"2"').status == 204
