"""The gateway in front of a function that records the events it receives."""

import gzip
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import jwt
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from local.contract import load
from local.function import UnreachableFunctionError
from local.gateway.app import gateway
from local.gateway.limits import MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_PAYLOAD_BYTES, payload_bytes
from local.identity.id_token import IdTokenVerifier, UntrustedTokenError

CONTRACT = load()
SIGNED_IN = {"Authorization": "Bearer valid"}


class Verifier(IdTokenVerifier):
    """Trusts one token, so that these tests need no keys."""

    def claims_of(self, authorization: str) -> dict[str, Any]:
        if authorization != SIGNED_IN["Authorization"]:
            raise UntrustedTokenError
        return {"sub": "u-1", "email_verified": True}


class Function:
    """Keeps the events it received, and returns the same kind of response to each."""

    def __init__(self, respond: Callable[[dict[str, Any]], Any]) -> None:
        self.events: list[dict[str, Any]] = []
        self._respond = respond

    def __call__(self, event: dict[str, Any]) -> Any:
        self.events.append(event)
        return self._respond(event)


def ok(_event: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"X-From": "function"}, "body": "{}"}


def fail_with(error: Exception) -> Callable[[dict[str, Any]], Any]:
    def fail(_event: dict[str, Any]) -> None:
        raise error

    return fail


@pytest.fixture
def function() -> Function:
    return Function(ok)


DEPLOYED = [Function(ok)]
"""The function that the gateway invokes is the last one: to make a gateway takes longer than most tests do."""


@cache
def the_gateway() -> ASGIApp:
    routes = [Route("/_local", lambda _request: PlainTextResponse("about"))]
    verifier = Verifier("", "", jwt.PyJWKSet.__new__(jwt.PyJWKSet))

    def invoke(event: dict[str, Any]) -> Any:
        return DEPLOYED[-1](event)

    return gateway(CONTRACT, verifier, invoke, routes)


def client_of(function: Function) -> TestClient:
    DEPLOYED[:] = [function]
    return TestClient(the_gateway(), base_url="http://127.0.0.1:8000", follow_redirects=False)


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


def test_parameters_and_bodies_are_not_validated_here(client: TestClient, function: Function) -> None:
    client.post("/expenses?unknown=1", headers=SIGNED_IN | {"Content-Type": "text/plain"}, content=b"no JSON")

    assert [event["body"] for event in function.events] == ["no JSON"]


def test_a_public_operation_needs_no_token(client: TestClient, function: Function) -> None:
    assert client.get("/health").status_code == 200
    assert "authorizer" not in function.events[0]["requestContext"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}])
def test_a_missing_or_invalid_token_is_a_401_problem_that_pages_may_read(
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
        ("HEAD", "/nothing"),
        ("OPTIONS", "/nothing"),
        ("GET", "/docs/nothing.js"),
        ("GET", "//expenses"),
        ("GET", "/expenses//"),
        ("GET", "/expenses//e-1"),
        ("GET", "/health%2F"),
        ("GET", "/health%0A"),
        ("GET", "/health%00"),
        ("GET", "/health%20"),
        ("GET", "/expenses%2Fe-1"),
    ],
)
@pytest.mark.parametrize("headers", [{}, SIGNED_IN])
def test_an_unknown_route_is_a_404_problem_with_and_without_a_token(
    client: TestClient, function: Function, method: str, path: str, headers: dict[str, str]
) -> None:
    response = client.request(method, f"http://127.0.0.1:8000{path}", headers=headers)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert method == "HEAD" or response.json()["type"] == "urn:problem-type:expenses:not-found"
    assert function.events == []


@pytest.mark.parametrize(
    "sent", ["e-1%0A", "e-1%0D%0A", "e-1%20", "%20e-1", "a%2Fb", "a%252Fb", "%2E%2E", "%00", "%FF", "a;b"]
)
def test_a_path_parameter_arrives_percent_encoded_behind_the_authorizer(
    client: TestClient, function: Function, sent: str
) -> None:
    unsigned = client.get(f"/expenses/{sent}")
    signed = client.get(f"/expenses/{sent}", headers=SIGNED_IN)

    (event,) = function.events
    assert (unsigned.status_code, signed.status_code) == (401, 200)
    assert event["pathParameters"] == {"expense_id": sent}
    assert event["path"] == f"/expenses/{sent}"


