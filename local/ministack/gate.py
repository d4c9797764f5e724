"""Who may call what of MiniStack: anyone what Cognito asks no credentials for, and this machine the rest of two APIs.

Any web page can send this machine requests, and read the responses that CORS lets it: MiniStack's of all its services.
So only what is known to be harmless goes through, by method, path and target; nothing else of MiniStack is served.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services import cognito

from local.addresses import is_loopback, is_private
from local.identity.rules import SERVICE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = SERVICE.metadata["targetPrefix"] + "."
NEEDS_NO_CREDENTIALS = {
    PREFIX + name: SERVICE.operation_model(name).auth_type == "none" for name in SERVICE.operation_names
}
DYNAMODB = "DynamoDB_20120810."
PAGES = (
    *("GET /login", "POST /login", "GET /logout", "GET /oauth2/authorize", "POST /oauth2/token"),
    *("GET /oauth2/userInfo", "POST /oauth2/userInfo"),
)
DOCUMENTS = ("jwks.json", "openid-configuration")
CODES = "/_local/codes/"


def gate(ministack: "ASGIApp") -> "ASGIApp":
    """Return the ASGI application to serve."""

    async def gated(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        if scope["type"] == "lifespan":
            await ministack(scope, receive, send)
            return
        path, headers = scope["path"], dict(scope["headers"])
        request = f"{scope['method']} {path}"
        pool_id, _, document = path[1:].partition("/.well-known/")
        target = headers.get(b"x-amz-target", b"").decode("latin-1")
        is_call = request == "POST /" and not scope["query_string"]  # a query could name another API
        is_from_here = b"origin" not in headers and is_loopback(scope["client"][0])
        if request in ("GET /login", "GET /oauth2/authorize"):
            scope = {**scope, "path": "/oauth2/authorize"}
            _allow_callback(parse_qs(scope["query_string"].decode("latin-1")))
        if (
            (is_call and NEEDS_NO_CREDENTIALS.get(target))
            or (is_call and is_from_here and (target in NEEDS_NO_CREDENTIALS or target.startswith(DYNAMODB)))
            or request in PAGES
            or (scope["method"] == "GET" and document in DOCUMENTS and cognito._get_pool_unscoped(pool_id))
            or scope["method"] == "OPTIONS"
        ):
            await ministack(scope, receive, send)
        elif is_from_here and request.startswith("GET " + CODES):
            code = {"code": _code_sent_to(path.removeprefix(CODES))}
            await app._send_response(send, *cognito.json_response(code))
        else:
            refused = cognito.error_response_json("AccessDeniedException", "Not for this caller.", 403)
            await app._send_response(send, *refused)

    return gated


def _allow_callback(query: dict[str, list[str]]) -> None:
    """Let the login page send users back to any page of this machine or its network, whatever port it is served at."""
    client = cognito._find_pool_by_client_id(query.get("client_id", [""])[0])[2]
    url = query.get("redirect_uri", [""])[0]
    if client and is_private(url) and url not in client["CallbackURLs"]:
        client["CallbackURLs"].append(url)


def _code_sent_to(email: str) -> Any:
    """Return the code that an address was sent, unless it has been used."""
    for user in (user for pool in cognito._user_pools.all_values() for user in pool["_users"].values()):
        if user.get("_email_change", ("",))[0] == email:
            return user["_email_change"][1]
        if cognito._attr_list_to_dict(user["Attributes"]).get("email") == email:
            return user.get("_reset_code") or user.get("_confirmation_code")
    return None
