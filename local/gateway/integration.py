"""The gateway's Lambda proxy integration, as the ASGI application behind its routing and its authorizer."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.function import Invoke
from local.gateway.decoding import CODINGS, DecodedTooLargeError, decoded
from local.gateway.limits import MAX_BODY_BYTES, MAX_PAYLOAD_BYTES, payload_bytes
from local.gateway.proxy_event import Received, proxy_event
from local.gateway.proxy_response import MalformedProxyResponseError, http_response
from local.gateway.responses import preflight, too_large, too_large_for_lambda
from local.gateway.routing import extended_request_id, route_of


class LambdaIntegration:
    """Answers every routed request: a preflight by itself, the others by the function, one after the other."""

    def __init__(self, contract: dict[str, Any], invoke: Invoke) -> None:
        self._invoke = invoke
        self._one_at_a_time = anyio.CapacityLimiter(1)
        self._preflights = {path: preflight(contract, path) for path in contract["paths"]}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises `RefusedError` if the contract has no operation for it."""
        method, resource = route_of(scope)
        if method == "OPTIONS":
            response = self._preflights[resource]
        else:
            response = await self._function_response(Request(scope, receive), resource)
        await response(scope, receive, send)

    async def _function_response(self, request: Request, resource: str) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return too_large()
        try:
            content = decoded(bytes(body), request.headers.get("Content-Encoding", ""))
        except DecodedTooLargeError:
            return too_large()
        event = proxy_event(_received(request, resource, content))
        if payload_bytes(event) > MAX_PAYLOAD_BYTES:
            return too_large_for_lambda()
        returned = await anyio.to_thread.run_sync(self._invoke, event, limiter=self._one_at_a_time)
        if payload_bytes(returned) > MAX_PAYLOAD_BYTES:
            raise MalformedProxyResponseError(f"The function's response is larger than {MAX_PAYLOAD_BYTES} bytes.")
        return http_response(returned)


def _headers(request: Request) -> list[tuple[str, str]]:
    """Return the headers as the function gets them: the coding of a body that was decompressed is gone."""
    return [
        (name, value)
        for name, value in request.headers.items()
        if not (name == "content-encoding" and value.strip().lower() in CODINGS)
    ]


def _received(request: Request, resource: str, body: bytes) -> Received:
    return Received(
        request_id=str(uuid4()),
        extended_request_id=extended_request_id(request.scope),
        at=datetime.now(UTC),
        source_ip=request.client.host if request.client else "127.0.0.1",
        protocol=f"HTTP/{request.scope['http_version']}",
        method=request.method,
        path=request.scope["raw_path"].decode(errors="replace"),
        query=request.scope["query_string"].decode(errors="replace"),
        headers=_headers(request),
        body=body,
        resource=resource,
        path_parameters=request.path_params,
        claims=request.scope["extensions"].get("connexion_context", {}).get("token_info"),
    )
