"""What happens twice, or at the same time, happens as if it happened once, or one after the other."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from api.expenses.service import ATTEMPTS
from tests.gateway import Gateway

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash"}


@pytest.fixture
def place(gateway: Gateway) -> str:
    return f"/expenses/{gateway.post('/expenses', LUNCH).json['expense_id']}"


def before_each_write(client: "DynamoDBClient", act: Callable[[], object]) -> None:
    """Run `act` just before the handler writes, as somebody quicker would; what `act` itself writes does not count."""
    busy = False

    def interfere(**_: object) -> None:
        nonlocal busy
        if not busy:
            busy = True
            act()
            busy = False

    client.meta.events.register("before-call.dynamodb.UpdateItem", interfere)


def test_a_repeated_request_with_a_key_records_one_expense(gateway: Gateway) -> None:
    first, again = (gateway.post("/expenses", LUNCH, Idempotency_Key="lunch-1") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert gateway.get("/expenses").json["count"] == 1


def test_the_order_of_members_does_not_make_a_repeated_request_another_one(gateway: Gateway) -> None:
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


@pytest.fixture
def lossy(client: "DynamoDBClient", gateway: Gateway) -> Gateway:
    """The gateway over a network that loses the answer to the first try of each write; the client tries again."""
    lost: set[str] = set()

    def lose(request: AWSPreparedRequest, event_name: str, **_: object) -> None:
        if event_name in lost or not event_name.endswith((".PutItem", ".UpdateItem")):
            return
        lost.add(event_name)
        botocore_stubber(event_name, request)
        raise ReadTimeoutError(endpoint_url="nowhere")

    client.meta.events.register_first("before-send.dynamodb", lose)
    return gateway


def test_a_recording_whose_first_answer_was_lost_is_made_once_and_is_no_repetition(lossy: Gateway) -> None:
    response = lossy.post("/expenses", LUNCH)
    assert (response.status, "Idempotency-Replayed" in response.headers) == (201, False)
    assert lossy.get("/expenses").json["count"] == 1


@pytest.mark.parametrize("tag", ['"1"', "*"])
def test_a_change_whose_first_answer_was_lost_is_made_once_and_is_no_conflict(lossy: Gateway, tag: str) -> None:
    place = f"/expenses/{lossy.post('/expenses', LUNCH).json['expense_id']}"
    assert lossy.patch(place, {"amount": 1}, If_Match=tag).headers["ETag"] == '"2"'
    assert lossy.get(place).headers["ETag"] == '"2"'


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
    refused = gateway.patch(place, {"amount": 1})
    assert refused.status == 409
    assert others == [200] * ATTEMPTS


def test_a_change_of_what_is_deleted_meanwhile_is_a_404(client: "DynamoDBClient", gateway: Gateway, place: str) -> None:
    before_each_write(client, lambda: gateway.delete(place))
    assert gateway.patch(place, {"amount": 1}).status == 404
    assert gateway.get("/expenses").json["count"] == 0
