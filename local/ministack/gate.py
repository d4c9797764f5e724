"""Who may call what of MiniStack, which asks for no credentials and lets every web page read its responses.

A web page can send requests to this machine. So a request goes through only if its host, method, path and target make
it one of these: a page of Cognito's; a call that Cognito itself asks no credentials for; from this machine, and not
from a web page, another call of Cognito or DynamoDB. MiniStack routes by many other parts of a request, too.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services import cognito

from local.addresses import is_from_here, is_private, names_this_machine
from local.identity.rules import SERVICE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

COGNITO = SERVICE.metadata["targetPrefix"] + "."
DYNAMODB = "DynamoDB_20120810."
CALLS = {COGNITO + name for name in SERVICE.operation_names}
PUBLIC_CALLS = {COGNITO + name for name in SERVICE.operation_names if SERVICE.operation_model(name).auth_type == "none"}
LOGIN_PAGES = {"GET /login", "GET /oauth2/authorize"}
PAGES = {"POST /login", "GET /logout", "POST /oauth2/token", "GET /oauth2/userInfo", "POST /oauth2/userInfo"}
DOCUMENTS = {"jwks.json", "openid-configuration"}
MOST_CALLBACKS = 50
"""How many addresses the login page has been allowed to send users back to are kept besides the configured one."""
CODES = "/_local/codes/"


def gate(ministack: "ASGIApp") -> "ASGIApp":
    """Return the ASGI application to serve."""

    async def gated(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "lifespan":
            await ministack(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif not names_this_machine(_header(scope, b"host")):
            await _refuse(send)
        elif scope["method"] == "OPTIONS":  # a preflight: MiniStack's response to it is the same everywhere
            await ministack({**scope, "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}, receive, send)
        elif _line(scope) in LOGIN_PAGES:
            _allow_callback(parse_qs(scope["query_string"].decode("latin-1")))
            await ministack({**scope, "path": "/oauth2/authorize"}, receive, send)
        elif _is_public(scope) or (_is_from_here(scope) and _is_call(scope)):
            await ministack(scope, receive, send)
        elif _is_from_here(scope) and _line(scope).startswith("GET " + CODES):
            code = _code_sent_to(scope["path"].removeprefix(CODES))
            await app._send_response(send, *cognito.json_response({"code": code}))
        else:
            await _refuse(send)

    return gated


def _is_from_here(scope: "Scope") -> bool:
    return is_from_here(scope["client"][0], scope["server"][0]) and not _header(scope, b"origin")


def _is_public(scope: "Scope") -> bool:
    pool_id, _, document = scope["path"][1:].partition("/.well-known/")
    is_document = scope["method"] == "GET" and document in DOCUMENTS and cognito._get_pool_unscoped(pool_id) is not None
    return is_document or _line(scope) in PAGES or (_is_call(scope) and _header(scope, b"x-amz-target") in PUBLIC_CALLS)


def _is_call(scope: "Scope") -> bool:
    """Return whether a request calls Cognito or DynamoDB by its target; a query could name another service."""
    target = _header(scope, b"x-amz-target")
    is_served = target in CALLS or target.startswith(DYNAMODB)
    return _line(scope) == "POST /" and not scope["query_string"] and is_served


def _line(scope: "Scope") -> str:
    return f"{scope['method']} {scope['path']}"


def _header(scope: "Scope", name: bytes) -> str:
    """Return a header's values in one, as MiniStack reads them; empty where it is absent."""
    return b", ".join(value for each, value in scope["headers"] if each == name).decode("latin-1")


async def _refuse(send: "Send") -> None:
    await app._send_response(send, *cognito.error_response_json("AccessDeniedException", "Not for this caller.", 403))


def _allow_callback(query: dict[str, list[str]]) -> None:
    """Let the login page send users back to any page of this machine or its network, whatever port it is served at."""
    client = cognito._find_pool_by_client_id(query.get("client_id", [""])[0])[2]
    url = query.get("redirect_uri", [""])[0]
    if client and is_private(url) and url not in client["CallbackURLs"]:
        configured, *allowed = client["CallbackURLs"]
        client["CallbackURLs"] = [configured, *allowed[-MOST_CALLBACKS:], url]


def _code_sent_to(email: str) -> Any:
    """Return the code that an address was sent, unless it has been used."""
    for user in (user for pool in cognito._user_pools.all_values() for user in pool["_users"].values()):
        if user.get("_email_change", (None,))[0] == email:
            return user["_email_change"][1]
        if cognito._attr_list_to_dict(user["Attributes"]).get("email") == email:
            return user.get("_reset_code") or user.get("_confirmation_code")
    return None
