"""`make smoke`: silent about a system that keeps its contract, and loud about one that does not."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.message import Message
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.request import HTTPHandler, Request, build_opener
from urllib.response import addinfourl

import jwt
import pytest
from starlette.testclient import TestClient

from api.bootstrap import compose
from api.openapi.contract import Contract
from api.settings import Settings
from local.contract import load
from local.gateway.app import gateway
from local.identity.id_token import IdTokenVerifier, UntrustedTokenError
from tests.clock import Clock
from tests.e2e.system import PASSWORD, ROOT, System
from tests.fakes.dynamodb import FakeDynamoDB
from tools import smoke, smoke_walk
from tools.smoke_walk import Response

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHECKS = 49
PAGE = "https://app.example.com"
MAKE = shutil.which("make") or ""


@pytest.fixture(scope="module")
def email(system: System) -> str:
    return system.new_user()


@pytest.fixture(scope="module")
def token(system: System, email: str) -> str:
    return str(system.log_in(email)["IdToken"])


class Verifier(IdTokenVerifier):
    """Trusts one token, so that there need be no user pool."""

    def claims_of(self, authorization: str) -> dict[str, Any]:
        if authorization != "Bearer valid":
            raise UntrustedTokenError
        return {"sub": "amina", "aud": Settings.example().user_pool_client_id, "token_use": "id"}


@pytest.fixture(scope="module")
def in_process(contract: Contract) -> TestClient:
    """The gateway and the function in this process, over tables in memory."""
    settings, verifier = Settings.example(), Verifier("", "", jwt.PyJWKSet.__new__(jwt.PyJWKSet))
    tables = cast("DynamoDBClient", FakeDynamoDB())
    function = compose(settings, dynamodb=tables, contract=contract, clock=Clock(), write=lambda _: None)
    return TestClient(gateway(load(), verifier, function, []), follow_redirects=False)


@pytest.fixture
def nothing_is_left(system: System, token: str) -> Iterator[None]:
    """The user has no expense afterwards, and nothing in the trash."""
    user = system.client(f"Bearer {token}")
    yield
    assert user.get("/expenses").json["items"] == []
    assert user.get("/trash").json["items"] == []


def run_make(system: System, **variables: str) -> subprocess.CompletedProcess[str]:
    given = [f"{name}={value}" for name, value in {"API": system.about["api_url"], **variables}.items()]
    env = {name: value for name, value in os.environ.items() if name not in {"TOKEN", "USER_NAME", "MAKEFLAGS"}}
    return subprocess.run(
        [MAKE, "--silent", "smoke", *given], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.usefixtures("nothing_is_left")
def test_a_system_that_keeps_its_contract_passes_with_a_token(system: System, token: str) -> None:
    done = run_make(system, TOKEN=token, ORIGIN=PAGE)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == f"All {CHECKS} checks hold."
    assert token not in done.stdout


@pytest.mark.usefixtures("nothing_is_left")
def test_it_signs_in_by_itself_with_user_and_password(system: System, email: str) -> None:
    done = run_make(
        system,
        USER_NAME=email,
        PASSWORD=PASSWORD,
        CLIENT=system.about["client_id"],
        COGNITO=system.about["cognito_endpoint"],
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "an expense is recorded" in done.stdout


def test_without_a_token_it_checks_what_needs_none_and_says_so(system: System) -> None:
    done = run_make(system)

    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == [
        "No expense was recorded: that needs TOKEN, or USER_NAME and PASSWORD.",
        "All 6 checks hold.",
    ]


class Call(NamedTuple):
    """A request on its way to the system. `path` has the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Lie(NamedTuple):
    """What is changed on the way there and back; `ask` may respond by itself, and the system then sees nothing."""

    ask: Callable[[Call], Call | Response] = lambda call: call
    tell: Callable[[Call, Response], Response] = lambda _call, response: response


class LyingProxy(HTTPHandler):
    """Stands between `make smoke` and a system in this process, and passes everything on, but for one planted lie."""

    def __init__(self, system: TestClient, lie: Lie) -> None:
        super().__init__()
        self._system = system
        self._lie = lie

    def http_open(self, request: Request) -> Any:
        """Return the response as urllib has it from a socket."""
        call = self._lie.ask(Call(request.get_method(), request.selector, dict(request.header_items()), request.data))
        response = call if isinstance(call, Response) else self._lie.tell(call, self._passed_on(call))
        received: Any = addinfourl(BytesIO(response.body), response.headers, request.full_url, response.status)
        received.msg = ""  # the reason, which urllib takes from every response
        return received

    def _passed_on(self, call: Call) -> Response:
        response = self._system.request(call.method, call.path, content=call.body, headers=call.headers)
        return Response(response.status_code, _headers(response.headers), response.content)


