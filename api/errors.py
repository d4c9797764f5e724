"""What can go wrong, in the words of the domain. Which status each becomes is decided in `problems.py`.

ApiError
├── RequestError                 the request is not as the contract or the rules say
│   ├── InvalidRequest           one or more faults, each with its place
│   ├── ContentTooLarge
│   └── UnsupportedMediaType
├── NotSignedIn                  no authorizer vouched for the caller
├── NoSuchOperation              no such resource, or not with this method
├── ExpenseNotFound              missing, or somebody else's
├── ExpenseChanged               not at the version that the caller expects
├── ExpenseBusy                  others kept changing it
├── IdempotencyKeyReused         for another expense
├── StoreUnavailable             the table is throttled or does not answer; trying again helps
└── ContractBreach               the service's own answer is not as the contract says
"""

from collections.abc import Sequence

from api.models import Fault

MAX_FAULTS = 100


class ApiError(Exception):
    """Anything that this service raises on purpose. Its text is fit for the log, and all but a breach's for callers."""


class RequestError(ApiError):
    """The request is not as the contract or the rules say."""


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


class NotSignedIn(ApiError):
    """No authorizer vouched for the caller."""

    def __init__(self) -> None:
        super().__init__("Send a valid ID token as a bearer token in the Authorization header.")


class NoSuchOperation(ApiError):
    """The contract has no such resource, or not with this method."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this address for this method.")


class ExpenseNotFound(ApiError):
    """The caller has no such expense; whether somebody else has is not told."""

    def __init__(self) -> None:
        super().__init__("You have no expense with this id.")


class ExpenseChanged(ApiError):
    """The expense is not at the version that the caller expects."""

    def __init__(self, version: int) -> None:
        super().__init__(f"The expense is at version {version} now. Read it again and repeat the change.")


class ExpenseBusy(ApiError):
    """Others kept changing the expense while it was to be changed."""

    def __init__(self) -> None:
        super().__init__("The expense kept changing while this request tried to change it. Try again.")


class IdempotencyKeyReused(ApiError):
    """The key was used before for an expense with other content."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key recorded another expense before. Use a new key for a new expense.")


class StoreUnavailable(ApiError):
    """The table is throttled or does not answer; `retry_after` is in seconds."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("Wait for the number of seconds in Retry-After and try again.")


class ContractBreach(ApiError):
    """The service was about to answer what the contract does not allow. Its text names places, never values."""

    def __init__(self, operation_id: str, breach: str) -> None:
        super().__init__(f"{operation_id}: {breach}")
