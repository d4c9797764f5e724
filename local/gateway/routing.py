"""Routes as API Gateway has them: those of the contract, and a preflight for each path.

Connexion routes with Starlette, whose HEAD wherever there is GET is the deployed gateway's too.
"""

import secrets
from base64 import b64encode
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from api.openapi.document import operations
from local.gateway.limits import MAX_HEAD_BYTES, head_bytes
from local.gateway.responses import NO_SUCH_ROUTE, NOT_READABLE, RefusedError

PRINTABLE_ASCII = bytes(range(0x21, 0x7F))


class Route(NamedTuple):
    """What a request was routed to."""

    method: str
    """In upper case. HEAD is routed as GET."""
    resource: str
    """The path of the contract that matched, such as `/expenses/{expense_id}`."""


def routed(contract: dict[str, Any]) -> dict[str, Any]:
    """Return what Connexion routes by: the contract with preflights, and with the route of each operation as its id."""
    paths = {path: dict(item) for path, item in contract["paths"].items()}
    for operation in operations(contract):
        route = f"{operation.method.upper()} {operation.path}"
        paths[operation.path][operation.method] = operation.definition | {"operationId": route}
    for path, item in paths.items():
        item["options"] = {
            "operationId": f"OPTIONS {path}",
            "security": [],
            "responses": {"204": {"description": "What a web page of another origin may send."}},
        }
    return contract | {"paths": paths, "servers": [{"url": "/"}]}


def route_of(scope: Scope) -> Route:
    """Return the route that Connexion found for a request. Raises `RefusedError` if there is none."""
    operation_id = scope.get("extensions", {}).get("connexion_routing", {}).get("operation_id")
    if operation_id is None:
        raise RefusedError(NO_SUCH_ROUTE)
    method, _, resource = operation_id.partition(" ")
    return Route(method, resource)


def extended_request_id(scope: Scope) -> str:
    """Return the gateway's own id of a request, the same at each call. A client cannot choose it."""
    state = scope.setdefault("state", {})
    made: str = state.setdefault("extended_request_id", b64encode(secrets.token_bytes(11)).decode())
    return made


class AsReceived:
    """Gives Connexion each request as API Gateway reads it.

    - The path stays percent-encoded, so that no `%2F` parts it, no `%0A` ends it, and parameters arrive as they were
      sent. One slash at its end counts for nothing; an empty segment matches no route.
    - Whitespace around the value of a header is not part of it (RFC 9110, 5.5); not every HTTP server strips it.
    """

    def __init__(self, next_app: ASGIApp) -> None:
        self._next_app = next_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. Raises `RefusedError` for a path with an empty segment, and for too large a head."""
        if scope["type"] == "http":
            extended_request_id(scope)  # before the copy, so that the responses to errors have it too
            if head_bytes(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"]) > MAX_HEAD_BYTES:
                raise RefusedError(NOT_READABLE, 431)
            path = quote(scope["raw_path"], safe=PRINTABLE_ASCII)
            if "//" in path:
                raise RefusedError(NO_SUCH_ROUTE)
            headers = [(name, value.strip(b" \t")) for name, value in scope["headers"]]
            scope = {**scope, "path": path.removesuffix("/") or "/", "headers": headers}
        await self._next_app(scope, receive, send)
