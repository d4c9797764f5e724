"""What is sent twice, or by two at the same time, is done as if it was sent once, or one after the other."""

from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import ApiClient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash"}


@pytest.fixture
def place(api: ApiClient) -> str:
    return f"/expenses/{api.post('/expenses', LUNCH).json['expense_id']}"


def before_each_write(client: "DynamoDBClient", act: Callable[[], object]) -> None:
    """Run `act` just before the handler writes, as another request would; what `act` itself writes does not count."""
    is_busy = False

    def interfere(**_: object) -> None:
        nonlocal is_busy
        if not is_busy:
            is_busy = True
            Context().run(act)  # another request has a deadline of its own
            is_busy = False

    client.meta.events.register("before-call.dynamodb.PutItem", interfere)
    client.meta.events.register("before-call.dynamodb.TransactWriteItems", interfere)


def test_a_repeated_request_with_a_key_records_one_expense(api: ApiClient) -> None:
    first, again = (api.post("/expenses", LUNCH, Idempotency_Key="lunch-1") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert api.get("/expenses").json["count"] == 1


def test_the_order_of_properties_does_not_make_a_repeated_request_another_one(api: ApiClient) -> None:
    api.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    assert api.post("/expenses", dict(reversed(LUNCH.items())), Idempotency_Key="lunch-1").status == 201


def test_a_repeated_request_is_answered_with_the_expense_as_it_is_now(api: ApiClient) -> None:
    first = api.post("/expenses", LUNCH, Idempotency_Key="lunch-1").json
    api.patch(f"/expenses/{first['expense_id']}", {"amount": 10})
    again = api.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    assert (again.json["amount"], again.headers["ETag"]) == (10, '"2"')


def test_a_key_that_recorded_another_expense_is_refused(api: ApiClient) -> None:
    api.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    refused = api.post("/expenses", {**LUNCH, "amount": 1}, Idempotency_Key="lunch-1")
    assert refused.status == 422
    assert api.get("/expenses").json["count"] == 1


@pytest.mark.parametrize(
    "again",
    [
        '{"category":" Food","amount":12.350,"payment_method":"Cash"}',
        '{"payment_method":"Cash ","amount":1235e-2,"category":"Food"}',
    ],
)
def test_the_same_request_in_another_notation_is_a_repeated_one(api: ApiClient, again: str) -> None:
    api.post("/expenses", LUNCH, Idempotency_Key="lunch-1")
    assert api.post("/expenses", again, Idempotency_Key="lunch-1").headers["Idempotency-Replayed"] == "true"


def test_without_a_key_two_like_requests_record_two_expenses(api: ApiClient) -> None:
    api.post("/expenses", LUNCH)
    api.post("/expenses", LUNCH)
    assert api.get("/expenses").json["count"] == 2


@pytest.mark.parametrize("tag", ['"1"', "*"])
def test_a_change_at_the_expected_version_is_made(api: ApiClient, place: str, tag: str) -> None:
    assert api.patch(place, {"amount": 1}, If_Match=tag).headers["ETag"] == '"2"'


def test_a_change_from_a_stale_form_is_refused_and_says_which_version_there_is(api: ApiClient, place: str) -> None:
    api.patch(place, {"notes": "theirs"})
    refused = api.patch(place, {"amount": 1}, If_Match='"1"')
    assert refused.status == 412
    assert "version 2" in refused.json["detail"]
    assert api.get(place).json["amount"] != 1


def test_a_delete_from_a_stale_form_is_refused(api: ApiClient, place: str) -> None:
    api.patch(place, {"notes": "theirs"})
    assert api.delete(place, If_Match='"1"').status == 412
    assert api.delete(place, If_Match='"2"').status == 204


def test_two_changes_at_the_same_time_both_last(client: "DynamoDBClient", api: ApiClient, place: str) -> None:
    quicker = iter([{"notes": "theirs"}])
    before_each_write(client, lambda: [api.patch(place, patch) for patch in list(quicker)])
    mine = api.patch(place, {"amount": 1})
    assert mine.status == 200
    assert (mine.json["amount"], mine.json["notes"], mine.json["version"]) == (1, "theirs", 3)


def test_a_change_at_an_expected_version_is_not_made_on_top_of_a_quicker_one(
    client: "DynamoDBClient", api: ApiClient, place: str
) -> None:
    before_each_write(client, lambda: api.patch(place, {"notes": "theirs"}))
    assert api.patch(place, {"amount": 1}, If_Match='"1"').status == 412


def test_a_change_that_others_are_always_quicker_than_is_a_conflict(
    client: "DynamoDBClient", api: ApiClient, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dynamodb.contention.ATTEMPTS", 3)
    others: list[Any] = []
    before_each_write(client, lambda: others.append(api.patch(place, {"notes": str(len(others))}).status))
    assert api.patch(place, {"amount": 1}).status == 409
    assert others == [200] * 3
    assert api.get(place).json["amount"] != 1


def test_a_delete_that_others_are_always_quicker_than_is_a_conflict(
    client: "DynamoDBClient", api: ApiClient, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dynamodb.contention.ATTEMPTS", 3)
    before_each_write(client, lambda: api.patch(place, {"notes": "theirs"}))
    assert api.delete(place).status == 409
    assert api.get(place).status == 200


def test_a_delete_at_an_expected_version_is_not_made_on_top_of_a_quicker_change(
    client: "DynamoDBClient", api: ApiClient, place: str
) -> None:
    before_each_write(client, lambda: api.patch(place, {"notes": "theirs"}))
    assert api.delete(place, If_Match='"1"').status == 412
    assert api.get(place).status == 200


def test_a_change_of_what_is_deleted_meanwhile_is_a_404(client: "DynamoDBClient", api: ApiClient, place: str) -> None:
    before_each_write(client, lambda: api.delete(place))
    assert api.patch(place, {"amount": 1}).status == 404
    assert api.get("/expenses").json["count"] == 0
