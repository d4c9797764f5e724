"""One client of the API, over any transport.

ApiClient ── EventTransport   a function that takes proxy events: the dispatcher in this process, Lambda's emulator
          └─ HttpTransport    a base URL: the local system, or a deployed stack
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from requests.utils import parse_header_links

from api.settings import Settings
from local.gateway.proxy_event import Received, proxy_event
from tests.contract.document import CONTRACT
from tests.response_oracle import assert_documented

RESOURCES = tuple(CONTRACT["paths"])
CLIENT_ID = Settings.example().user_pool_client_id

Event = dict[str, Any]
"""A proxy event, or the proxy response to one."""


@dataclass(frozen=True)
class Request:
    """What a client sends. `url` is a path with its query, such as `/expenses?limit=10`."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What a client gets."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body; numbers with a fraction are decimals."""
        return json.loads(self.text, parse_float=Decimal)

    @property
    def links(self) -> dict[str, str]:
        """The targets of the `Link` header, as they stand, by their relations."""
        return {link["rel"]: link["url"] for link in parse_header_links(self.headers.get("Link", ""))}

    @property
    def pointers(self) -> list[str]:
        """Where a problem's violations are, in order: a JSON Pointer into the body, or a parameter's name."""
        return [violation.get("pointer", violation.get("parameter")) for violation in self.json["errors"]]


class Transport(Protocol):
    """Carries the requests of one user."""

    def __call__(self, request: Request) -> Response: ...

    def as_user(self, user: str | None, zone: str | None) -> Self:
        """Return the transport for another user, by name and IANA time zone; None sends no token."""


@dataclass(frozen=True)
class EventTransport:
    """Calls a function as API Gateway does, which has verified the token."""

    invoke: Callable[[Event], Event]
    user: str | None = "amina"
    zone: str | None = None

    def __call__(self, request: Request) -> Response:
        response = self.invoke(self.event(request))
        return Response(response["statusCode"], response["headers"], response["body"])

    def as_user(self, user: str | None, zone: str | None) -> Self:
        return replace(self, user=user, zone=zone)

    def event(self, request: Request) -> Event:
        """Return the proxy event of a request, by the local gateway's own builder."""
        parts = urlsplit(request.url)
        resource, path_parameters = _route(parts.path)
        return proxy_event(
            Received(
                request_id=str(uuid4()),
                extended_request_id=f"{uuid4().hex[:15]}=",
                at=datetime.now(UTC),
                source_ip="127.0.0.1",
                protocol="HTTP/1.1",
                method=request.method,
                path=parts.path,
                query=parts.query,
                headers=[(name.lower(), value) for name, value in request.headers.items()],
                body=request.body,
                resource=resource,
                path_parameters=path_parameters,
                claims=None if self.user is None else self._claims(self.user),
            )
        )

    def _claims(self, user: str) -> dict[str, str]:
        zone = {"zoneinfo": self.zone} if self.zone else {}
        return {"sub": user, "aud": CLIENT_ID, "token_use": "id", **zone}


@dataclass(frozen=True)
class HttpTransport:
    """Calls an API at a base URL, such as `https://1a2b3c.execute-api.eu-west-1.amazonaws.com/prod`."""

    base_url: str
    authorization_of: Callable[[str, str | None], str | None]
    """Signs in a user, by name and time zone, and returns the Authorization header; None for no header."""
    user: str | None = "amina"
    zone: str | None = None

    def __call__(self, request: Request) -> Response:
        authorization = None if self.user is None else self.authorization_of(self.user, self.zone)
        response = requests.request(
            request.method,
            self.base_url.rstrip("/") + request.url,
            data=request.body,
            headers={**({} if authorization is None else {"Authorization": authorization}), **request.headers},
            timeout=30,
        )
        return Response(response.status_code, response.headers, response.content.decode())

    def as_user(self, user: str | None, zone: str | None) -> Self:
        return replace(self, user=user, zone=zone)


@dataclass(frozen=True)
class ApiClient:
    """Calls the API as one user. Every response is held to the contract, by a library that is not ours.

    Headers may be given by their Python names: `If_Match='"1"'`.
    """

    transport: Transport

    def as_user(self, user: str | None, zone: str | None = None) -> "ApiClient":
        """Return a client of another user; None sends no token."""
        return ApiClient(self.transport.as_user(user, zone))

    def get(self, url: str, **headers: str) -> Response:
        return self.send("GET", url, headers)

    def post(self, url: str, body: Any = None, **headers: str) -> Response:
        return self.send("POST", url, {"Content-Type": "application/json", **headers}, body)

    def put(self, url: str, body: Any, **headers: str) -> Response:
        return self.send("PUT", url, {"Content-Type": "application/json", **headers}, body)

    def patch(self, url: str, body: Any, **headers: str) -> Response:
        return self.send("PATCH", url, {"Content-Type": "application/merge-patch+json", **headers}, body)

    def delete(self, url: str, **headers: str) -> Response:
        return self.send("DELETE", url, headers)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> Response:
        """Send a request; a body that is neither None, bytes nor a string is sent as JSON.

        Raises `AssertionError` for a response that is not as the contract says.
        """
        response = self.transport(request(method, url, headers, body))
        assert_documented(method, url, response.status, response.headers, response.text)
        return response


def request(method: str, url: str, headers: Mapping[str, str] = MappingProxyType({}), body: Any = None) -> Request:
    """Return a request from what is convenient to write in a test; see `ApiClient.send`."""
    return Request(method, url, {name.replace("_", "-"): value for name, value in headers.items()}, _octets(body))


def _octets(body: Any) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    text = body if isinstance(body, str) else json.dumps(body, default=float)  # the decimals
    return text.encode(errors="surrogatepass")


def _route(path: str) -> tuple[str, dict[str, str]]:
    """Return the contract's path that matches, with its parameters as they were sent."""
    steps = path.split("/")
    for resource in RESOURCES:
        pattern = resource.split("/")
        if len(pattern) == len(steps) and all(p.startswith("{") or p == s for p, s in zip(pattern, steps, strict=True)):
            return resource, {p[1:-1]: s for p, s in zip(pattern, steps, strict=True) if p.startswith("{")}
    return path, {}
