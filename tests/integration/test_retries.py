"""What is sent twice, or by two at the same time, is done as if it was sent once, or one after the other."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from api.deadline import deadline
from tests.gateway import Gateway

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash"}


@pytest.fixture
def place(gateway: Gateway) -> str:
    return f"/expenses/{gateway.post('/expenses', LUNCH).json['expense_id']}"


def before_each_write(client: "DynamoDBClient", act: Callable[[], object]) -> None:
    """Run `act` just before the handler writes, as another request would; what `act` itself writes does not count."""
    is_busy = False

    def interfere(**_: object) -> None:
        nonlocal is_busy
        if not is_busy:
            is_busy = True
            act()
            is_busy = False

    client.meta.events.register("before-call.dynamodb.PutItem", interfere)
    client.meta.events.register("before-call.dynamodb.DeleteItem", interfere)


def test_a_repeated_request_with_a_key_records_one_expense(gateway: Gateway) -> None:
    first, again = (gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert gateway.get("/expenses").json["count"] == 1


def test_the_order_of_properties_does_not_make_a_repeated_request_another_one(gateway: Gateway) -> None:
    gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    assert gateway.post("/expenses", dict(reversed(LUNCH.items())), Idempotency_Key="lunch-1").status == 201


def test_a_repeated_request_is_answered_with_the_expense_as_it_is_now(gateway: Gateway) -> None:
    first = gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1").json
    gateway.patch(f"/expenses/{first['expense_id']}", {"amount": 10})
    again = gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    assert (again.json["amount"], again.headers["ETag"]) == (10, '"2"')


def test_a_key_that_recorded_another_expense_is_refused(gateway: Gateway) -> None:
    gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    refused = gateway.post("/expenses", {**LUNCH, "amount": 1}, Idempotency_Key="lunch-1")
    assert refused.status == 422
    assert gateway.get("/expenses").json["count"] == 1


@pytest.mark.parametrize(
    "again",
    [
        '{"category":" Food","amount":12.350,"payment_method":"Cash"}',
        '{"payment_method":"Cash ","amount":1235e-2,"category":"Food"}',
    ],
)
def test_the_same_request_in_another_notation_is_a_repeated_one(gateway: Gateway, again: str) -> None:
    gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    assert gateway.post("/expenses", again, Idempotency_Key="lunch-1").headers["Idempotency-Replayed"] == "true"


def test_without_a_key_two_like_requests_record_two_expenses(gateway: Gateway) -> None:
    gateway.post("/expenses", LUNCH)
    gateway.post("/expenses", LUNCH)
    assert gateway.get("/expenses").json["count"] == 2


@pytest.mark.parametrize("tag", ['"1"', "*"])
def test_a_change_at_the_expected_version_is_made(gateway: Gateway, place: str, tag: str) -> None:
    assert gateway.patch(place, {"amount": 1}, If_Match=tag).headers["ETag"] == '"2"'


def test_a_change_from_a_stale_form_is_refused_and_says_which_version_there_is(gateway: Gateway, place: str) -> None:
    gateway.patch(place, {"notes": "theirs"})
    refused = gateway.patch(place, {"amount": 1}, If_Match='"1"')
    assert refused.status == 412
    assert "version 2" in refused.json["detail"]
    assert gateway.get(place).json["amount"] != 1


def test_a_delete_from_a_stale_form_is_refused(gateway: Gateway, place: str) -> None:
    gateway.patch(place, {"notes": "theirs"})
    assert gateway.delete(place, If_Match='"1"').status == 412
    assert gateway.delete(place, If_Match='"2"').status == 204


def test_two_changes_at_the_same_time_both_last(client: "DynamoDBClient", gateway: Gateway, place: str) -> None:
    quicker = iter([{"notes": "theirs"}])
    before_each_write(client, lambda: [gateway.patch(place, patch) for patch in list(quicker)])
    mine = gateway.patch(place, {"amount": 1})
    assert mine.status == 200
    assert (mine.json["amount"], mine.json["notes"], mine.json["version"]) == (1, "theirs", 3)


def test_a_change_at_an_expected_version_is_not_made_on_top_of_a_quicker_one(
    client: "DynamoDBClient", gateway: Gateway, place: str
) -> None:
    before_each_write(client, lambda: gateway.patch(place, {"notes": "theirs"}))
    assert gateway.patch(place, {"amount": 1}, If_Match='"1"').status == 412


def test_a_change_that_others_are_always_quicker_than_is_a_conflict(
    client: "DynamoDBClient", gateway: Gateway, place: str
) -> None:
    others: list[Any] = []
    before_each_write(client, lambda: others.append(gateway.patch(place, {"notes": str(len(others))}).status))
    with deadline(0.3):
        refused = gateway.patch(place, {"amount": 1})
    assert refused.status == 409
    assert len(others) > 1
    assert set(others) == {200}
    assert gateway.get(place).json["amount"] != 1


def test_a_delete_that_others_are_always_quicker_than_is_a_conflict(
    client: "DynamoDBClient", gateway: Gateway, place: str
) -> None:
    before_each_write(client, lambda: gateway.patch(place, {"notes": "theirs"}))
    with deadline(0.3):
        assert gateway.delete(place).status == 409
    assert gateway.get(place).status == 200


def test_a_delete_at_an_expected_version_is_not_made_on_top_of_a_quicker_change(
    client: "DynamoDBClient", gateway: Gateway, place: str
) -> None:
    before_each_write(client, lambda: gateway.patch(place, {"notes": "theirs"}))
    assert gateway.delete(place, If_Match='"1"').status == 412
    assert gateway.get(place).status == 200


def test_a_change_of_what_is_deleted_meanwhile_is_a_404(client: "DynamoDBClient", gateway: Gateway, place: str) -> None:
    before_each_write(client, lambda: gateway.delete(place))
    assert gateway.patch(place, {"amount": 1}).status == 404
    assert gateway.get("/expenses").json["count"] == 0
