"""API Gateway on this machine: Connexion routes by the contract and asks for the token; the function does the rest.

As on AWS, the gateway refuses what has no route or no valid ID token, answers preflights, and hands everything else to
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
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from local.contract import routed
from local.function import Invoke
from local.gateway_answers import FUNCTION_FAILED, NO_SUCH_ROUTE, TOO_LATE, UNAUTHORIZED, RefusedError, problem
from local.id_token import IdTokenVerifier, UntrustedTokenError
from local.integration import LambdaIntegration

logger = logging.getLogger(__name__)


def gateway(
    contract: dict[str, Any], verifier: IdTokenVerifier, invoke: Invoke, own_routes: Sequence[BaseRoute]
) -> ASGIApp:
    """Return the gateway as an ASGI application.

    `own_routes` are this machine's, besides the contract's.
    """
    application = ConnexionMiddleware(
        Router(own_routes, default=LambdaIntegration(contract, invoke)),
        middlewares=[
            partial(ExceptionMiddleware, handlers=REFUSALS),
            RoutesOfApiGateway,
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
        try:
            return self._verifier.claims_of(request.headers.get("Authorization", ""))
        except UntrustedTokenError:
            raise RefusedError(UNAUTHORIZED) from None


class RoutesOfApiGateway:
    """Where Starlette, which Connexion routes with, finds other routes than API Gateway.

    Starlette answers HEAD wherever there is GET, and redirects a path that ends with a slash.
    """

    def __init__(self, next_app: ASGIApp) -> None:
        self._next_app = next_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request on. Raises `RefusedError` for HEAD."""
        if scope["type"] == "http":
            if scope["method"] == "HEAD":
                raise RefusedError(NO_SUCH_ROUTE)
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._next_app(scope, receive, send)


def _refuse(_request: Request, error: Exception) -> Response:
    return problem(error.refusal if isinstance(error, RefusedError) else NO_SUCH_ROUTE)


def _too_late(_request: Request, _error: Exception) -> Response:
    return problem(TOO_LATE)


def _hang_up(_request: Request, _error: Exception) -> Response:
    return Response()  # the client has gone: nobody gets this


def _fail(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(FUNCTION_FAILED)


REFUSALS = {
    RefusedError: _refuse,
    HTTPException: _refuse,
    TimeoutError: _too_late,
    ClientDisconnect: _hang_up,
    Exception: _fail,
}
"""How each error is answered. Starlette's own are about routes and methods that do not exist."""
