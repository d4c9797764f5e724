"""The gateway's Lambda proxy integration, as the ASGI application behind its routing and its authorizer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.contract import paths_by_operation, preflight_id
from local.function import Invoke
from local.gateway_answers import MAX_BODY_BYTES, NO_SUCH_ROUTE, RefusedError, preflight, too_large
from local.proxy_answer import http_response
from local.proxy_event import Received, proxy_event


class LambdaIntegration:
    """Answers every routed request: a preflight by itself, the others by the function, one after the other."""

    def __init__(self, contract: dict[str, Any], invoke: Invoke) -> None:
        self._invoke = invoke
        self._one_at_a_time = anyio.CapacityLimiter(1)
        self._paths = paths_by_operation(contract)
        self._preflights = {preflight_id(path): preflight(contract, path) for path in contract["paths"]}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises `RefusedError` if the contract has no operation for it."""
        operation_id = _routing(scope).get("operation_id")
        if operation_id is None:
            raise RefusedError(NO_SUCH_ROUTE)
        response = self._preflights.get(operation_id) or await self._function_answers(
            Request(scope, receive), self._paths[operation_id]
        )
        await response(scope, receive, send)

    async def _function_answers(self, request: Request, path: str) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return too_large()
        event = proxy_event(_received(request, path, bytes(body)))
        return http_response(await anyio.to_thread.run_sync(self._invoke, event, limiter=self._one_at_a_time))


def _received(request: Request, path: str, body: bytes) -> Received:
    return Received(
        request_id=str(uuid4()),
        at=datetime.now(UTC),
        source_ip=request.client.host if request.client else "127.0.0.1",
        protocol=f"HTTP/{request.scope['http_version']}",
        method=request.method,
        path=request.scope["raw_path"].decode(errors="replace"),
        query=request.scope["query_string"].decode(errors="replace"),
        headers=request.headers.items(),
        body=body,
        resource=path,
        path_parameters=request.path_params,
        claims=request.scope["extensions"].get("connexion_context", {}).get("token_info"),
    )


def _routing(scope: Scope) -> Mapping[str, Any]:
    routing: Mapping[str, Any] = scope.get("extensions", {}).get("connexion_routing", {})
    return routing
