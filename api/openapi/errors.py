"""What can be wrong with a request or a response, by the contract.

RequestError                 the request is not as the contract says
├── InvalidRequest           one or more violations, each with its location
├── ContentTooLarge          the body has more bytes than are accepted
├── UnsupportedMediaType     the operation does not accept this Content-Type
└── NoSuchOperation          no such path, or not with this method
ContractViolation            the service's own response is not as the contract says
"""

from collections.abc import Sequence

from api.models import Fault

MAX_FAULTS = 100


class RequestError(Exception):
    """The request is not as the contract says. Its text is fit for the caller."""


class InvalidRequest(RequestError):
    """The request has faults; `faults` names each with its place, or the first of very many."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults[:MAX_FAULTS])
        if len(faults) == 1:
            super().__init__("1 fault was found; it is in errors.")
        else:
            told = "each is" if len(faults) <= MAX_FAULTS else f"the first {MAX_FAULTS} are"
            super().__init__(f"{len(faults)} faults were found; {told} in errors.")


class ContentTooLarge(RequestError):
    """The body has more bytes than the service takes."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The body has {size} bytes; at most {limit} are taken.")


class UnsupportedMediaType(RequestError):
    """The body's media type is none that the operation takes."""

    def __init__(self, given: str, taken: Sequence[str]) -> None:
        super().__init__(f"The Content-Type is {given or 'missing'}; this operation takes {' or '.join(taken)}.")


class NoSuchOperation(RequestError):
    """The contract has no such path, or not with this method."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this address for this method.")


class ContractViolation(Exception):
    """The service was about to send what the contract does not allow. Its text names locations, never values."""

    def __init__(self, operation_id: str, violation: str) -> None:
        super().__init__(f"{operation_id}: {violation}")
