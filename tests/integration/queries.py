"""What DynamoDB was asked, read and returned."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Queries:
    """Counts the queries of a client."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.made = self.scanned = self.returned = 0
        client.meta.events.register("after-call.dynamodb.Query", self._note)

    def _note(self, parsed: dict[str, Any], **_: object) -> None:
        self.made += 1
        self.scanned += parsed["ScannedCount"]
        self.returned += parsed["Count"]
