"""Who may call what: web pages and other machines what Cognito asks no AWS credentials for, and this machine all."""

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ministack.services import cognito

from local.addresses import is_loopback, is_private
from local.identity.rules import SERVICE, code_sent_to

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = SERVICE.metadata["targetPrefix"] + "."
SERVED = (PREFIX, "DynamoDB_20120810.")
PUBLIC = {PREFIX + name for name in SERVICE.operation_names if SERVICE.operation_model(name).auth_type == "none"}
PAGES = ("/login", "/logout", "/oauth2/authorize", "/oauth2/token", "/oauth2/userInfo")
CODES = "/_local/codes/"


def gate(ministack: "ASGIApp") -> "ASGIApp":
    """Return the ASGI application to serve."""

    async def gated(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await ministack(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        target, path = headers.get(b"x-amz-target", ""), scope["path"]
        if path in ("/login", "/oauth2/authorize") and scope["method"] == "GET":
            scope = {**scope, "path": "/oauth2/authorize"}
            _allow_callback(parse_qs(scope["query_string"].decode("latin-1")))
        if target in PUBLIC or path in PAGES or path.endswith("/.well-known/jwks.json") or scope["method"] == "OPTIONS":
            await ministack(scope, receive, send)
        elif not target.startswith(SERVED) and not path.startswith(CODES):
            await _respond(send, 404, {"__type": "UnknownOperationException"})
        elif b"origin" in headers or not is_loopback(scope["client"][0]):
            await _respond(send, 403, {"__type": "AccessDeniedException"})
        elif target:
            await ministack(scope, receive, send)
        else:
            await _respond(send, 200, {"code": code_sent_to(path.removeprefix(CODES))})

    return gated


def _allow_callback(query: dict[str, list[str]]) -> None:
    """Let the login page send users back to any page of this machine or its network, whatever port it is served at."""
    client = cognito._find_pool_by_client_id(query.get("client_id", [""])[0])[2]
    uri = query.get("redirect_uri", [""])[0]
    if client and uri not in client["CallbackURLs"] and is_private(urlsplit(uri).hostname or ""):
        client["CallbackURLs"].append(uri)


async def _respond(send: "Send", status: int, body: object) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
