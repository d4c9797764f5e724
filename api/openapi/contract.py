"""openapi.yaml, compiled: which operation a request is for, and whether the request and the answer are as it says.

Knows OpenAPI and nothing about expenses. What can be decided at start is decided at start.
https://spec.openapis.org/oas/v3.0.3
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from api.openapi.body import RawBody, RequestBody
from api.openapi.errors import ContractViolation, InvalidRequest, NoSuchOperation
from api.openapi.parameters import Parameters, RawParameters
from api.openapi.schema import CompiledSchema, pointer, translate

MAX_BREACHES = 20
"""How many of an answer's breaches are logged at the most."""


class HttpRequest(NamedTuple):
    """A request as it came, not yet judged."""

    method: str
    resource: str
    """The path as the contract writes it, such as `/expenses/{expense_id}`."""
    parameters: RawParameters
    body: RawBody


class Request(NamedTuple):
    """A request that is as the contract says."""

    parameters: Mapping[str, Any]
    """Decoded values by Python name (`If-Match` is `if_match`), defaults filled in; absent where not given."""
    body: Any


@dataclass(frozen=True, slots=True)
class Response:
    """What an operation answers; a body of None is no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    event: str = ""
    """What happened, for the metrics."""


class Operation:
    """One operation of the contract."""

    def __init__(self, operation: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        """Compile a dereferenced Operation Object. Raises `UnsupportedParameter`."""
        self.id: str = operation["operationId"]
        self.is_public = operation.get("security") == []
        self._parameters = Parameters(operation.get("parameters", ()), definitions)
        self._body = RequestBody(operation.get("requestBody"), definitions)
        self._responses = {
            int(status): _Response(response, definitions) for status, response in operation["responses"].items()
        }

    @property
    def response_headers(self) -> frozenset[str]:
        """The name of every header that some response of the operation has."""
        return frozenset().union(*(response.headers for response in self._responses.values()))

    def parse(self, raw: HttpRequest) -> Request:
        """Return the request, decoded. Raises a `RequestError`; an `InvalidRequest` has all violations."""
        values, violations = self._parameters.read(raw.parameters)
        body, body_violations = self._body.read(raw.body)
        violations += body_violations
        if violations:
            raise InvalidRequest(violations)
        return Request(values, body)

    def validate(self, answer: Response) -> None:
        """Raise `ContractViolation` unless the answer is as the contract says: status, media type, headers and body."""
        response = self._responses.get(answer.status)
        breach = response.breach(answer) if response else f"status {answer.status} is not documented"
        if breach:
            raise ContractViolation(self.id, breach)


class _Response:
    """One documented answer of an operation."""

    def __init__(self, response: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._bodies = {
            media_type: CompiledSchema(translate(content["schema"]), definitions)
            for media_type, content in response.get("content", {}).items()
        }
        headers = response.get("headers", {})
        self._headers = Parameters(
            ({"name": name, "in": "header", **header} for name, header in headers.items()), definitions
        )
        self.headers = frozenset(headers)

    def breach(self, answer: Response) -> str:
        """Return what is not as documented, by its place, or nothing."""
        if undocumented := answer.headers.keys() - self.headers:
            return f"header {min(undocumented)} of {answer.status} is not documented"
        _, violations = self._headers.read(
            RawParameters({}, {}, {name.lower(): (text,) for name, text in answer.headers.items()})
        )
        if violations:
            return f"header {violations[0].name} of {answer.status} {violations[0].message}"
        if answer.body is None:
            return f"{answer.status} must have a body" if self._bodies else ""
        schema = self._bodies.get(answer.media_type)
        if schema is None:
            return f"media type {answer.media_type} of {answer.status} is not documented"
        if schema.accepts(answer.body):
            return ""
        return "; ".join(
            f"body{pointer(path)} {detail}" for path, detail in schema.findings(answer.body)[:MAX_BREACHES]
        )


class Contract:
    """The whole contract, ready for requests."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Compile an OpenAPI 3.0 document. Raises `UnsupportedParameter`."""
        self.version: str = document["info"]["version"]
        definitions = {
            name: translate(schema) for name, schema in document.get("components", {}).get("schemas", {}).items()
        }
        self._operations = {
            (resource, method.upper()): Operation(operation, definitions)
            for resource, method, operation in _operations(document)
        }

    @property
    def operations(self) -> Iterable[Operation]:
        """Every operation."""
        return self._operations.values()

    @property
    def response_headers(self) -> frozenset[str]:
        """The name of every header that some response has."""
        return frozenset().union(*(operation.response_headers for operation in self.operations))

    def match(self, resource: str, method: str) -> Operation:
        """Return the operation at a resource (its path as the contract writes it). Raises `NoSuchOperation`."""
        operation = self._operations.get((resource, method))
        if operation is None:
            raise NoSuchOperation
        return operation


def load(directory: Path) -> Contract:
    """Compile the contract in a directory: its JSON copy, which the image build makes, or else openapi.yaml."""
    copy = directory / "openapi.json"
    if copy.exists():
        return Contract(json.loads(copy.read_bytes()))
    import yaml  # noqa: PLC0415 — only where there is no copy: the image has no PyYAML

    return Contract(yaml.safe_load((directory / "openapi.yaml").read_text(encoding="utf-8")))


_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def _operations(document: Mapping[str, Any]) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for resource, item in document["paths"].items():
        shared = [_dereferenced(document, parameter) for parameter in item.get("parameters", ())]
        for method in item.keys() & _METHODS:
            operation = item[method]
            own = [_dereferenced(document, parameter) for parameter in operation.get("parameters", ())]
            overridden = {(parameter["name"], parameter["in"]) for parameter in own}
            yield (
                resource,
                method,
                {
                    **operation,
                    "parameters": [p for p in shared if (p["name"], p["in"]) not in overridden] + own,
                    "requestBody": _dereferenced(document, operation.get("requestBody")),
                    "responses": {
                        status: _dereferenced_headers(document, _dereferenced(document, response))
                        for status, response in operation["responses"].items()
                    },
                },
            )


def _dereferenced_headers(document: Mapping[str, Any], response: Mapping[str, Any]) -> dict[str, Any]:
    headers = {name: _dereferenced(document, header) for name, header in response.get("headers", {}).items()}
    return {**response, "headers": headers}


def _dereferenced(document: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, Mapping) and "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node
