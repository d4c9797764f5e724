"""Whatever DynamoDB does, over real sockets: the caller gets a response in time, and it says what is known."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session

from api.dynamodb import dynamodb_client
from tests.client import ApiClient, Request
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import (
    Behaviour,
    DynamoDBServer,
    Exchange,
    cancel,
    drip,
    drip_head,
    hang_after,
    hang_before,
    refuse,
    reset_after,
    reset_before,
)
from tests.integration.conftest import ApiOver
from tests.seed import expense, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash", "date": "2025-06-14"}
KEPT = expense(1, category="Food")
PLACE = f"/expenses/{KEPT['expense_id']}"
SECONDS = 0.5
SLACK = 0.25
"""What a busy machine may take on top of a deadline."""
WRITE = "TransactWriteItems"
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "create": ("POST", "/expenses", LUNCH),
    "list": ("GET", "/expenses", None),
    "get": ("GET", PLACE, None),
    "change": ("PATCH", PLACE, {"amount": 1}),
    "annotate": ("PATCH", PLACE, {"notes": "longer"}),
    "delete": ("DELETE", PLACE, None),
    "restore": ("POST", f"{PLACE}/restore", None),
    "purge": ("DELETE", PLACE.replace("expenses", "trash"), None),
    "trash": ("GET", "/trash", None),
    "empty": ("DELETE", "/trash", None),
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def _kept(fake: FakeDynamoDB) -> None:
    put(fake, "amina", [KEPT])


@pytest.fixture
def hurried(api_over: ApiOver, remote_client: "DynamoDBClient") -> ApiClient:
    """The handler with half a second for each request."""
    return api_over(remote_client, seconds=SECONDS)


def always(behaviour: Behaviour, *operations: str) -> dict[str, list[Behaviour]]:
    return {operation: [behaviour] * 20 for operation in operations}


@contextmanager
def lasting_at_most(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


@pytest.mark.parametrize("behaviour", [hang_before, drip_head, drip, reset_before])
@pytest.mark.parametrize("request_name", ["create", "list", "change"])
def test_a_response_comes_in_time_whatever_dynamodb_does(
    hurried: ApiClient, server: DynamoDBServer, request_name: str, behaviour: Behaviour
) -> None:
    server.plan = always(behaviour, WRITE, "GetItem", "Query")
    method, url, body = REQUESTS[request_name]
    with lasting_at_most(SECONDS + SLACK):
        response = hurried.transport(Request(method, url, JSON, body))
    assert (response.status, response.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize(("request_name", "operation"), [("change", WRITE), ("delete", WRITE), ("annotate", "PutItem")])
def test_a_write_that_hangs_after_its_read_is_a_503_in_time(
    hurried: ApiClient, server: DynamoDBServer, request_name: str, operation: str
) -> None:
    server.plan = always(hang_after, operation)
    method, url, body = REQUESTS[request_name]
    with lasting_at_most(SECONDS + SLACK):
        response = hurried.transport(Request(method, url, JSON, body))
    assert response.json["outcome"] == "unknown"


@pytest.mark.parametrize("request_name", REQUESTS)
def test_no_call_is_begun_after_the_deadline(
    api_over: ApiOver, remote_client: "DynamoDBClient", server: DynamoDBServer, request_name: str
) -> None:
    method, url, body = REQUESTS[request_name]
    late = api_over(remote_client, seconds=0).send(method, url, JSON, body)
    assert (late.status, late.json["outcome"]) == (503, "unchanged")
    assert server.requests == []


@pytest.mark.parametrize("behaviour", [hang_before, drip, reset_before, refuse(500, "InternalServerError")])
def test_what_fails_once_is_made_over_another_attempt(
    remote: ApiClient, server: DynamoDBServer, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour
) -> None:
    monkeypatch.setattr("api.dynamodb.calls.ATTEMPT_SECONDS", 0.3)
    server.plan = {"GetItem": [behaviour]}
    assert remote.get(PLACE).status == 200
    assert server.requests == ["GetItem", "GetItem"]


def test_a_connection_serves_the_next_request_after_one_that_hung(remote: ApiClient, server: DynamoDBServer) -> None:
    server.plan = {"GetItem": [Exchange.respond, reset_after]}
    assert [remote.get(PLACE).status for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(
    ("request_name", "operation", "behaviour", "outcome"),
    [
        ("create", WRITE, reset_after, "unknown"),
        ("create", WRITE, refuse(500, "InternalServerError"), "unknown"),
        ("create", WRITE, refuse(503, "ServiceUnavailable"), "unknown"),
        ("create", WRITE, refuse(400, "ThrottlingException"), "unchanged"),
        ("create", WRITE, cancel("None", "ProvisionedThroughputExceeded"), "unchanged"),
        ("annotate", "PutItem", refuse(400, "ThrottlingException"), "unchanged"),
        ("annotate", "PutItem", reset_after, "unknown"),
        ("change", "GetItem", reset_after, "unchanged"),
        ("delete", WRITE, reset_before, "unknown"),
        ("delete", WRITE, refuse(400, "ProvisionedThroughputExceededException"), "unchanged"),
        ("get", "GetItem", reset_after, "unchanged"),
        ("list", "Query", refuse(500, "InternalServerError"), "unchanged"),
    ],
)
def test_a_503_says_whether_the_write_may_have_been_made(
    remote: ApiClient,
    server: DynamoDBServer,
    request_name: str,
    operation: str,
    behaviour: Behaviour,
    outcome: str,
) -> None:
    server.plan = always(behaviour, operation)
    method, url, body = REQUESTS[request_name]
    response = remote.send(method, url, JSON, body)
    assert (response.status, response.json["outcome"]) == (503, outcome)
    assert response.json["detail"].startswith("Nothing was changed." if outcome == "unchanged" else "The request may")


def test_a_write_that_was_never_sent_was_not_made(
    api_over: ApiOver, aws_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    response = api_over(dynamodb_client(aws_session)).post("/expenses", LUNCH)
    assert (response.status, response.json["outcome"]) == (503, "unchanged")


def garbled(exchange: Exchange) -> None:
    status, body = exchange.make()
    exchange.send(status, body[: len(body) // 2], checksum=False)


def cut_short(exchange: Exchange) -> None:
    status, body = exchange.make()
    exchange.send(status, body[:-1], checksum=False, length=len(body))
    exchange.handler.close_connection = True


def damaged(exchange: Exchange) -> None:
    exchange.send_damaged(*exchange.make())


def empty(exchange: Exchange) -> None:
    exchange.send(200, b"", checksum=False)


def null(exchange: Exchange) -> None:
    exchange.send(200, b'{"Item": null}', checksum=False)


def nothing(exchange: Exchange) -> None:
    exchange.send(200, b"{}", checksum=False)


@pytest.mark.parametrize("behaviour", [garbled, cut_short, damaged, empty, null])
def test_a_response_that_is_cut_is_not_a_404(remote: ApiClient, server: DynamoDBServer, behaviour: Behaviour) -> None:
    server.plan = always(behaviour, "GetItem")
    assert remote.get(PLACE).status == 503
    server.plan = {"GetItem": [behaviour]}
    assert remote.get(PLACE).status == 200


@pytest.mark.parametrize("behaviour", [garbled, cut_short, damaged, empty, nothing])
def test_a_list_that_is_cut_is_not_an_empty_one(
    remote: ApiClient, server: DynamoDBServer, behaviour: Behaviour
) -> None:
    server.plan = always(behaviour, "Query")
    assert remote.get("/expenses").status == 503
    server.plan = {"Query": [behaviour]}
    assert remote.get("/expenses").json["count"] == 1


def test_a_write_whose_response_is_cut_is_made_once(
    remote: ApiClient, fake: FakeDynamoDB, server: DynamoDBServer
) -> None:
    server.plan = {WRITE: [cut_short]}
    assert remote.patch(PLACE, {"amount": 1}, If_Match='"1"').headers["ETag"] == '"2"'
    assert [row["version"] for row in fake.items] == [{"N": "2"}]


def test_a_list_that_runs_out_of_time_returns_what_it_has_with_a_cursor(
    api_over: ApiOver,
    remote_client: "DynamoDBClient",
    fake: FakeDynamoDB,
    server: DynamoDBServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.deadline.RESERVED_SECONDS", 0.2)

    def slowly(exchange: Exchange) -> None:
        exchange.is_over.wait(0.06)
        exchange.respond()

    rows = [expense(10 + n, date(1990 + n, 6, 1)) for n in range(12)]
    put(fake, "amina", rows)
    server.plan = {"Query": [slowly] * 200}
    api = api_over(remote_client, seconds=0.6)
    found: list[str] = []
    pages, query = 0, "month=June"
    while query:
        with lasting_at_most(0.6 + SLACK):
            page = api.transport(Request("GET", f"/expenses?{query}")).json
        found += [row["expense_id"] for row in page["items"]]
        pages += 1
        query = f"month=June&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert pages > 1
    assert found == [KEPT["expense_id"], *(row["expense_id"] for row in reversed(rows))]


def test_a_list_that_fails_midway_returns_what_it_has_with_a_cursor(
    remote: ApiClient, fake: FakeDynamoDB, server: DynamoDBServer
) -> None:
    put(fake, "amina", [expense(2, date(2020, 6, 1))])
    server.plan = {"Query": [Exchange.respond] * 2 + [refuse(500, "InternalServerError")] * 4}
    page = remote.get("/expenses?month=June").json
    assert [row["expense_id"] for row in page["items"]] == [KEPT["expense_id"]]
    assert remote.get(f"/expenses?month=June&cursor={page['next_cursor']}").json["count"] == 1
