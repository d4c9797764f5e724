"""One call to DynamoDB, tried again while that may help and there is time; its errors become this service's.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

import re
from collections.abc import Callable
from typing import Any, cast

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
)
from botocore.exceptions import ConnectionError as NoConnection

from api.deadline import attempts, deadline
from api.dynamodb.client import DamagedResponse
from api.dynamodb.errors import ConditionFailed, DynamoDBError, Item, RequestRejected, StorageFull, StoreUnavailable

ATTEMPTS = 4
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
    aws: dict[str, str] = {}
    cause: Exception | None = None
    for _ in attempts(ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
        try:
            with deadline(ATTEMPT_SECONDS):
                return call(**arguments)
        except ClientError as error:
            cause, aws = error, _aws(error)
            if not _is_transient(error):
                raise _final(error, aws, is_retry=may_be_made) from error
            may_be_made |= is_write and _status(error) >= 500
        except (HTTPClientError, NoConnection, DamagedResponse) as error:
            cause, aws = error, {"aws_operation": _operation(call)}
            may_be_made |= is_write and not isinstance(error, _NEVER_SENT)
    raise StoreUnavailable("unknown" if may_be_made else "unchanged", **aws) from cause


def _final(error: ClientError, aws: dict[str, str], *, is_retry: bool) -> DynamoDBError:
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(cast("Item", error.response.get("Item", {})), is_retry=is_retry, **aws)
    if code == "ItemCollectionSizeLimitExceededException":
        return StorageFull(**aws)
    return RequestRejected(**aws)


def _is_transient(error: ClientError) -> bool:
    """Return whether the same request may succeed later, by the status or by what family the code belongs to."""
    status = _status(error)
    if status >= 500 or status == 429:
        return True
    code = error.response["Error"]["Code"]
    return code != "ItemCollectionSizeLimitExceededException" and bool(_TRANSIENT.search(code))


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _aws(error: ClientError) -> dict[str, str]:
    return {
        "aws_code": error.response["Error"]["Code"],
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
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
