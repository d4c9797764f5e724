"""One operation of a contract: requests parsed, and responses validated, by what the contract says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from api.openapi.body import RawBody, RequestBody, body_schemas
from api.openapi.document import OperationObject
from api.openapi.errors import ContractViolation, InvalidRequest, NotAcceptable
from api.openapi.media_type import essence, is_json
from api.openapi.negotiation import preferred
from api.openapi.parameters import Parameters, RawParameters
from api.openapi.schema import CompiledSchema, Schemas, pointer
from api.openapi.strict_json import dump

MAX_RESPONSE_VIOLATIONS = 20
"""How many violations of a response `ContractViolation` names at most."""

P = TypeVar("P")
B = TypeVar("B")


class HttpRequest(NamedTuple):
    """A request as it came, not validated.

    HttpRequest("GET", "/pets/{pet_id}", RawParameters(path={"pet_id": ["7"]}, query={}, header={}), path="/v1/pets/7")
    """

    method: str
    """In upper case."""
    resource: str
    """The path as the contract writes it, such as `/pets/{pet_id}`."""
    parameters: RawParameters
    body: RawBody = RawBody()
    path: str = ""
    """The path as the client wrote it, with any prefix such as a stage: `/v1/pets/7`."""


class Request(NamedTuple, Generic[P, B]):
    """A request that is as the contract says: `Request[ListPetsParameters, None]` to a type checker."""

    parameters: P
    """Decoded values by Python name (`If-Match` is `if_match`), defaults filled in; absent where not given:
    `{"pet_id": "7", "limit": 25}`."""
    body: B
    """The decoded JSON; the string itself for another media type; None where there is none."""
    path: str = ""
    """The path as the client wrote it, for references that are relative to it."""
    content_type: str = ""
    """The media type of the body, without parameters; empty where there is none."""
    accept: str = ""
    """The media type that the response is to have, where its operation has several; else empty."""
    line: CompiledSchema | None = None
    """The schema of each line, where the body has lines (`x-line` of the contract) and is not validated within."""


@dataclass(frozen=True, slots=True)
class Response:
    """What an operation returns: `Response(201, {"name": "Rex"}, {"Location": "/pets/7"})`.

    A body that is not JSON is a string, with its media type: `Response(200, "name,age", media_type="text/csv")`.
    """

    status: int
    body: Any = None
    """None is no body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """All but Content-Type, which `media_type` is."""
    media_type: str = "application/json"
    event: str = ""
    """What happened, for the service's metrics; not sent."""
    event_count: int = 1
    """How often it happened."""

    def serialize(self) -> str:
        """Return the body as it is sent; the empty string where there is none."""
        if self.body is None:
            return ""
        return dump(self.body) if is_json(self.media_type) else str(self.body)


class Operation:
    """One operation of a contract."""

    def __init__(self, operation: OperationObject, schemas: Schemas) -> None:
        """Compile an operation with the schemas of its document. Raises `UnsupportedContract`."""
        self.id = operation.id
        self.is_public = operation.security == []
        """Whether it is explicitly open to everyone; an operation that names no security is not."""
        self._parameters = Parameters(operation.parameters, schemas)
        self._body = RequestBody(operation.request_body, schemas)
        self._responses = {
            status.upper(): _DocumentedResponse(response, schemas) for status, response in operation.responses.items()
        }
        self._offered = tuple(
            dict.fromkeys(
                media_type
                for status, response in operation.responses.items()
                if status.startswith("2")
                for media_type in response.get("content", {})
            )
        )

    @property
    def negotiates(self) -> bool:
        """Whether the Accept header decides which media type a response has, since a success has several."""
        return len(self._offered) > 1

    @property
    def response_headers(self) -> frozenset[str]:
        """The name of every header that some response of the operation has."""
        return frozenset().union(*(response.headers for response in self._responses.values()))

    def parse(self, raw: HttpRequest) -> Request[Any, Any]:
        """Return the request, decoded. Raises a `RequestError`; an `InvalidRequest` has all violations."""
        accept = self._negotiated(raw.parameters) if self.negotiates else ""
        values, violations = self._parameters.read(raw.parameters)
        body, content_type, body_violations = self._body.read(raw.body)
        if violations or body_violations:
            raise InvalidRequest(violations + body_violations, body=body)
        return Request(values, body, raw.path, content_type, accept, self._body.line)

    def _negotiated(self, parameters: RawParameters) -> str:
        """Return the media type that the client wants most. Raises `NotAcceptable`."""
        accept = ", ".join(parameters.header.get("accept", ()))
        media_type = preferred(accept, self._offered)
        if media_type is None:
            raise NotAcceptable(accept[:100].encode(errors="replace").decode(), self._offered)
        return media_type

    def validate(self, response: Response) -> None:
        """Raise `ContractViolation` unless status, media type, headers and body are as the contract says."""
        status = str(response.status)
        documented = (
            self._responses.get(status) or self._responses.get(f"{status[0]}XX") or self._responses.get("DEFAULT")
        )
        violation = documented.violation(response) if documented else f"status {status} is not documented"
        if violation:
            raise ContractViolation(self.id, violation)


class _DocumentedResponse:
    """One response that an operation documents."""

    def __init__(self, response: Mapping[str, Any], schemas: Schemas) -> None:
        self._bodies = body_schemas(response.get("content", {}), schemas)
        headers = response.get("headers", {})
        self.headers = frozenset(headers)
        self._headers = Parameters(
            ({"name": name, "in": "header", **header} for name, header in headers.items()), schemas
        )

    def violation(self, response: Response) -> str:
        """Return what is not as documented, with its location, or the empty string."""
        status = response.status
        if undocumented := response.headers.keys() - self.headers:
            return f"header {min(undocumented)} of {status} is not documented"
        if self.headers:
            _, violations = self._headers.read(
                RawParameters({}, {}, {name.lower(): (value,) for name, value in response.headers.items()})
            )
            if violations:
                return f"header {violations[0].name} of {status} {violations[0].message}"
        if response.body is None:
            return f"{status} must have a body" if self._bodies else ""
        schema = self._bodies.get(essence(response.media_type))
        if schema is None:
            return f"media type {response.media_type} of {status} is not documented"
        if schema.accepts(response.body):
            return ""
        found = schema.violations(response.body)[:MAX_RESPONSE_VIOLATIONS]
        return "; ".join(f"body{pointer(violation.path)} {violation.message}" for violation in found)
