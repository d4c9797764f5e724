"""What can be wrong with a request or a response, by the contract.

RequestError                 the request is not as the contract says
├── InvalidRequest           one or more violations, each with its location
├── ContentTooLarge          the body has more bytes than are accepted
├── UnsupportedMediaType     the operation does not accept this Content-Type
├── NotAcceptable            the operation responds with none of the media types of this Accept
└── NoSuchOperation          no such path, or not with this method
ContractViolation            the service's own response is not as the contract says
UnsupportedContract          the document is invalid or uses what is not implemented
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

MAX_VIOLATIONS = 500
"""Room for those of every property of each of 50 expenses."""


class Violation(NamedTuple):
    """One way in which a request violates the contract: `Violation("body", "/items/0/amount", "must be a number")`."""

    location: Literal["path", "query", "header", "body"]
    name: str
    """In a body the JSON Pointer (RFC 6901), empty for the whole body; elsewhere the parameter's name."""
    message: str
    """What is wrong and what would be right, to be read after the name: "must be an integer"."""
    line: int | None = None
    """In which line, counted from 1, of a body that has lines; the name is relative to it."""


class RequestError(Exception):
    """The request is not as the contract says. Its text is fit for the caller."""


class InvalidRequest(RequestError):
    """The request violates the contract; `violations` has each, or of very many the first."""

    def __init__(self, violations: Sequence[Violation], most: int = MAX_VIOLATIONS, body: Any = None) -> None:
        self.violations = tuple(violations[:most])
        self.body = body
        """The body as far as it could be read, with `INVALID` of `api.openapi.partial` in place of what is wrong."""
        if len(violations) == 1:
            super().__init__("The request has 1 violation; see errors.")
        elif len(violations) <= most:
            super().__init__(f"The request has {len(violations)} violations; see errors.")
        else:
            super().__init__(f"The request has {len(violations)} violations; the first {most} are in errors.")


class ContentTooLarge(RequestError):
    """The body has more bytes than are accepted."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The body has {size} bytes; at most {limit} are accepted.")


class UnsupportedMediaType(RequestError):
    """The operation does not accept the body's media type."""

    def __init__(self, given: str, accepted: Sequence[str]) -> None:
        super().__init__(f"The Content-Type is {given or 'missing'}; this operation accepts {' or '.join(accepted)}.")


class NotAcceptable(RequestError):
    """The operation responds with no media type that the client accepts."""

    def __init__(self, accept: str, offered: Sequence[str]) -> None:
        super().__init__(f"The Accept is {accept}; this operation responds with {' or '.join(offered)}.")


class NoSuchOperation(RequestError):
    """The contract has no such path, or not with this method."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this address for this method.")


class ContractViolation(Exception):
    """The service was about to send what the contract does not allow. Its text names locations, never values."""

    def __init__(self, operation_id: str, violation: str) -> None:
        super().__init__(f"{operation_id}: {violation}")


class UnsupportedContract(ValueError):
    """The document can't be compiled: it is invalid, or uses what is not implemented. The message names what."""