def test_whitespace_around_the_value_of_a_header_is_not_part_of_it(client: TestClient, function: Function) -> None:
    response = client.get("/expenses", headers={"Authorization": "Bearer valid \t", "If-Match": '  "1"  '})

    assert response.status_code == 200
    assert function.events[0]["headers"]["If-Match"] == '"1"'
    assert function.events[0]["multiValueHeaders"]["Authorization"] == ["Bearer valid"]


@pytest.mark.parametrize("path", ["/health", "/expenses", "/expenses/e-1"])
def test_head_reaches_the_function_where_there_is_get(client: TestClient, function: Function, path: str) -> None:
    response = client.head(path, headers=SIGNED_IN)

    assert response.status_code == 200
    assert function.events[0]["httpMethod"] == "HEAD"
    assert function.events[0]["resource"] in CONTRACT["paths"]


def test_head_needs_the_token_that_get_needs(client: TestClient, function: Function) -> None:
    assert client.head("/expenses").status_code == 401
    assert function.events == []


def test_a_slash_at_the_end_changes_the_path_of_the_event_and_not_its_route(
    client: TestClient, function: Function
) -> None:
    assert client.get("/health/").status_code == 200
    assert (function.events[0]["resource"], function.events[0]["path"]) == ("/health", "/health/")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/expenses", {"GET", "OPTIONS", "POST"}),
        ("/expenses/e-1", {"DELETE", "GET", "OPTIONS", "PATCH"}),
        ("/health", {"GET", "OPTIONS"}),
    ],
)
def test_a_preflight_needs_no_token_and_lists_the_methods_of_its_path(
    client: TestClient, path: str, methods: set[str]
) -> None:
    response = client.options(path, headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"})

    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert set(response.headers["access-control-allow-methods"].split(",")) - {"HEAD"} == methods
    assert (
        response.headers["access-control-allow-headers"]
        == "Authorization,Content-Type,Idempotency-Key,If-Match,If-None-Match"
    )


def test_an_event_of_lambdas_largest_size_is_passed_on_and_a_larger_one_is_a_413(
    client: TestClient, function: Function
) -> None:
    client.post("/expenses", headers=SIGNED_IN, content=b"a")
    room = MAX_PAYLOAD_BYTES - payload_bytes(function.events[0])

    larger, largest = (
        client.post("/expenses", headers=SIGNED_IN, content=b"a" * size) for size in (room + 99, room - 99)
    )

    assert (larger.status_code, larger.json()) == (413, {"message": "Request Entity Too Large"})
    assert largest.status_code == 200
    assert len(function.events[1]["body"]) == room - 99


def test_a_body_larger_than_the_gateways_limit_is_a_413_that_is_not_a_problem(
    client: TestClient, function: Function
) -> None:
    response = client.post("/expenses", headers=SIGNED_IN, content=b"a" * (MAX_BODY_BYTES + 1))

    assert (response.status_code, response.headers["content-type"]) == (413, "application/json")
    assert "exceeded" in response.json()["message"]
    assert function.events == []


def test_a_response_larger_than_lambda_passes_on_is_a_502() -> None:
    large = Function(lambda _event: {"statusCode": 200, "body": "a" * MAX_PAYLOAD_BYTES})

    assert client_of(large).get("/health").status_code == 502


@pytest.mark.parametrize("name", ["X-Large", "Authorization"])
def test_headers_beyond_the_gateways_limit_are_a_431(client: TestClient, function: Function, name: str) -> None:
    assert client.get("/health", headers={name: "a" * (MAX_HEAD_BYTES - 200)}).status_code == 200

    response = client.get("/health", headers={name: "a" * MAX_HEAD_BYTES})

    assert (response.status_code, len(function.events)) == (431, 1)


def test_a_path_too_long_for_the_authorizer_is_a_414(client: TestClient, function: Function) -> None:
    assert client.get(f"/expenses/{'a' * 1500}", headers=SIGNED_IN).status_code == 200

    response = client.get(f"/expenses/{'a' * 1600}", headers=SIGNED_IN)

    assert (response.status_code, response.headers["content-type"]) == (414, "application/problem+json")
    assert len(function.events) == 1


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_compressed_body_reaches_the_function_decompressed(
    client: TestClient, function: Function, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    headers = SIGNED_IN | {"Content-Encoding": coding}

    client.post("/expenses", headers=headers, content=compress('{"notes": "Café"}'.encode()))

    assert function.events[0]["body"] == '{"notes": "Café"}'
    assert "Content-Encoding" not in function.events[0]["headers"]


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"cut off", mtime=0)[:-9]], ids=["other", "cut off"])
def test_a_body_that_is_not_in_its_coding_is_a_400(client: TestClient, function: Function, body: bytes) -> None:
    response = client.post("/expenses", headers=SIGNED_IN | {"Content-Encoding": "gzip"}, content=body)

    assert (response.status_code, function.events) == (400, [])
    assert response.headers["content-type"] == "application/problem+json"


