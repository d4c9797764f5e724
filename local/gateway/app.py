"""The local gateway, put together: Connexion routes by the contract and checks the token; the function does the rest.

As on AWS, the gateway refuses what has no route or no valid ID token, answers preflights, and passes everything else to
the function as a proxy event. It does not look into parameters and bodies: the function does.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from connexion.middleware import ConnexionMiddleware  # type: ignore[import-untyped]
from connexion.middleware.routing import RoutingMiddleware  # type: ignore[import-untyped]
from connexion.middleware.security import SecurityMiddleware  # type: ignore[import-untyped]
from connexion.resolver import Resolver  # type: ignore[import-untyped]
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp

from local.function import Invoke, UnreachableFunctionError
from local.gateway.integration import LambdaIntegration
from local.gateway.limits import MAX_METHOD_ARN_BYTES, method_arn_bytes
from local.gateway.responses import (
    FUNCTION_FAILED,
    FUNCTION_UNREACHABLE,
    NO_SUCH_ROUTE,
    NOT_READABLE,
    TIMED_OUT,
    UNAUTHORIZED,
    RefusedError,
    problem,
)
from local.gateway.routing import AsReceived, extended_request_id, routed
from local.identity.id_token import IdTokenVerifier, UntrustedTokenError

logger = logging.getLogger(__name__)

MINIMUM_COMPRESSION_BYTES = 1024
"""From which size on a response is compressed for a client that accepts it; as in infra/gateway/component.py."""


def gateway(
    contract: dict[str, Any], verifier: IdTokenVerifier, invoke: Invoke, local_routes: Sequence[BaseRoute]
) -> ASGIApp:
    """Return the gateway as an ASGI application. `local_routes` are this machine's, besides the contract's."""
    integration = GZipMiddleware(LambdaIntegration(contract, invoke), minimum_size=MINIMUM_COMPRESSION_BYTES)
    application = ConnexionMiddleware(
        Router(local_routes, redirect_slashes=False, default=integration),
        middlewares=[
            partial(ExceptionMiddleware, handlers=ERROR_RESPONSES),
            AsReceived,
            RoutingMiddleware,
            SecurityMiddleware,
        ],
    )
    application.add_api(
        routed(contract),
        resolver=Resolver(lambda operation_id: operation_id),
        security_map={"bearer": partial(CognitoAuthorizer, verifier)},
    )
    return cast("ASGIApp", application)


class CognitoAuthorizer:
    """The security handler that Connexion asks for the claims of a request's bearer token."""

    def __init__(self, verifier: IdTokenVerifier) -> None:
        self._verifier = verifier

    def get_fn(self, _scheme: object, _scopes: object) -> Callable[[Request], dict[str, Any]]:
        """Return the check of one operation's requests; it is the same for all."""
        return self._claims

    def _claims(self, request: Request) -> dict[str, Any]:
        if method_arn_bytes(request.method, request.scope["path"]) > MAX_METHOD_ARN_BYTES:
            raise RefusedError(NOT_READABLE, 414)
        try:
            return self._verifier.claims_of(request.headers.get("Authorization", ""))
        except UntrustedTokenError:
            raise RefusedError(UNAUTHORIZED) from None


def _respond(response_type: str, request: Request, status: int | None = None) -> Response:
    return problem(response_type, extended_request_id(request.scope), status)


def _refuse(request: Request, error: Exception) -> Response:
    if isinstance(error, RefusedError):
        return _respond(error.response_type, request, error.status)
    return _respond(NO_SUCH_ROUTE, request)


def _time_out(request: Request, _error: Exception) -> Response:
    return _respond(TIMED_OUT, request)


def _hang_up(_request: Request, _error: Exception) -> Response:
    return Response()  # the client has gone: nothing is sent


def _unreachable(request: Request, error: Exception) -> Response:
    logger.error("%s %s: %s", request.method, request.url.path, error)
    return _respond(FUNCTION_UNREACHABLE, request)


def _fail(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _respond(FUNCTION_FAILED, request)


ERROR_RESPONSES = {
    RefusedError: _refuse,
    HTTPException: _refuse,
    TimeoutError: _time_out,
    ClientDisconnect: _hang_up,
    UnreachableFunctionError: _unreachable,
    Exception: _fail,
}
"""The response to each error. Starlette's own are about routes and methods that do not exist."""
