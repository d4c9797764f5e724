"""The catalogue of problems (RFC 9457), and how an error becomes one. No other module knows a type or a title.

It has the kinds too that only API Gateway responds with, so that there is one catalogue.

https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from api.dynamodb import StorageFull, StoreUnavailable
from api.gateway.caller import NotAuthenticated
from api.gateway.entity_tags import etag
from api.models import Problem, ProblemType, Violation
from api.openapi import errors
from api.openapi.errors import (
    ContentTooLarge,
    InvalidRequest,
    NoSuchOperation,
    NotAcceptable,
    UnsupportedMediaType,
)

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its status, its type and the title that always goes with the type."""

    status: int
    type: ProblemType
    title: str

    def problem(self, detail: str, instance: str) -> Problem:
        """Return a problem of this kind: what was wrong with one request, and that request's id."""
        return {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": detail,
            "instance": instance,
        }


INVALID_REQUEST = Kind(400, "urn:problem-type:expenses:invalid-request", "The request is not valid")
UNAUTHORIZED = Kind(401, "urn:problem-type:expenses:unauthorized", "Not signed in")
FORBIDDEN = Kind(403, "urn:problem-type:expenses:forbidden", "Refused")
NOT_FOUND = Kind(404, "urn:problem-type:expenses:not-found", "Not found")
NOT_ACCEPTABLE = Kind(406, "urn:problem-type:expenses:not-acceptable", "No media type is acceptable")
CONFLICT = Kind(409, "urn:problem-type:expenses:conflict", "Changed at the same time")
STORAGE_FULL = Kind(409, "urn:problem-type:expenses:storage-full", "No room for more")
DELETED = Kind(410, "urn:problem-type:expenses:deleted", "Deleted since")
CURSOR_EXPIRED = Kind(410, "urn:problem-type:expenses:cursor-expired", "The cursor has expired")
PRECONDITION_FAILED = Kind(412, "urn:problem-type:expenses:precondition-failed", "Changed since you read it")
CONTENT_TOO_LARGE = Kind(413, "urn:problem-type:expenses:content-too-large", "The body is too large")
UNSUPPORTED_MEDIA_TYPE = Kind(
    415, "urn:problem-type:expenses:unsupported-media-type", "The media type is not supported"
)
IDEMPOTENCY_KEY_REUSED = Kind(
    422, "urn:problem-type:expenses:idempotency-key-reused", "The idempotency key was used before"
)
TOO_MANY_REQUESTS = Kind(429, "urn:problem-type:expenses:too-many-requests", "Too many requests")
INTERNAL_ERROR = Kind(500, "urn:problem-type:expenses:internal-error", "The service failed")
BAD_GATEWAY = Kind(502, "urn:problem-type:expenses:bad-gateway", "The service gave no response")
SERVICE_UNAVAILABLE = Kind(503, "urn:problem-type:expenses:service-unavailable", "The service is too busy")
GATEWAY_TIMEOUT = Kind(504, "urn:problem-type:expenses:gateway-timeout", "The service did not answer in time")

INTERNAL_ERROR_DETAIL = "This is an error of the service, not of the request. It has been logged."

ProblemTable: TypeAlias = Mapping[type[Exception], Kind]
"""Which kind of problem each error is; the error's text becomes the problem's detail."""

PROBLEMS: ProblemTable = {
    InvalidRequest: INVALID_REQUEST,
    NotAuthenticated: UNAUTHORIZED,
    NoSuchOperation: NOT_FOUND,
    NotAcceptable: NOT_ACCEPTABLE,
    ContentTooLarge: CONTENT_TOO_LARGE,
    UnsupportedMediaType: UNSUPPORTED_MEDIA_TYPE,
    StoreUnavailable: SERVICE_UNAVAILABLE,
    StorageFull: STORAGE_FULL,
}
"""The errors that every operation can have. Those of a capability are in the `PROBLEMS` of its operations; any other
error is the service's own: an internal error, whose text stays in the log."""


def problem_of(error: Exception, table: ProblemTable, request_id: str) -> Problem:
    """Return the problem that describes `error`; `request_id` is what the caller quotes when they ask for help."""
    kind = table.get(type(error), INTERNAL_ERROR)
    if kind is INTERNAL_ERROR:
        return internal_error(request_id)
    problem = kind.problem(str(error), request_id)
    if isinstance(error, StoreUnavailable):
        problem["outcome"] = error.outcome
    if violations := getattr(error, "violations", ()):  # where the error is about parts of the request
        problem["errors"] = [_described(violation) for violation in violations]
    return problem


def internal_error(request_id: str) -> Problem:
    """Return the problem of an error that is the service's own; it says nothing of the error."""
    return INTERNAL_ERROR.problem(INTERNAL_ERROR_DETAIL, request_id)


def _described(violation: errors.Violation) -> Violation:
    """Return a violation as the contract describes it."""
    if violation.line is not None:
        return {"line": violation.line, "pointer": violation.name, "detail": violation.message}
    if violation.location == "body":
        return {"pointer": violation.name, "detail": violation.message}
    return {"parameter": violation.name, "detail": violation.message}


def headers_of(error: Exception) -> dict[str, str]:
    """Return the headers that go with the problem of `error`."""
    if isinstance(error, StoreUnavailable):
        return {"Retry-After": str(error.retry_after)}
    version = getattr(error, "version", None)  # of the resource that the error is about, where it has one
    return {} if version is None else {"ETag": etag(version)}
