"""The expenses of all users, in DynamoDB. No other module of this package knows the table.

One item an expense, under its owner's partition. Two local secondary indexes order a user's expenses by date: `by_date`
all of them, `by_category` those of each category. A query is a key condition and no more, so it reads what it returns.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from api.dynamodb import Item, ItemChanged, ItemExists, ItemMissing, Table
from api.expenses.errors import ExpenseChanged, ExpenseNotFound
from api.expenses.items import (
    AFTER_ALL,
    REQUEST_DIGEST,
    Position,
    changed_item,
    from_item,
    index_key,
    position_of,
    to_item,
)
from api.models import Expense
from api.tables import BY_CATEGORY, BY_DATE, EXPENSES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Window(NamedTuple):
    """A span of days, both ends included."""

    first: date
    last: date


class Stored(NamedTuple):
    """An expense as it was read; a write upon it is made only while its item is still this one."""

    expense: Expense
    item: Item


class Slice(NamedTuple):
    """What one query found; `more_after` is where to go on, or None when the window is exhausted."""

    expenses: list[Expense]
    more_after: Position | None


class AlreadyRecorded(Exception):
    """Another request recorded an expense with this id: `expense`, by a request with the digest `request_digest`."""

    def __init__(self, expense: Expense, request_digest: str) -> None:
        self.expense = expense
        self.request_digest = request_digest
        super().__init__("There is an expense with this id.")


class ExpenseStore(Protocol):
    """Where expenses are kept. A method stays in the partition of the user whom it takes, or whose expense it takes.

    Any method may raise `StoreUnavailable`, and those that add or replace `StorageFull`.
    """

    def add(self, user_id: str, expense: Expense, request_digest: str) -> None:
        """Record a new expense. Raises `AlreadyRecorded`."""

    def get(self, user_id: str, expense_id: str) -> Stored:
        """Return an expense as it is now. Raises `ExpenseNotFound`."""

    def replace(self, stored: Stored, changed: Expense) -> None:
        """Write an expense over the one that was read. Raises `ExpenseNotFound` and `ExpenseChanged`."""

    def delete(self, stored: Stored) -> None:
        """Delete an expense as it was read. Raises `ExpenseNotFound` and `ExpenseChanged`."""

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
        """Return at most `limit` expenses of a window, in order, of one category or of all; `after` lies inside it."""


class DynamoDBExpenseStore:
    """The `ExpenseStore` of the Lambda."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._table = Table(client, table_name, EXPENSES)

    def add(self, user_id: str, expense: Expense, request_digest: str) -> None:
        """Record a new expense, at 3 write units for each KB."""
        try:
            self._table.insert(to_item(user_id, expense, request_digest))
        except ItemExists as error:
            raise AlreadyRecorded(from_item(error.item), error.item[REQUEST_DIGEST]["S"]) from None

    def get(self, user_id: str, expense_id: str) -> Stored:
        """Return an expense, at 1 read unit for each 4 KB."""
        try:
            item = self._table.get(user_id, expense_id)
        except ItemMissing:
            raise ExpenseNotFound from None
        return Stored(from_item(item), item)

    def replace(self, stored: Stored, changed: Expense) -> None:
        """Write a changed expense, at 3 to 5 write units for each KB: 1 more for each index in which it moves."""
        try:
            self._table.replace(stored.item, changed_item(stored.item, changed))
        except ItemMissing:
            raise ExpenseNotFound from None
        except ItemChanged as error:
            raise ExpenseChanged(from_item(error.item)["version"]) from None

    def delete(self, stored: Stored) -> None:
        """Delete an expense, at 3 write units for each KB."""
        try:
            self._table.delete(stored.item)
        except ItemMissing:
            raise ExpenseNotFound from None
        except ItemChanged as error:
            raise ExpenseChanged(from_item(error.item)["version"]) from None

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
        """Make one query, at 1 read unit for each 4 KB; it reads just what it returns and sees every earlier write."""
        index = BY_DATE if category is None else BY_CATEGORY
        chosen = {} if category is None else {"category": category}
        first, last = (index_key(index, {**chosen, "date": day.isoformat()}) for day in window)
        start: dict[str, Any] = {}
        if after is not None:
            values = {
                "date": after.day.isoformat(),
                "created_at": after.created_at,
                "expense_id": after.expense_id,
            }
            start["ExclusiveStartKey"] = {
                **EXPENSES.key(user_id, after.expense_id),
                index.sort_key: {"S": index_key(index, {**chosen, **values})},
            }
        response = self._table.query(
            index.name,
            KeyConditionExpression=f"{EXPENSES.partition_key} = :user_id AND {index.sort_key} BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":user_id": {"S": user_id},
                ":first": {"S": first},
                ":last": {"S": last + AFTER_ALL},
            },
            ScanIndexForward=not newest_first,
            Limit=limit,
            **start,
        )
        expenses = [from_item(item) for item in response["Items"]]
        last_read = response.get("LastEvaluatedKey")
        return Slice(expenses, position_of(last_read[index.sort_key]["S"]) if last_read else None)
