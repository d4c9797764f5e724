"""Requests to a running API, with the standard library only, and the notes of what is not as it must be."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_SECONDS = 30
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Response:
    """What came back. `status` is 0, and `failure` says why, where nothing came."""

    status: int
    headers: Message = field(default_factory=Message)
    body: bytes = b""
    failure: str = ""

    @property
    def json(self) -> dict[str, Any]:
        """The body's object, with exact decimals; empty where the body is not a JSON object."""
        try:
            value = json.loads(self.body, parse_float=Decimal)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_problem(self) -> bool:
        """Whether this is a problem (RFC 9457) that agrees with its own status."""
        media_type = self.headers.get("Content-Type", "").partition(";")[0]
        problem = self.json
        return media_type == PROBLEM and "title" in problem and problem.get("status") in (None, self.status)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is a response like any other: the token goes nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


def request(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """Send a request, with `body` as JSON unless it is None. Never raises: a failure is a response with status 0."""
    data = None if body is None else json.dumps(body).encode()
    # `tools.smoke` has let only http and https through.
    sent = Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)  # noqa: S310
    if data is None:
        sent.remove_header("Content-type")
    try:
        with build_opener(_NoRedirect).open(sent, timeout=TIMEOUT_SECONDS) as received:
            return Response(received.status, received.headers, received.read())
    except HTTPError as received:
        with received:
            return Response(received.code, received.headers, received.read())
    except (OSError, HTTPException) as failure:
        return Response(0, failure=str(failure) or type(failure).__name__)


@dataclass
class Walk:
    """One walk through an API: `send` calls it, `check` counts what is not as it must be."""

    api: str
    token: str
    write: Callable[[str], object]
    checks: int = 0
    failures: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Response:
        """Call the API with the walk's token, or with another one; an empty one is not sent."""
        bearer = self.token if token is None else token
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if bearer:
            named["Authorization"] = f"Bearer {bearer}"
        return request(method, self.api + path, body, named)

    def check(self, what: str, response: Response, status: int, **expected: bool) -> bool:
        """Note whether a response has this status and all that is expected of it is true, each by a name to print."""
        wrong = [f"not true: {name.replace('_', ' ')}" for name, holds in expected.items() if not holds]
        if not response.status:
            wrong = [f"no response: {response.failure}"]
        elif response.status != status:
            said = response.json.get("detail") or response.json.get("message") or "no detail"
            wrong = [f"status {response.status} instead of {status} ({said})"]
        self.checks += 1
        if wrong:
            self.failures.append(f"{what}: {'; '.join(wrong)}")
        self.write(f"FAILED  {self.failures[-1]}" if wrong else f"ok      {what}")
        return not wrong
