"""DynamoDB as it can be at its worst: every call can be lost, refused, cut short or be the process's last one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import wraps
from typing import Any, NoReturn

from botocore.exceptions import ClientError, ConnectionClosedError

WRITES = {"put_item", "delete_item", "update_item", "transact_write_items"}
CALLS = WRITES | {"get_item", "query", "transact_get_items", "batch_get_item", "batch_write_item"}


class Fault(Enum):
    """What happens to one call."""

    NONE = "it is made"
    LOST_BEFORE = "the connection breaks before the call arrives"
    LOST_AFTER = "the call is made, and the connection breaks before the response arrives"
    FAILED_BEFORE = "a 500, and the call is not made"
    FAILED_AFTER = "a 500, and the call is made nevertheless"
    THROTTLED = "too many requests"
    CONFLICT = "another transaction holds an item"
    SHORT = "a query returns one item and where to go on, and a batch of reads leaves all but one of its keys"
    EMPTY = "a query returns where it began, and no item, and a batch of reads leaves all of its keys"
    KILLED_BEFORE = "the process stops before the call"
    KILLED_AFTER = "the process stops after the call"


UNMADE = {Fault.LOST_BEFORE, Fault.FAILED_BEFORE, Fault.THROTTLED, Fault.CONFLICT}
LOSING = {
    *(Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.FAILED_BEFORE, Fault.FAILED_AFTER),
    *(Fault.KILLED_BEFORE, Fault.KILLED_AFTER),
}
"""After which the caller does not know whether the call was made."""


class Killed(BaseException):
    """The process is stopped, as Lambda stops it: no code of it runs any more."""


class VirtualTime:
    """The `time` of `api.deadline`: pauses take no time but the deadline sees them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FaultyDynamoDB:
    """A client of DynamoDB in front of another one, with a plan of what goes wrong.

    A transaction that is repeated by its `ClientRequestToken` is not made again if `honours_tokens`, as on AWS. moto
    makes it again, so both must be right.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """

    def __init__(self, client: Any, *, honours_tokens: bool = True) -> None:
        self.plan: deque[Fault] = deque()
        """What happens to the next calls, one after the other, and then all is well."""
        self.meanwhile: Callable[[], object] | None = None
        """What others do before the next write is made, once."""
        self.before_retry: Callable[[], object] | None = None
        """What others do after the next write was made, and its response lost; once."""
        self.suffered: list[Fault] = []
        """The faults that took effect."""
        self._client = client
        self.honours_tokens = honours_tokens
        self._made: dict[str, Mapping[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name not in CALLS:
            return method

        @wraps(method)
        def call(**arguments: Any) -> Any:
            return self._call(name, method, arguments)

        return call

    def expect(self, faults: Iterable[Fault]) -> None:
        """Plan what happens to the next calls, and forget what was suffered."""
        self.plan, self.suffered = deque(faults), []

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let nothing go wrong in the block, and what is planned go wrong after it."""
        kept = self.plan, self.meanwhile, self.before_retry, self.suffered
        self.plan, self.meanwhile, self.before_retry, self.suffered = deque(), None, None, []
        try:
            yield
        finally:
            self.plan, self.meanwhile, self.before_retry, self.suffered = kept

    def _call(self, name: str, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if name in WRITES and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if name in WRITES and self.before_retry:
            meanwhile, self.before_retry = self.before_retry, None
            self.suffered.append(Fault.LOST_AFTER)
            try:
                self._make(name, method, arguments)
            finally:
                meanwhile()
                _fail(Fault.LOST_AFTER, name, arguments)
        fault = self.plan.popleft() if self.plan else Fault.NONE
        if fault in {Fault.SHORT, Fault.EMPTY}:
            return self._page(fault, name, method, arguments)
        if fault is Fault.CONFLICT and name not in WRITES:
            fault = Fault.NONE
        if fault is not Fault.NONE:
            self.suffered.append(fault)
        if fault in UNMADE:
            _fail(fault, name, arguments)
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        try:
            return self._make(name, method, arguments)
        finally:  # whatever the response was, an error too
            if fault in {Fault.LOST_AFTER, Fault.FAILED_AFTER}:
                _fail(fault, name, arguments)
            if fault is Fault.KILLED_AFTER:
                raise Killed

    def _make(self, name: str, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        token = arguments.get("ClientRequestToken") if name == "transact_write_items" else None
        if token is None or not self.honours_tokens:
            return method(**arguments)
        if token in self._made:
            if self._made[token] != arguments:
                raise _error("IdempotentParameterMismatchException", name, 400)
            return {}
        response = method(**arguments)
        self._made[token] = arguments
        return response

    def _page(self, fault: Fault, name: str, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if name == "batch_get_item":
            return self._read_some(fault, method, arguments)
        if name != "query":
            return self._make(name, method, arguments)
        start = arguments.get("ExclusiveStartKey")
        self.suffered.append(fault)
        if fault is Fault.EMPTY and start:
            return {"Items": [], "Count": 0, "ScannedCount": 0, "LastEvaluatedKey": start}
        return method(**{**arguments, "Limit": 1})

    def _read_some(self, fault: Fault, method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Read one of the keys or none.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
        """
        self.suffered.append(fault)
        ((table, wanted),) = arguments["RequestItems"].items()
        count = 1 if fault is Fault.SHORT else 0
        read, left = wanted["Keys"][:count], wanted["Keys"][count:]
        made = method(RequestItems={table: {**wanted, "Keys": read}}) if read else {"Responses": {table: []}}
        return {**made, "UnprocessedKeys": {table: {**wanted, "Keys": left}} if left else {}}


def _fail(fault: Fault, name: str, arguments: Mapping[str, Any]) -> NoReturn:
    if fault in {Fault.LOST_BEFORE, Fault.LOST_AFTER}:
        raise ConnectionClosedError(endpoint_url="https://dynamodb.eu-west-1.amazonaws.com")
    if fault in {Fault.FAILED_BEFORE, Fault.FAILED_AFTER}:
        raise _error("InternalServerError", name, 500)
    conflict = fault is Fault.CONFLICT
    if name == "transact_write_items":
        reason = "TransactionConflict" if conflict else "ThrottlingError"
        others: list[Any] = [{"Code": "None"} for _ in arguments["TransactItems"][1:]]
        raise _error("TransactionCanceledException", name, 400, [*others, {"Code": reason}])
    raise _error("TransactionConflictException" if conflict else "ThrottlingException", name, 400)


def _error(code: str, name: str, status: int, reasons: list[Any] | None = None) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "AWS-REQUEST-1"},
    }
    if reasons is not None:
        response["CancellationReasons"] = reasons
    return ClientError(response, name.title().replace("_", ""))
