"""The way of one request: event in, answer out. Nothing is ever raised to the runtime."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import FunctionType, ModuleType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from api import proxy_event
from api.contract import Answer, Contract, Operation
from api.cors import cors_headers
from api.errors import ContractBreach, NotSignedIn
from api.ledger import Caller
from api.operations import Service
from api.problems import INTERNAL_ERROR, MEDIA_TYPE, headers_of, problem_of
from api.strict_json import dump
from api.telemetry import Telemetry

Act: TypeAlias = Callable[..., Answer]


_ON_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What somebody spends is for nobody's cache. https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html"""


class UnboundContract(RuntimeError):
    """The contract's operations and the functions for them don't match; the message names every mismatch."""


def bind(contract: Contract, module: ModuleType) -> dict[str, Act]:
    """Return the function for each operationId. Raises `UnboundContract`.

    A function with a third parameter takes the caller, and so can't be bound to a public operation, nor one without to
    any other: a slip in the contract can't open an operation.
    """
    functions = {
        name: item
        for name, item in vars(module).items()
        if isinstance(item, FunctionType) and item.__module__ == module.__name__ and not name.startswith("_")
    }
    mismatches = list(_mismatches(contract, functions))
    if mismatches:
        raise UnboundContract("; ".join(mismatches))
    return dict(functions)


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


class Dispatcher:
    """Answers API Gateway's proxy events by the functions that are bound to the contract's operations."""

    def __init__(
        self, contract: Contract, module: ModuleType, service: Service, origins: frozenset[str], telemetry: Telemetry
    ) -> None:
        """Bind the module's functions. Raises `UnboundContract`."""
        self._contract = contract
        self._acts = bind(contract, module)
        self._service = service
        self._cors = cors_headers(origins)
        self._telemetry = telemetry

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer an event. Any error becomes a problem here, and nowhere else."""
        started = time.perf_counter()
        trail = _Trail()
        try:
            answer = self._perform(event, trail)
            text = _text(answer)
        except Exception as error:  # noqa: BLE001 — whatever happens, the caller gets an answer and the log the reason
            answer = self._refuse(error, trail)
            text = _text(answer)
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

    def _perform(self, event: Mapping[str, Any], trail: _Trail) -> Answer:
        trail.request_id = proxy_event.request_id(event)
        request = proxy_event.read(event)
        trail.origin = request.origin
        operation = trail.operation = self._contract.match(request.raw.resource, request.raw.method)
        act = self._acts[operation.id]
        if operation.is_public:
            answer = act(operation.read(request.raw), self._service)
        else:
            caller = _caller(request.claims)
            answer = act(operation.read(request.raw), self._service, caller)
        operation.check(answer)
        return answer

    def _refuse(self, error: Exception, trail: _Trail) -> Answer:
        """Return the problem for an error, if need be after logging it."""
        problem = problem_of(error, trail.request_id)
        answer = Answer(problem["status"], problem, headers_of(error), MEDIA_TYPE)
        if answer.status >= INTERNAL_ERROR.status:
            self._telemetry.failure(trail.request_id, trail.operation.id if trail.operation else "none", error)
        if trail.operation and not isinstance(error, ContractBreach):
            try:
                trail.operation.check(answer)
            except ContractBreach as breach:
                return self._refuse(breach, trail)
        return answer


def _text(answer: Answer) -> str:
    return "" if answer.body is None else dump(answer.body)


def _caller(claims: Mapping[str, str]) -> Caller:
    """Return whom the authorizer vouches for. Raises `NotSignedIn` where it vouches for nobody."""
    user_id = claims.get("sub")
    if not user_id:
        raise NotSignedIn
    return Caller(user_id, _zone(claims.get("zoneinfo")))


def _zone(name: str | None) -> tzinfo:
    """Return the time zone of an IANA name; users choose their own claim, so a name that is none counts as UTC."""
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
