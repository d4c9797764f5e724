"""A recount of totals from the expenses, which finds and corrects the cells that are wrong.

It is exact while users go on writing. A cell counts its moves, so that one that has not moved from before its expenses
were counted until after has what was counted, or is wrong. Expenses are read by their id, which never changes: in an
index, one could be read twice, or not at all, while it moves to another day.
"""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from api.dynamodb import Item
from api.dynamodb.calls import read
from api.expenses.items import from_item
from api.models import Expense
from api.summaries.cells import Cell, Tally, tallies_of
from api.summaries.store import DynamoDBTotals, Kept
from api.tables import BY_DATE, EXPENSES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LOOKS = 5
"""How often a user is recounted while totals that differ keep moving."""
PAUSE_SECONDS = 2.0
"""How long a look at totals that differ waits between reading these and the expenses. A query can see one part of a
transaction before the other, and this is longer than DynamoDB takes for all of it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation"""

Outcome: TypeAlias = Literal["wrong", "corrected", "moving"]
"""What became of a cell: it is wrong, it was and is corrected, or it moved whenever it was looked at."""


class Difference(NamedTuple):
    """A cell that has not what was counted."""

    cell: Cell
    kept: Kept
    counted: Tally


class Recount:
    """Compares the cells of users with their expenses. Raises `DynamoDBError`."""

    def __init__(self, client: "DynamoDBClient", expenses_table: str, records_table: str) -> None:
        self.totals = DynamoDBTotals(client, records_table)
        self._client = client
        self._tables = (expenses_table, records_table)

    def users(self) -> list[str]:
        """Return every user who has an expense or a total; reads both tables once."""
        only_users = {"ProjectionExpression": EXPENSES.partition_key, "ConsistentRead": True}
        scans = (_pages(self._client.scan, TableName=table, **only_users) for table in self._tables)
        return sorted({item[EXPENSES.partition_key]["S"] for scan in scans for item in scan})

    def of_user(
        self, user_id: str, *, write: bool, pause: Callable[[], object] = lambda: time.sleep(PAUSE_SECONDS)
    ) -> list[tuple[Difference, Outcome]]:
        """Return the cells of a user that are not as their expenses say; correct them if it is to `write`."""
        done: dict[Cell, tuple[Difference, Outcome]] = {}
        differences = self._look(user_id, lambda: None)
        for _ in range(LOOKS if differences else 0):
            differences = [found for found in self._look(user_id, pause) if found.cell not in done]
            for found in differences:
                outcome = self._settle(user_id, found, write=write)
                if outcome != "moving":
                    done[found.cell] = (found, outcome)
            differences = [found for found in differences if found.cell not in done]
            if not differences:
                break
        return [*done.values(), *((found, "moving") for found in differences)]

    def _look(self, user_id: str, pause: Callable[[], object]) -> list[Difference]:
        kept = self.totals.all_cells(user_id)
        pause()
        counted = tallies_of(self._expenses(user_id))
        return [
            Difference(cell, there, tally)
            for cell in sorted(kept.keys() | counted.keys())
            if (there := kept.get(cell, Kept(Tally(), 0))).tally != (tally := counted.get(cell, Tally()))
        ]

    def _settle(self, user_id: str, found: Difference, *, write: bool) -> Outcome:
        cell, kept, counted = found
        if write:
            is_done = self.totals.correct(user_id, cell, counted.minus(kept.tally), kept)
            return "corrected" if is_done else "moving"
        return "wrong" if self.totals.version(user_id, cell) == kept.version else "moving"

    def _expenses(self, user_id: str) -> Iterator[Expense]:
        """Give the expenses of a user that are not deleted."""
        for item in _pages(
            self._client.query,
            TableName=self._tables[0],
            KeyConditionExpression=f"{EXPENSES.partition_key} = :user_id",
            ExpressionAttributeValues={":user_id": {"S": user_id}},
            ConsistentRead=True,
        ):
            if BY_DATE.sort_key in item:  # what is in the trash is in no index by date
                yield from_item(item)


def _pages(call: Callable[..., Any], **arguments: Any) -> Iterator[Item]:
    """Give the items of all pages of a query or a scan."""
    start: dict[str, Any] = {}
    while True:
        response = read(call, **arguments, **start)
        yield from response["Items"]
        if "LastEvaluatedKey" not in response:
            return
        start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}
