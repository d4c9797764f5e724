"""The table of expenses, and the only module that asks it.

One item an expense, under its owner's partition. Two local secondary indexes order a user's expenses by date: `by_date`
all of them, `by_category` those of each category. A query is a key condition and no more, so it reads what it returns.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from api.dynamodb import ConditionFailed, ask
from api.expenses.errors import ExpenseChanged, ExpenseNotFound
from api.expenses.items import (
    AFTER_EVERY_ID,
    INDEX_KEYS,
    OPTIONAL,
    Position,
    from_item,
    order_key,
    position_of,
    primary_key,
    to_attributes,
)
from api.models import Expense

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Window(NamedTuple):
    """A span of days, both ends included."""

    first: date
    last: date


class Slice(NamedTuple):
    """What one query found; `more_after` is where to go on, or None when the window is exhausted."""

    expenses: list[Expense]
    more_after: Position | None


class AlreadyRecorded(Exception):
    """There is an expense with this id: `expense`, recorded by the request that `request_digest` tells."""

    def __init__(self, expense: Expense, request_digest: str) -> None:
        self.expense = expense
        self.request_digest = request_digest
        super().__init__("There is an expense with this id.")


class ExpenseStore:
    """The expenses of all users; every method takes the user in whose partition it stays.

    Any method raises `StoreUnavailable` when the table is throttled or does not answer.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def add(self, user_id: str, expense: Expense, request_digest: str) -> None:
        """Record a new expense. Raises `AlreadyRecorded`."""
        try:
            ask(
                self._client.put_item,
                TableName=self._table_name,
                Item={
                    **primary_key(user_id, expense["expense_id"]),
                    **to_attributes(expense),
                    "request_digest": {"S": request_digest},
                },
                ConditionExpression="attribute_not_exists(user_id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailed as failure:
            raise AlreadyRecorded(from_item(failure.item), failure.item["request_digest"]["S"]) from None

    def get(self, user_id: str, expense_id: str) -> Expense:
        """Return an expense as it is now. Raises `ExpenseNotFound`."""
        answer = ask(
            self._client.get_item,
            TableName=self._table_name,
            Key=primary_key(user_id, expense_id),
            ConsistentRead=True,
        )
        if "Item" not in answer:
            raise ExpenseNotFound
        return from_item(answer["Item"])

    def replace(self, user_id: str, expense: Expense, expected_version: int) -> None:
        """Write an expense over its `expected_version`. Raises `ExpenseNotFound` and `ExpenseChanged`."""
        attributes = to_attributes(expense)
        cleared = [name for name in OPTIONAL if name not in attributes]
        try:
            ask(
                self._client.update_item,
                TableName=self._table_name,
                Key=primary_key(user_id, expense["expense_id"]),
                UpdateExpression="SET "
                + ", ".join(f"#{name} = :{name}" for name in attributes)
                + (" REMOVE " + ", ".join(f"#{name}" for name in cleared) if cleared else ""),
                ConditionExpression="#version = :expected_version",
                ExpressionAttributeNames={f"#{name}": name for name in (*attributes, *cleared)},
                ExpressionAttributeValues={
                    **{f":{name}": value for name, value in attributes.items()},
                    ":expected_version": {"N": str(expected_version)},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailed as failure:
            raise _missing_or_changed(failure) from None

    def delete(self, user_id: str, expense_id: str, expected_version: int | None) -> None:
        """Delete an expense, at any version or only at the expected one. Raises `ExpenseNotFound`, `ExpenseChanged`."""
        at_version: dict[str, Any] = (
            {"ConditionExpression": "attribute_exists(user_id)"}
            if expected_version is None
            else {
                "ConditionExpression": "version = :expected_version",
                "ExpressionAttributeValues": {":expected_version": {"N": str(expected_version)}},
            }
        )
        try:
            ask(
                self._client.delete_item,
                TableName=self._table_name,
                Key=primary_key(user_id, expense_id),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **at_version,
            )
        except ConditionFailed as failure:
            raise _missing_or_changed(failure) from None

    def query(
        self,
        user_id: str,
        category: str | None,
        window: Window,
        *,
        newest_first: bool,
        limit: int,
        after: Position | None = None,
    ) -> Slice:
        """Return at most `limit` expenses of a window, in order, of one category or of all; `after` lies inside it.

        One query that reads just what it returns, at 1 read unit for each 4 KB, and sees every earlier write.
        """
        index = "by_date" if category is None else "by_category"
        first, last = (order_key(category, day.isoformat()) for day in window)
        start: dict[str, Any] = (
            {}
            if after is None
            else {
                "ExclusiveStartKey": {
                    **primary_key(user_id, after.expense_id),
                    INDEX_KEYS[index]: {"S": order_key(category, after.day.isoformat(), after.expense_id)},
                }
            }
        )
        answer = ask(
            self._client.query,
            TableName=self._table_name,
            IndexName=index,
            KeyConditionExpression=f"user_id = :user_id AND {INDEX_KEYS[index]} BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":user_id": {"S": user_id},
                ":first": {"S": first},
                ":last": {"S": last + AFTER_EVERY_ID},
            },
            ScanIndexForward=not newest_first,
            Limit=limit,
            ConsistentRead=True,
            **start,
        )
        expenses = [from_item(item) for item in answer["Items"]]
        last_read = answer.get("LastEvaluatedKey")
        return Slice(expenses, position_of(last_read[INDEX_KEYS[index]]["S"]) if last_read else None)


def _missing_or_changed(failure: ConditionFailed) -> ExpenseNotFound | ExpenseChanged:
    if not failure.item:
        return ExpenseNotFound()
    return ExpenseChanged(int(failure.item["version"]["N"]))
