"""API Gateway as the tests see it: requests become proxy events, the handler's answers become responses."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.contract.document import CONTRACT
from tests.response_oracle import assert_documented

__all__ = ["CONTRACT", "RESOURCES", "Gateway", "Response"]

RESOURCES = tuple(CONTRACT["paths"])


@dataclass(frozen=True)
class Response:
    """What a client would get."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body; numbers with a fraction are decimals."""
        return json.loads(self.text, parse_float=Decimal)

    @property
    def places(self) -> list[str]:
        """The places of a problem's faults, in order."""
        return [fault.get("pointer", fault.get("parameter")) for fault in self.json["errors"]]


@dataclass(frozen=True)
class Gateway:
    """Sends requests to a handler as API Gateway does."""

    handle: Callable[[dict[str, Any]], dict[str, Any]]
    user: str | None = "amina"
    zone: str | None = None

    def as_user(self, user: str | None, zone: str | None = None) -> "Gateway":
        """Return the gateway as another user sees it; None is nobody."""
        return Gateway(self.handle, user, zone)

    def get(self, url: str, **headers: str) -> Response:
        return self.send("GET", url, headers)

    def post(self, url: str, body: Any, **headers: str) -> Response:
        return self.send("POST", url, {"Content-Type": "application/json", **headers}, body)

    def patch(self, url: str, body: Any, **headers: str) -> Response:
        return self.send("PATCH", url, {"Content-Type": "application/merge-patch+json", **headers}, body)

    def delete(self, url: str, **headers: str) -> Response:
        return self.send("DELETE", url, headers)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> Response:
        """Send a request; keys of `headers` may be Python names, and a body that is no text is sent as JSON.

        Raises `AssertionError` for an answer that is not as the contract says.
        """
        event = self.event(method, url, headers, body)
        answer = self.handle(event)
        response = Response(answer["statusCode"], answer["headers"], answer["body"])
        assert_documented(method, url, response.status, response.headers, response.text)
        return response

    def event(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> dict[str, Any]:
        """Return the proxy event of a request, with null wherever API Gateway sends null."""
        parts = urlsplit(url)
        resource, path_parameters = _route(parts.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        claims = {"sub": self.user, "token_use": "id"} | ({"zoneinfo": self.zone} if self.zone else {})
        return {
            "resource": resource,
            "path": parts.path,
            "httpMethod": method,
            "headers": names or None,
            "multiValueHeaders": {name: [value] for name, value in names.items()} or None,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": path_parameters or None,
            "stageVariables": None,
            "requestContext": {
                "requestId": str(uuid4()),
                "httpMethod": method,
                "resourcePath": resource,
                "stage": "test",
                **({} if self.user is None else {"authorizer": {"claims": claims}}),
            },
            "body": body if body is None or isinstance(body, str) else json.dumps(body, default=_as_number),
            "isBase64Encoded": False,
        }


def _route(path: str) -> tuple[str, dict[str, str]]:
    steps = path.split("/")
    for resource in RESOURCES:
        pattern = resource.split("/")
        if len(pattern) == len(steps) and all(p.startswith("{") or p == s for p, s in zip(pattern, steps, strict=True)):
            return resource, {p[1:-1]: s for p, s in zip(pattern, steps, strict=True) if p.startswith("{")}
    return path, {}


def _as_number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)
