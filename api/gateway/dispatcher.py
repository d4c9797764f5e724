"""The way of one request: proxy event in, proxy response out. Nothing is ever raised to the runtime."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any, TypeAlias

from api.gateway import proxy_event
from api.gateway.caller import Caller, caller_of
from api.gateway.cors import cors_headers
from api.gateway.problems import INTERNAL_ERROR, MEDIA_TYPE, PROBLEMS, headers_of, internal_error, problem_of
from api.gateway.telemetry import RequestContext, Telemetry
from api.openapi.contract import Contract, HttpRequest, Operation, Request, Response
from api.openapi.errors import InvalidRequest, NoSuchOperation, Violation

_ON_EVERY_RESPONSE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""No cache may keep a user's expenses. https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html"""


Check: TypeAlias = Callable[..., Sequence[Violation]]
"""Returns what is against the rules in a body that is not valid: given are the body, with `INVALID` in place of each
value that violates its schema, the service and the caller. `CHECKS` of a module of operations has it by operationId."""


class UnboundContract(RuntimeError):
    """The contract's operations and the functions for them don't match; the message names every mismatch."""


def bind(contract: Contract, modules: Collection[ModuleType]) -> dict[str, FunctionType]:
    """Return the function for each operationId, from all modules of operations. Raises `UnboundContract`.

    Every function without a leading underscore is an operation. One with a third parameter takes the caller, and so
    cannot be bound to a public operation, nor one without to any other: a slip in the
    contract cannot open an operation.
    """
    functions = {
        name: item
        for module in modules
        for name, item in vars(module).items()
        if isinstance(item, FunctionType) and item.__module__ == module.__name__ and not name.startswith("_")
    }
    checks = {name for module in modules for name in getattr(module, "CHECKS", {})}
    mismatches = [*_mismatches(contract, functions)]
    mismatches += (f"the check {name} has no operation" for name in sorted(checks - functions.keys()))
    if mismatches:
        raise UnboundContract("; ".join(mismatches))
    return functions


def _mismatches(contract: Contract, functions: Mapping[str, FunctionType]) -> Iterable[str]:
    operations = {operation.id: operation for operation in contract.operations}
    for name in sorted(operations.keys() - functions.keys()):
        yield f"the operation {name} has no function"
    for name in sorted(functions.keys() - operations.keys()):
        yield f"the function {name} has no operation"
    for name in sorted(operations.keys() & functions.keys()):
        takes_caller = functions[name].__code__.co_argcount > 2
        if takes_caller == operations[name].is_public:
            yield f"{name} {'takes a caller but is public' if takes_caller else 'takes no caller but is not public'}"


def _with_service(function: FunctionType, service: object) -> Callable[..., Response]:
    return lambda request, *caller: function(request, service, *caller)


def _check_with_service(check: Check, service: object) -> Callable[..., Sequence[Violation]]:
    return lambda body, *caller: check(body, service, *caller)


class Dispatcher:
    """Responds to API Gateway's proxy events by the functions that are bound to the contract's operations."""

    def __init__(
        self,
        contract: Contract,
        services: Mapping[ModuleType, object],
        *,
        origins: frozenset[str],
        client_ids: frozenset[str],
        telemetry: Telemetry,
    ) -> None:
        """Bind the operations. Raises `UnboundContract`.

        `services` has the service of each module of operations, `origins` the web origins that may read responses,
        `client_ids` the app clients whose ID tokens are accepted.
        """
        self._contract = contract
        service_of = {module.__name__: service for module, service in services.items()}
        self._functions = {
            name: _with_service(function, service_of[function.__module__])
            for name, function in bind(contract, services).items()
        }
        self._checks = {
            name: _check_with_service(check, service)
            for module, service in services.items()
            for name, check in getattr(module, "CHECKS", {}).items()
        }
        self._problems = {**PROBLEMS, **{e: kind for m in services for e, kind in getattr(m, "PROBLEMS", {}).items()}}
        self._cors = cors_headers(origins, contract.response_headers)
        self._client_ids = client_ids
        self._telemetry = telemetry

    def __call__(self, event: Mapping[str, Any], lambda_request_id: str = "") -> dict[str, Any]:
        """Return the proxy response to an event. Any error becomes a problem here, and nowhere else."""
        started = time.perf_counter()
        context = RequestContext(request_id=lambda_request_id, lambda_request_id=lambda_request_id)
        try:
            response = self._perform(event, context)
            body = response.serialize()
        except Exception as error:  # noqa: BLE001 — whatever happens, the caller gets a response and the log the reason
            response, body = self._problem(error, context)
        seconds = time.perf_counter() - started
        self._telemetry.request(context, response.status, seconds, response.event, response.event_count)
        headers = {**response.headers, **_ON_EVERY_RESPONSE, **self._cors(context.origin)}
        if context.operation and context.operation.negotiates:
            headers["Vary"] = ", ".join(["Accept", *([headers["Vary"]] if "Vary" in headers else [])])
        if response.body is not None:
            headers["Content-Type"] = response.media_type
        if context.is_head:
            headers["Content-Length"] = str(len(body.encode()))
            body = ""
        return proxy_event.response(response.status, headers, body)

    def _perform(self, event: Mapping[str, Any], context: RequestContext) -> Response:
        ids = proxy_event.request_ids(event)
        context.request_id = ids.extended or ids.request or context.lambda_request_id
        context.gateway_request_id = ids.request
        request = proxy_event.read(event)
        context.origin = request.origin
        context.is_head = request.raw.method == "HEAD"
        operation = context.operation = self._operation(request.raw.resource, request.raw.method)
        caller = () if operation.is_public else (caller_of(request.claims, self._client_ids),)
        response = self._functions[operation.id](self._parse(operation, request.raw, caller), *caller)
        operation.validate(response)
        return response

    def _parse(self, operation: Operation, raw: HttpRequest, caller: tuple[Caller, ...]) -> Request[Any, Any]:
        """Return a request, parsed. Raises a `RequestError`; an `InvalidRequest` also has what is against the rules."""
        try:
            return operation.parse(raw)
        except InvalidRequest as error:
            check = self._checks.get(operation.id)
            if check is None or not isinstance(error.body, dict):
                raise
            raise InvalidRequest([*error.violations, *check(error.body, *caller)]) from None

    def _operation(self, resource: str, method: str) -> Operation:
        """Return the operation of a request; HEAD is GET without a body (RFC 9110, section 9.3.2)."""
        try:
            return self._contract.match(resource, method)
        except NoSuchOperation:
            if method != "HEAD":
                raise
            return self._contract.match(resource, "GET")

    def _problem(self, error: Exception, context: RequestContext) -> tuple[Response, str]:
        """Return the response that describes an error, and its body; log the error where it is the service's own."""
        try:
            problem = problem_of(error, self._problems, context.request_id)
            response = Response(problem["status"], problem, headers_of(error), MEDIA_TYPE)
            if response.status >= INTERNAL_ERROR.status:
                self._telemetry.failure(context, error)
            if context.operation:
                context.operation.validate(response)
            return response, response.serialize()
        except Exception as second:  # noqa: BLE001 — a problem that can't be sent is an error of the service
            self._telemetry.failure(context, second)
            response = Response(INTERNAL_ERROR.status, internal_error(context.request_id), media_type=MEDIA_TYPE)
            return response, response.serialize()