def test_a_small_body_that_decompresses_beyond_the_limit_is_a_413(client: TestClient, function: Function) -> None:
    bomb = gzip.compress(b"a" * (MAX_BODY_BYTES + 1))

    response = client.post("/expenses", headers=SIGNED_IN | {"Content-Encoding": "gzip"}, content=bomb)

    assert (response.status_code, function.events) == (413, [])


@pytest.mark.parametrize(
    ("size", "accepted", "coding"),
    [(1024, "gzip, deflate, br", "gzip"), (1023, "gzip", None), (1024, "identity", None), (1024, "br", None)],
)
def test_a_response_of_1_kib_is_compressed_for_a_client_that_accepts_it(
    size: int, accepted: str, coding: str | None
) -> None:
    client = client_of(Function(lambda _event: {"statusCode": 200, "body": "a" * size}))

    response = client.get("/health", headers={"Accept-Encoding": accepted})

    assert response.headers.get("content-encoding") == coding
    assert response.text == "a" * size


def test_a_chunked_body_arrives_whole(client: TestClient, function: Function) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"amount"'
        yield b": 1}"

    client.post("/expenses", headers=SIGNED_IN, content=chunks())

    assert function.events[0]["body"] == '{"amount": 1}'
    assert "Transfer-Encoding" not in function.events[0]["headers"]


def test_a_malformed_response_is_a_502_problem_that_leaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    response = client_of(Function(lambda _event: {"errorMessage": "secret"})).get("/health")

    assert (response.status_code, response.json()["type"]) == (502, "urn:problem-type:expenses:bad-gateway")
    assert "status" not in response.json()
    assert "secret" not in response.text
    assert "no statusCode" in caplog.text


def test_a_broken_connection_to_the_function_is_a_502_problem() -> None:
    response = client_of(Function(fail_with(ConnectionResetError()))).get("/health")

    assert response.status_code == 502


def test_an_unreachable_function_is_a_503_problem(caplog: pytest.LogCaptureFixture) -> None:
    response = client_of(Function(fail_with(UnreachableFunctionError("no emulator at secret:9")))).get("/health")

    assert (response.status_code, response.json()["status"], response.headers["retry-after"]) == (503, 503, "1")
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "no emulator at secret:9" in caplog.text


def test_a_response_that_is_late_is_a_504_problem() -> None:
    response = client_of(Function(fail_with(TimeoutError()))).get("/health")

    assert (response.status_code, response.json()["type"]) == (504, "urn:problem-type:expenses:gateway-timeout")


def test_the_two_request_ids_differ_and_are_new_in_each_event(client: TestClient, function: Function) -> None:
    for _ in range(2):
        client.get("/health")

    contexts = [event["requestContext"] for event in function.events]
    assert len({context[name] for context in contexts for name in ("requestId", "extendedRequestId")}) == 4


def test_a_problem_of_the_gateway_has_the_extended_request_id_of_its_request() -> None:
    function = Function(lambda _event: None)

    problem = client_of(function).get("/health").json()

    assert problem["instance"] == function.events[0]["requestContext"]["extendedRequestId"]


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


def test_local_routes_are_served_beside_the_contracts(client: TestClient) -> None:
    assert client.get("/_local").text == "about"
