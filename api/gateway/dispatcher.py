"""The way of one request: event in, answer out. Nothing is ever raised to the runtime."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from api.gateway import proxy_event
from api.gateway.caller import caller_of
from api.gateway.cors import cors_headers
from api.gateway.problems import INTERNAL_ERROR, MEDIA_TYPE, PROBLEMS, headers_of, problem_of
from api.gateway.telemetry import Telemetry
from api.openapi.contract import Contract, Operation, Response
from api.openapi.errors import ContractViolation

_ON_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What somebody spends is for nobody's cache. https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html"""


class UnboundContract(RuntimeError):
    """The contract's operations and the functions for them don't match; the message names every mismatch."""


def bind(contract: Contract, modules: Iterable[ModuleType]) -> dict[str, FunctionType]:
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
    mismatches = list(_mismatches(contract, functions))
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


@dataclass(slots=True)
class _Trail:
    """What is known of a request so far, for whatever may go wrong next."""

    request_id: str = ""
    origin: str = ""
    operation: Operation | None = None


def _with_service(function: FunctionType, service: object) -> Callable[..., Response]:
    return lambda request, *caller: function(request, service, *caller)


class Dispatcher:
    """Answers API Gateway's proxy events by the functions that are bound to the contract's operations."""

    def __init__(
        self,
        contract: Contract,
        services: Mapping[ModuleType, object],
        origins: frozenset[str],
        telemetry: Telemetry,
    ) -> None:
        """Bind the operations; `services` has the service of each module of operations. Raises `UnboundContract`."""
        self._contract = contract
        self._acts = {
            name: _with_service(function, services[sys.modules[function.__module__]])
            for name, function in bind(contract, services).items()
        }
        self._problems = {**PROBLEMS, **{e: kind for m in services for e, kind in getattr(m, "PROBLEMS", {}).items()}}
        self._cors = cors_headers(origins)
        self._telemetry = telemetry

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Response an event. Any error becomes a problem here, and nowhere else."""
        started = time.perf_counter()
        trail = _Trail()
        try:
            answer = self._perform(event, trail)
            text = answer.serialize()
        except Exception as error:  # noqa: BLE001 — whatever happens, the caller gets an answer and the log the reason
            answer = self._refuse(error, trail)
            text = answer.serialize()
        self._telemetry.request(
            request_id=trail.request_id,
            operation_id=trail.operation.id if trail.operation else "none",
            status=answer.status,
            seconds=time.perf_counter() - started,
            event=answer.event,
        )
        headers = {**answer.headers, **_ON_EVERY_ANSWER, **self._cors(trail.origin)}
        if text:
            headers["Content-Type"] = answer.media_type
        return proxy_event.answer(answer.status, headers, text)

    def _perform(self, event: Mapping[str, Any], trail: _Trail) -> Response:
        trail.request_id = proxy_event.request_id(event)
        request = proxy_event.read(event)
        trail.origin = request.origin
        operation = trail.operation = self._contract.match(request.raw.resource, request.raw.method)
        act = self._acts[operation.id]
        caller = () if operation.is_public else (caller_of(request.claims),)
        answer = act(operation.parse(request.raw), *caller)
        operation.validate(answer)
        return answer

    def _refuse(self, error: Exception, trail: _Trail) -> Response:
        """Return the problem for an error, if need be after logging it."""
        problem = problem_of(error, self._problems, trail.request_id)
        answer = Response(problem["status"], problem, headers_of(error), MEDIA_TYPE)
        if answer.status >= INTERNAL_ERROR.status:
            self._telemetry.failure(trail.request_id, trail.operation.id if trail.operation else "none", error)
        if trail.operation and not isinstance(error, ContractViolation):
            try:
                trail.operation.validate(answer)
            except ContractViolation as breach:
                return self._refuse(breach, trail)
        return answer