def _headers(values: Mapping[str, str]) -> Message:
    headers = Message()
    for name, value in values.items():
        headers[name] = value
    return headers


def _with_header(response: Response, name: str, value: str) -> Response:
    response.headers.replace_header(name, value)
    return response


def _with_json(response: Response, **values: Any) -> Response:
    """Return a response with other values in its body."""
    return replace(response, body=json.dumps({**json.loads(response.body), **values}).encode())


def _list(call: Call) -> bool:
    return call.method == "GET" and call.path.startswith("/expenses?")


def _without(call: Call, header: str) -> Call:
    return call._replace(headers={name: value for name, value in call.headers.items() if name.lower() != header})


def _without_filter(call: Call, name: str) -> Call:
    path, _, query = call.path.partition("?")
    return call._replace(path=f"{path}?{'&'.join(p for p in query.split('&') if not p.startswith(name))}")


def _has_token(call: Call) -> bool:
    return "Authorization" in call.headers


def _of(path: str, **values: Any) -> Callable[[Call, Response], Response]:
    """Give the responses of a path other values."""
    return lambda call, a: _with_json(a, **values) if call.path.startswith(path + "?") and a.status == 200 else a


def _always_the_first(path: str) -> Callable[[Call, Response], Response]:
    """Give the first response of a path again and again, as a cache would."""
    first: list[Response] = []

    def tell(call: Call, response: Response) -> Response:
        if not call.path.startswith(path):
            return response
        first.append(response)
        return first[0]

    return tell


def _twice(path: str) -> Callable[[Call, Response], Response]:
    """Give the second response of a path what the first one had, under another id."""
    first: list[Response] = []

    def tell(call: Call, response: Response) -> Response:
        if call.path != path:
            return response
        first.append(response)
        return replace(first[0], body=first[0].body.replace(b'"expense_id":"', b'"expense_id":"other-'))

    return tell


