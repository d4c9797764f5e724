"""What can go wrong with DynamoDB.

DynamoDBError            DynamoDB did not do what it was asked
├── StoreUnavailable     it is too busy or did not respond in time
├── StorageFull          the item collection of one user has reached its limit
├── ConditionFailed      a conditional write found another item than expected
└── RequestRejected      anything else, such as a missing permission

ItemError                an item is not as the write expected
├── ItemExists
├── ItemMissing
├── ItemChanged
└── ItemsChanged          of several
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

Item: TypeAlias = Mapping[str, Any]
"""An item as DynamoDB returns and accepts it, each attribute as `{type: value}`: `{"amount": {"N": "12.5"}}`.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html"""

Outcome: TypeAlias = Literal["unchanged", "unknown"]
"""Whether a failed request took effect: certainly not, or it is unknown."""


class DynamoDBError(Exception):
    """DynamoDB did not do what it was asked. What AWS says of the error is for the log; it quotes no user's data."""

    def __init__(
        self, message: str = "", *, aws_code: str = "", aws_operation: str = "", aws_request_id: str = ""
    ) -> None:
        """`aws_code` is AWS's error code, `aws_operation` its action; empty where no response came."""
        self.aws_code = aws_code
        self.aws_operation = aws_operation
        self.aws_request_id = aws_request_id
        super().__init__(message)


class StoreUnavailable(DynamoDBError):
    """The table is too busy or did not respond in time; `retry_after` is in seconds."""

    retry_after = 1

    def __init__(self, outcome: Outcome, **aws: str) -> None:
        """`outcome` is "unknown" where a write may have been made."""
        self.outcome: Outcome = outcome
        super().__init__(_ADVICE[outcome], **aws)

    def advise(self, advice: str) -> None:
        """Say how to try again where the outcome is unknown, instead of what is right for most requests."""
        if self.outcome == "unknown":
            self.args = (f"{_UNKNOWN} {advice}",)


@contextmanager
def advising(advice: str) -> Iterator[None]:
    """Have an unknown outcome in the block tell the caller how to try again, such as by the same file again."""
    try:
        yield
    except StoreUnavailable as error:
        error.advise(advice)
        raise


class StorageFull(DynamoDBError):
    """One user's items have reached the 10 GB that an item collection with local indexes may have.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections.SizeLimit
    """

    def __init__(self, **aws: str) -> None:
        super().__init__(
            "You have as many expenses as can be kept. Delete some before you record or change others.", **aws
        )


class ConditionFailed(DynamoDBError):
    """The condition of a write did not hold, or those of some writes of a transaction.

    `items` has what was there instead by the position of the write, empty where there was nothing. `is_retry` where an
    earlier attempt of the same write may have been made, so that these items may already be its result.
    """

    def __init__(self, items: Mapping[int, Item], *, is_retry: bool, **aws: str) -> None:
        self.items = items
        self.is_retry = is_retry
        super().__init__("The condition of a write did not hold.", **aws)

    @property
    def item(self) -> Item:
        """What was there in the place of the first one whose condition did not hold."""
        return self.items[min(self.items)]


class RequestRejected(DynamoDBError):
    """DynamoDB rejected a request, and would again: a missing permission, a key it can't use, an invalid request."""

    def __init__(self, **aws: str) -> None:
        super().__init__("DynamoDB rejected the request.", **aws)


class ItemError(Exception):
    """An item is not as a write expected it, so that nothing was written."""


class ItemExists(ItemError):
    """There is an item with this key, `item`, that another request made."""

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__("There is an item with this key.")


class ItemMissing(ItemError):
    """The item has been deleted, even if another was made under its key since."""

    def __init__(self) -> None:
        super().__init__("The item has been deleted.")


class ItemChanged(ItemError):
    """Another request has written the item; `item` is what it is now."""

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__("The item has been changed.")


class ItemsChanged(ItemError):
    """Some of the items that were to be written together are not as they were read, so that none was written.

    `items` has what these are now by the position of their write, empty where there is nothing. There may be more.
    """

    def __init__(self, items: Mapping[int, Item]) -> None:
        self.items = items
        super().__init__("Some items have been changed.")


_UNKNOWN = "The request may or may not have been carried out."
_ADVICE: Mapping[Outcome, str] = {
    "unchanged": "Nothing was changed. Wait for the number of seconds in Retry-After and try again.",
    "unknown": (
        f"{_UNKNOWN} Wait for the number of seconds in Retry-After and try "
        "again with the same Idempotency-Key or If-Match; without one, look first at what is there now."
    ),
}
