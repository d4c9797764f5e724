"""One call to DynamoDB, tried again while that may help and there is time; its errors become this service's.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
)
from botocore.exceptions import ConnectionError as NoConnection

from api.deadline import attempts, deadline
from api.dynamodb.errors import ConditionFailed, DynamoDBError, Item, RequestRejected, StorageFull, StoreUnavailable
from api.dynamodb.responses import DamagedResponse

ATTEMPTS = 4
CONFLICT_ATTEMPTS = 50
"""How often a write is tried that others' transactions on the same item get in the way of: one is made at a time."""
ATTEMPT_SECONDS = 2
"""A call takes milliseconds; one that takes this long is better made again over another connection."""
FIRST_PAUSE = 0.025
LONGEST_PAUSE = 1.0


def read(call: Callable[..., Any], **arguments: Any) -> Any:
    """Return the response of a call that changes nothing. Raises `StoreUnavailable` and `RequestRejected`."""
    return _repeat(call, arguments, is_write=False)


def write(call: Callable[..., Any], **arguments: Any) -> None:
    """Make a conditional write. Its condition must fail where it was made before, since it may be tried again.

    Raises `ConditionFailed`, `StorageFull`, `RequestRejected`, and `StoreUnavailable`, which says whether the write
    may have been made.
    """
    _repeat(call, arguments, is_write=True)


def _repeat(call: Callable[..., Any], arguments: dict[str, Any], *, is_write: bool) -> Any:
    may_be_made = False
    failures = 0
    aws: dict[str, str] = {}
    cause: Exception | None = None
    for _ in attempts(CONFLICT_ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
        try:
            with deadline(ATTEMPT_SECONDS):
                return call(**arguments)
        except ClientError as error:
            cause, aws = error, _aws(error)
            if not _is_transient(error):
                raise _final(error, aws, is_retry=may_be_made) from error
            may_be_made |= is_write and _status(error) >= 500
            failures += not _is_conflict(error)
        except (HTTPClientError, NoConnection, DamagedResponse) as error:
            cause, aws = error, {"aws_operation": _operation(call)}
            may_be_made |= is_write and not isinstance(error, _NEVER_SENT)
            failures += 1
        if failures == ATTEMPTS:
            break
    raise StoreUnavailable("unknown" if may_be_made else "unchanged", **aws) from cause


def _final(error: ClientError, aws: dict[str, str], *, is_retry: bool) -> DynamoDBError:
    reasons = _reasons(error)
    failed = {at: item for at, (code, item) in enumerate(reasons) if code.startswith("ConditionalCheckFailed")}
    if failed:
        return ConditionFailed(failed, is_retry=is_retry, **aws)
    if any(code.startswith(_COLLECTION_FULL) for code, _ in reasons):
        return StorageFull(**aws)
    return RequestRejected(**aws)


def _reasons(error: ClientError) -> list[tuple[str, Item]]:
    """Return the codes of an error, each with the item that it is about if any: of a transaction one for each action.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    response: Mapping[str, Any] = error.response
    reasons = response.get("CancellationReasons") or [{"Code": response["Error"]["Code"], "Item": response.get("Item")}]
    return [(reason["Code"], reason.get("Item") or {}) for reason in reasons]


def _codes(error: ClientError) -> list[str]:
    """Return the codes of what went wrong: "None" is that of an action that others of its transaction kept from it."""
    return [code for code, _ in _reasons(error) if code != "None"]


def _is_transient(error: ClientError) -> bool:
    """Return whether the same request may succeed later, by the status or by what families the codes belong to."""
    status = _status(error)
    if status >= 500 or status == 429:
        return True
    return all(_TRANSIENT.search(code) and not code.startswith(_COLLECTION_FULL) for code in _codes(error))


def _is_conflict(error: ClientError) -> bool:
    """Return whether nothing but others' transactions on the same items got in the way."""
    return all(code.startswith("TransactionConflict") for code in _codes(error))


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _aws(error: ClientError) -> dict[str, str]:
    response: Mapping[str, Any] = error.response
    reasons = dict.fromkeys(_codes(error)) if "CancellationReasons" in response else {}
    return {
        "aws_code": ": ".join([response["Error"]["Code"], *([", ".join(reasons)] if reasons else [])]),
        "aws_operation": error.operation_name,
        "aws_request_id": error.response.get("ResponseMetadata", {}).get("RequestId", ""),
    }


def _operation(call: Callable[..., Any]) -> str:
    """Return AWS's name of what a client's method calls: `put_item` calls `PutItem`."""
    return call.__name__.title().replace("_", "")


_TRANSIENT = re.compile(
    r"Throttl|Throughput|LimitExceeded|TooManyRequests|SlowDown|Busy|Unavailable|InternalServer|InternalFailure"
    r"|InternalError|Timeout|NotComplete|InProgress|Conflict"
)
"""The families of codes that stand for a state that passes, whatever status they come with."""
_COLLECTION_FULL = "ItemCollectionSizeLimitExceeded"
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
