"""All records of a user, whatever capability they are of, in DynamoDB; and the mark of an erasure among them."""

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from api.dynamodb import MAX_ACTIONS, Item, ItemMissing, Table, TransactItem
from api.dynamodb.calls import write
from api.dynamodb.errors import ConditionFailed
from api.summaries.cells import COUNTS, PREFIX, VERSION
from api.tables import RECORDS, split_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MARK = "erasure"
"""The record key of the mark."""
EPOCH = "epoch"
"""The attribute of the mark that every erasure changes."""


class DynamoDBRecords:
    """Where a user's records are kept. Any method but `mark` may raise `StoreUnavailable`."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._name = table_name
        self._table = Table(client, table_name, RECORDS)

    def mark(self, user_id: str) -> TransactItem:
        """Return the write of a new epoch, as an entry of a transaction's `TransactItems`."""
        return {
            "Put": {"TableName": self._name, "Item": {**RECORDS.key(user_id, MARK), EPOCH: {"S": token_urlsafe(8)}}}
        }

    def epoch(self, user_id: str) -> str:
        """Return the epoch since the latest erasure, at 1 read unit; empty where there was none."""
        try:
            epoch: str = self._table.get(user_id, MARK)[EPOCH]["S"]
        except ItemMissing:
            return ""
        return epoch

    def some(self, user_id: str) -> list[Item]:
        """Return so many of the records as can be erased together, all but the mark.

        One query at 1 read unit for each 4 KB, and others where a page has nothing but the mark.
        """
        start: dict[str, Any] = {}
        while True:
            response = self._table.query(
                None,
                KeyConditionExpression=f"{RECORDS.partition_key} = :user_id",
                ExpressionAttributeValues={":user_id": {"S": user_id}},
                Limit=MAX_ACTIONS,
                **start,
            )
            found = [item for item in response["Items"] if item[RECORDS.sort_key]["S"] != MARK]
            if found or "LastEvaluatedKey" not in response:
                return found
            start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}

    def erase(self, records: list[Item]) -> bool:
        """Delete records together unless a total among them has moved since it was read; return whether it was done.

        One transaction, at 2 write units for each KB of each.
        """
        deletes = [{"Delete": self._delete(record)} for record in records]
        try:
            write(self._client.transact_write_items, TransactItems=deletes, ClientRequestToken=token_urlsafe(8))
        except ConditionFailed:
            return False
        return True

    def _delete(self, record: Item) -> dict[str, Any]:
        names = RECORDS.partition_key, RECORDS.sort_key
        delete = {"TableName": self._name, "Key": {name: record[name] for name in names}}
        if split_key(record[RECORDS.sort_key]["S"])[0] != PREFIX:
            return delete
        # One that another request erased, and that was made anew since, may have the same version, but counts more.
        seen = {name: record[name] for name in (VERSION, *COUNTS) if name in record}
        clauses = [f"{name} = :{name}" for name in seen]
        clauses += [f"attribute_not_exists({name})" for name in COUNTS if name not in seen]
        condition = {
            "ConditionExpression": " AND ".join(clauses),
            "ExpressionAttributeValues": {f":{name}": value for name, value in seen.items()},
        }
        return {**delete, **condition}
