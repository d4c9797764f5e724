"""Errors as RFC 9457 problems: one table from the domain's exceptions to what the caller sees.

https://www.rfc-editor.org/rfc/rfc9457
"""

from typing import NamedTuple

from api import errors
from api.models import Problem, ProblemType

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its status, its type and the title that always goes with the type."""

    status: int
    type: ProblemType
    title: str


INTERNAL_ERROR = Kind(500, "urn:problem-type:expenses:internal-error", "The service failed")
INTERNAL_ERROR_DETAIL = "This is a fault of the service, not of the request. It has been logged."

KINDS: dict[type[errors.ApiError], Kind] = {
    errors.InvalidRequest: Kind(400, "urn:problem-type:expenses:invalid-request", "The request is not valid"),
    errors.NotSignedIn: Kind(401, "urn:problem-type:expenses:unauthorized", "Not signed in"),
    errors.NoSuchOperation: Kind(404, "urn:problem-type:expenses:not-found", "Not found"),
    errors.ExpenseNotFound: Kind(404, "urn:problem-type:expenses:not-found", "Not found"),
    errors.ExpenseBusy: Kind(409, "urn:problem-type:expenses:conflict", "Changed at the same time"),
    errors.ExpenseChanged: Kind(412, "urn:problem-type:expenses:precondition-failed", "Changed since you read it"),
    errors.ContentTooLarge: Kind(413, "urn:problem-type:expenses:content-too-large", "The body is too large"),
    errors.UnsupportedMediaType: Kind(
        415, "urn:problem-type:expenses:unsupported-media-type", "The media type is not supported"
    ),
    errors.IdempotencyKeyReused: Kind(
        422, "urn:problem-type:expenses:idempotency-key-reused", "The idempotency key was used for another expense"
    ),
    errors.StoreUnavailable: Kind(503, "urn:problem-type:expenses:service-unavailable", "The service is too busy"),
}
"""Any error that is not here is the service's own fault: an internal error, whose text stays in the log."""


def problem_of(error: Exception, request_id: str) -> Problem:
    """Return the problem that tells the caller of `error`; `request_id` is what they quote when they ask for help."""
    kind = KINDS.get(type(error), INTERNAL_ERROR) if isinstance(error, errors.ApiError) else INTERNAL_ERROR
    problem: Problem = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": INTERNAL_ERROR_DETAIL if kind is INTERNAL_ERROR else str(error),
        "instance": request_id,
    }
    if isinstance(error, errors.InvalidRequest):
        problem["errors"] = list(error.faults)
    return problem


def headers_of(error: Exception) -> dict[str, str]:
    """Return the headers that go with the problem of `error`."""
    if isinstance(error, errors.StoreUnavailable):
        return {"Retry-After": str(error.retry_after)}
    return {}