LIES = {
    "an expense is recorded: status 200": Lie(
        tell=lambda call, a: replace(a, status=200) if (call.method, a.status) == ("POST", 201) else a
    ),
    "an expense is recorded: not true: the body is what was sent": Lie(
        tell=lambda call, a: _with_json(a, amount=12.3) if (call.method, a.status) == ("POST", 201) else a
    ),
    "the same request again records nothing": Lie(ask=lambda call: _without(call, "idempotency-key")),
    "every violation of the contract is reported": Lie(
        tell=lambda _call, a: _with_json(a, errors=json.loads(a.body)["errors"][:1]) if a.status == 400 else a
    ),
    "another month does not have it": Lie(ask=lambda call: _without_filter(call, "month")),
    "another year does not have it": Lie(ask=lambda call: _without_filter(call, "year")),
    "another category does not have it": Lie(ask=lambda call: _without_filter(call, "category")),
    "it is found by category and month": Lie(
        tell=lambda call, a: _with_json(a, items=[]) if _list(call) and "month=June" in call.path else a
    ),
    "it is looked up by its id": Lie(tell=lambda call, a: _with_json(a, notes=None) if call.method == "GET" else a),
    "a change of an old version is refused": Lie(ask=lambda call: _without(call, "if-match")),
    "it is changed on condition of its version: not true: the amount": Lie(
        ask=lambda call: call._replace(body=b'{"amount": 10}') if call.method == "PATCH" else call
    ),
    "it is changed on condition of its version: not true: the ETag": Lie(
        tell=lambda call, a: _with_header(a, "ETag", '"1"') if call.method == "PATCH" else a
    ),
    "a batch with the key records nothing: not true: it is a replay": Lie(
        tell=lambda _call, a: replace(a, body=a.body.replace(b'"replayed":true', b'"replayed":false'))
    ),
    "an import would record nothing: not true: it is there already": Lie(tell=_of("/import", already_there=0)),
    "nothing is erased without the words: status 200": Lie(
        ask=lambda call: Response(200, body=b"{}") if call.path == "/erase" else call
    ),
    "its category is listed: not true: the name is there": Lie(tell=_of("/categories", items=[])),
    "its category is renamed: not true: it is moved": Lie(
        tell=lambda call, a: _with_json(a, done=False) if call.path == "/categories/rename" else a
    ),
    "it is found by the name that its category has now": Lie(
        ask=lambda call: (
            Response(200, body=b'{"moved": 1, "done": true}') if call.path == "/categories/rename" else call
        )
    ),
    "a deleted expense is not found": Lie(ask=lambda call: Response(204) if call.method == "DELETE" else call),
    "the summary from 25th to 24th has it": Lie(tell=_of("/summary", items=[])),
    "the summary is without a deleted expense": Lie(tell=_always_the_first("/summary")),
    "the summary has a restored expense again": Lie(
        ask=lambda call: Response(200, body=b"{}") if call.path.endswith("/restore") else call
    ),
    "the same request again does not bring it back: status 201": Lie(
        ask=lambda call: _without(call, "idempotency-key")
    ),
    "the trash has it: not true: the newest is this one": Lie(tell=_of("/trash", items=[])),
    "the trash has it: not true: it says until when": Lie(
        tell=lambda call, a: (
            replace(a, body=a.body.replace(b"expires_at", b"expired")) if call.path.startswith("/trash") else a
        )
    ),
    "another client's copy has it": Lie(tell=_of("/changes", items=[])),
    "another client's copy is without a deleted expense": Lie(
        tell=lambda _call, a: replace(a, body=a.body.replace(b'"deleted":true', b'"deleted":false'))
    ),
    "another client's copy has a restored expense again: not true: the change": Lie(
        tell=lambda _call, a: replace(a, body=a.body.replace(b'"deleted":false', b'"deleted":true'))
    ),
    "copy has a restored expense again: not true: the version is not older": Lie(
        tell=lambda call, a: (
            replace(a, body=re.sub(rb'"version":\d+', b'"version":1', a.body))
            if call.path.startswith("/changes")
            else a
        )
    ),
    "it is restored: not true: the content is the same": Lie(
        tell=lambda call, a: _with_json(a, notes=None) if call.path.endswith("/restore") else a
    ),
    "it is restored: not true: the version goes on": Lie(
        tell=lambda call, a: _with_json(a, version=1) if call.path.endswith("/restore") and a.status == 200 else a
    ),
    "it is deleted for good: status 200": Lie(
        tell=lambda call, a: replace(a, status=200) if call.path.startswith("/trash/") else a
    ),
    "it cannot be restored any more": Lie(ask=lambda call: Response(204) if call.path.startswith("/trash/") else call),
    "what is recorded is not due again: not true: nothing is recorded": Lie(tell=_twice("/recurrences/record")),
    "GET /expenses without a token is refused": Lie(
        tell=lambda _call, a: (
            replace(a, headers=_headers({"Content-Type": "text/html"}), body=b"<html>") if a.status == 401 else a
        )
    ),
    "with a token that is not valid is refused": Lie(
        tell=lambda call, a: replace(a, status=500) if a.status == 401 and _has_token(call) else a
    ),
    "an unknown path with a token is not found: status 403": Lie(
        ask=lambda call: Response(403) if call.path == "/nothing" and _has_token(call) else call
    ),
    "a web page's preflight is answered: status 200": Lie(
        tell=lambda call, a: replace(a, status=200) if call.method == "OPTIONS" else a
    ),
    "preflight is answered: not true: the origin is allowed": Lie(
        tell=lambda call, a: (
            _with_header(a, "Access-Control-Allow-Origin", "https://other.example") if call.method == "OPTIONS" else a
        )
    ),
    "preflight is answered: not true: POST is allowed": Lie(
        tell=lambda call, a: _with_header(a, "Access-Control-Allow-Methods", "GET") if call.method == "OPTIONS" else a
    ),
    "GET /health needs no token: status 301": Lie(
        ask=lambda call: Response(301, _headers({"Location": "/expenses"})) if call.path == "/health" else call
    ),
}


def walked(system: TestClient, lie: Lie, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines of a walk through a system that lies."""
    lines: list[str] = []
    monkeypatch.setattr(smoke_walk, "build_opener", partial(build_opener, LyingProxy(system, lie)))
    smoke.run({"API": "http://127.0.0.1", "TOKEN": "valid", "ORIGIN": PAGE}, lines.append)
    return lines


def test_a_system_in_this_process_passes_unless_something_lies(
    in_process: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walked(in_process, Lie(), monkeypatch)[-1] == f"All {CHECKS} checks hold."


@pytest.mark.parametrize("failure", LIES)
def test_each_lie_of_a_server_is_found(in_process: TestClient, failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = walked(in_process, LIES[failure], monkeypatch)

    assert any(line.startswith("FAILED") and failure in line for line in lines), "\n".join(lines)


def test_an_api_that_is_not_there_fails_with_a_reason() -> None:
    lines: list[str] = []

    assert smoke.run({"API": "http://127.0.0.1:9", "TOKEN": "any"}, lines.append) > 0
    assert "no response: " in lines[0]
