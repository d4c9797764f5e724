"""One client of the API, over any transport: a function that takes proxy events, or HTTP."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from requests.utils import parse_header_links
from starlette.routing import compile_path

from api.settings import Settings
from local.gateway.proxy_event import Received, proxy_event
from tests.contract.document import CONTRACT
from tests.response_oracle import assert_documented

CLIENT_ID = Settings.example().user_pool_client_id
ROUTES = {resource: compile_path(resource)[0] for resource in CONTRACT["paths"]}
"""What matches the contract's paths."""

Event = dict[str, Any]
"""A proxy event, or the proxy response to one."""


class Request(NamedTuple):
    """What a client sends. `url` is a path with its query, such as `/expenses?limit=10`; `zone` is the user's, by IANA.

    A body that is neither None, bytes nor a string is sent as JSON.
    """

    method: str
    url: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: Any = None
    user: str | None = "amina"
    zone: str | None = None

    @property
    def content(self) -> bytes:
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, default=float)  # the decimals
        return text.encode(errors="surrogatepass")


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


@dataclass(frozen=True)
class EventTransport:
    """Calls a function as API Gateway does, which has verified the user's token."""

    invoke: Callable[[Event], Event]

    def __call__(self, request: Request) -> Response:
        response = self.invoke(self.event(request))
        return Response(response["statusCode"], response["headers"], response["body"])

    def event(self, request: Request) -> Event:
        """Return the proxy event of a request, by the local gateway's own builder."""
        url = urlsplit(request.url)
        matches = ((resource, route.match(url.path)) for resource, route in ROUTES.items())
        resource, match = next((found for found in matches if found[1]), (url.path, None))
        claims = {"sub": request.user, "aud": CLIENT_ID, "token_use": "id"}
        return proxy_event(
            Received(
                request_id=str(uuid4()),
                extended_request_id=f"{uuid4().hex[:15]}=",
                at=datetime.now(UTC),
                source_ip="127.0.0.1",
                protocol="HTTP/1.1",
                method=request.method,
                path=url.path,
                query=url.query,
                headers=[(name.lower(), value) for name, value in request.headers.items()],
                body=request.content,
                resource=resource,
                path_parameters=match.groupdict() if match else {},
                claims=claims | ({"zoneinfo": request.zone} if request.zone else {}) if request.user else None,
            )
        )


@dataclass(frozen=True)
class HttpTransport:
    """Calls the API at a base URL with an Authorization header, or without one."""

    base_url: str
    authorization: str | None

    def __call__(self, request: Request) -> Response:
        url, headers = self.base_url + request.url, {"Authorization": self.authorization, **request.headers}
        response = requests.request(request.method, url, data=request.content, headers=headers, timeout=30)
        return Response(response.status_code, response.headers, response.content.decode())


@dataclass(frozen=True)
class ApiClient:
    """Calls the API as one user. Every response is held to the contract, by a library that is not ours.

    Headers may be given by their Python names: `If_Match='"1"'`.
    """

    transport: Callable[[Request], Response]
    user: str | None = "amina"
    zone: str | None = None

    def as_user(self, user: str | None, zone: str | None = None) -> "ApiClient":
        """Return a client of another user of a transport of events; None sends no token."""
        return replace(self, user=user, zone=zone)

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
        """Send a request. Raises `AssertionError` for a response that is not as the contract says."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.transport(Request(method, url, named, body, self.user, self.zone))
        assert_documented(method, url, response.status, response.headers, response.text)
        return response
