"""The gateway in front of a function that tells what it was sent."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from local.contract import load
from local.gateway import gateway
from local.gateway_answers import MAX_BODY_BYTES
from local.id_token import IdTokenVerifier, UntrustedTokenError

CONTRACT = load()
SIGNED_IN = {"Authorization": "Bearer valid"}


class Verifier(IdTokenVerifier):
    """Trusts one token, so that these tests need no keys."""

    def claims_of(self, authorization: str) -> dict[str, Any]:
        if authorization != SIGNED_IN["Authorization"]:
            raise UntrustedTokenError
        return {"sub": "u-1", "email_verified": True}


class Function:
    """Keeps the events it was sent, and answers each in the same way."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any]) -> None:
        self.events: list[dict[str, Any]] = []
        self._answer = answer

    def __call__(self, event: dict[str, Any]) -> Any:
        self.events.append(event)
        return self._answer(event)


def ok(_event: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"X-From": "function"}, "body": "{}"}


@pytest.fixture
def function() -> Function:
    return Function(ok)


def client_of(function: Function) -> TestClient:
    routes = [Route("/_local", lambda _request: PlainTextResponse("about"))]
    return TestClient(
        gateway(CONTRACT, Verifier("", "", jwt.PyJWKSet.__new__(jwt.PyJWKSet)), function, routes),
        base_url="http://127.0.0.1:8000",
        follow_redirects=False,
    )


@pytest.fixture
def client(function: Function) -> TestClient:
    return client_of(function)


def test_a_request_reaches_the_function_as_an_event(client: TestClient, function: Function) -> None:
    response = client.patch("/expenses/e-1?a=1&a=2", headers=SIGNED_IN, content=b'{"amount": 1}')

    (event,) = function.events
    assert (response.status_code, response.headers["x-from"]) == (200, "function")
    assert event["resource"] == "/expenses/{expense_id}"
    assert event["path"] == "/expenses/e-1"
    assert event["httpMethod"] == "PATCH"
    assert event["pathParameters"] == {"expense_id": "e-1"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert event["body"] == '{"amount": 1}'
    assert event["headers"]["Authorization"] == "Bearer valid"
    assert event["requestContext"]["authorizer"] == {"claims": {"sub": "u-1", "email_verified": "true"}}


def test_parameters_and_bodies_are_the_functions_business(client: TestClient, function: Function) -> None:
    client.post("/expenses?unknown=1", headers=SIGNED_IN | {"Content-Type": "text/plain"}, content=b"no JSON")

    assert [event["body"] for event in function.events] == ["no JSON"]


def test_a_public_operation_asks_for_no_token(client: TestClient, function: Function) -> None:
    assert client.get("/health").status_code == 200
    assert "authorizer" not in function.events[0]["requestContext"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}])
def test_without_a_valid_token_the_answer_is_a_401_problem_that_pages_may_read(
    client: TestClient, function: Function, headers: dict[str, str]
) -> None:
    response = client.get("/expenses", headers=headers)

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.json()["type"] == "urn:problem-type:expenses:unauthorized"
    assert function.events == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/expenses/a/b"),
        ("PUT", "/expenses"),
        ("DELETE", "/health"),
        ("HEAD", "/expenses"),
        ("HEAD", "/health"),
        ("OPTIONS", "/nothing"),
        ("GET", "/docs/nothing.js"),
    ],
)
def test_a_route_that_the_contract_has_not_is_a_404_problem_that_pages_may_read(
    client: TestClient, function: Function, method: str, path: str
) -> None:
    response = client.request(method, path, headers=SIGNED_IN)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert method == "HEAD" or response.json()["type"] == "urn:problem-type:expenses:not-found"
    assert function.events == []


def test_a_slash_at_the_end_changes_the_path_of_the_event_and_not_its_route(
    client: TestClient, function: Function
) -> None:
    assert client.get("/health/").status_code == 200
    assert (function.events[0]["resource"], function.events[0]["path"]) == ("/health", "/health/")


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/expenses", "GET,OPTIONS,POST"), ("/expenses/e-1", "DELETE,GET,OPTIONS,PATCH"), ("/health", "GET,OPTIONS")],
)
def test_a_preflight_needs_no_token_and_tells_the_methods_of_its_path(
    client: TestClient, path: str, methods: str
) -> None:
    response = client.options(path, headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"})

    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-methods"] == methods
    assert (
        response.headers["access-control-allow-headers"]
        == "Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match"
    )


def test_the_largest_body_is_passed_on(client: TestClient, function: Function) -> None:
    assert client.post("/expenses", headers=SIGNED_IN, content=b"a" * MAX_BODY_BYTES).status_code == 200
    assert len(function.events[0]["body"]) == MAX_BODY_BYTES


def test_a_larger_body_is_refused_in_the_gateways_own_words(client: TestClient, function: Function) -> None:
    response = client.post("/expenses", headers=SIGNED_IN, content=b"a" * (MAX_BODY_BYTES + 1))

    assert (response.status_code, response.headers["content-type"]) == (413, "application/json")
    assert function.events == []


def test_an_answer_that_is_none_is_a_problem_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    response = client_of(Function(lambda _event: {"errorMessage": "secret"})).get("/health")

    assert (response.status_code, response.json()["title"]) == (502, "The service gave no answer")
    assert "secret" not in response.text
    assert "no statusCode" in caplog.text


def test_an_answer_that_does_not_come_is_a_504_problem() -> None:
    def never(_event: dict[str, Any]) -> None:
        raise TimeoutError

    response = client_of(Function(never)).get("/health")

    assert (response.status_code, response.json()["type"]) == (504, "urn:problem-type:expenses:gateway-timeout")


def test_the_function_gets_one_event_at_a_time() -> None:
    busy = threading.Lock()
    overlaps = []

    def slowly(event: dict[str, Any]) -> dict[str, Any]:
        overlaps.append(not busy.acquire(blocking=False))
        time.sleep(0.01)
        busy.release()
        return ok(event)

    with client_of(Function(slowly)) as client, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.get("/health"), range(8)))

    assert overlaps == [False] * 8


def test_routes_of_this_machine_are_answered_beside_the_contracts(client: TestClient) -> None:
    assert client.get("/_local").text == "about"
