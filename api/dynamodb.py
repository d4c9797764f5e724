"""The DynamoDB client, and the one place where its errors become this service's."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

Item: TypeAlias = "Mapping[str, Any]"
"""An item as DynamoDB gives and takes it: each attribute as `{type: value}`.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html"""


class StoreUnavailable(Exception):
    """The table is throttled or does not answer; `retry_after` is in seconds."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("Wait for the number of seconds in Retry-After and try again.")


class ConditionFailed(Exception):
    """DynamoDB refused a conditional write; `item` is what it found instead, empty where there was nothing."""

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__()


def dynamodb_client(session: Session) -> "DynamoDBClient":
    """Return a client for DynamoDB whose every call gives up within 15 seconds; API Gateway waits for 29.

    It comes from botocore because importing boto3 on top would add a tenth to the cold start and nothing that is used.
    """
    patient_for_seconds = Config(
        connect_timeout=2,
        read_timeout=3,
        retries={"total_max_attempts": 3, "mode": "standard"},
        tcp_keepalive=True,
    )
    client = session.create_client("dynamodb", config=patient_for_seconds)
    return cast("DynamoDBClient", client)


_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
    }
)
"""The errors after which trying again helps.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""


def ask(call: Callable[..., Any], **arguments: Any) -> Any:
    """Make one call to DynamoDB. Raises `ConditionFailed` and `StoreUnavailable`; lets any other error through."""
    try:
        return call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed(cast("Item", error.response.get("Item", {}))) from None
        if code in _BUSY:
            raise StoreUnavailable from error
        raise
    except (HTTPClientError, NoConnection) as error:
        raise StoreUnavailable from error
