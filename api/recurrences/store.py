"""The recurrences of all users, in DynamoDB: one item each, beside the other records of their user."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from api.dynamodb import Item, ItemChanged, ItemMissing, ItemsChanged, ItemWrite, Table
from api.recurrences.errors import RecurrenceNotFound
from api.recurrences.items import PREFIX, REQUEST_DIGEST, State, record_key, state_of, to_item
from api.tables import RECORDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_FORGOTTEN = 24
"""How many deletions that are not known any more go at the most when a recurrence is made."""
FIRST, LAST = f"{PREFIX}#", f"{PREFIX}$"
"""Between these are the keys of all recurrences: `$` is the character after `#`."""


class Stored(NamedTuple):
    """What there was under an id when it was read; a write upon it is made only while its item is still this one."""

    state: State
    item: Item

    @property
    def request_digest(self) -> str:
        """The digest of the request that made it by an idempotency key; else it is empty."""
        digest: str = self.item[REQUEST_DIGEST]["S"]
        return digest


class DynamoDBRecurrences:
    """The recurrences of the Lambda. Any method that calls DynamoDB may raise `StoreUnavailable`."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._table = Table(client, table_name, RECORDS)

    def get(self, user_id: str, recurrence_id: str) -> Stored:
        """Return what there is now, at 1 read unit for each 4 KB. Raises `RecurrenceNotFound`."""
        try:
            item = self._table.get(user_id, record_key(recurrence_id))
        except ItemMissing:
            raise RecurrenceNotFound from None
        return Stored(state_of(item), item)

    def all_of(self, user_id: str) -> list[Stored]:
        """Return all that a user has, deletions too, at 1 read unit for each 4 KB: of the usual ones, about 11."""
        found: list[Stored] = []
        start: dict[str, Any] = {}
        while True:
            response = self._table.query(
                None,
                KeyConditionExpression=(
                    f"{RECORDS.partition_key} = :user_id AND {RECORDS.sort_key} BETWEEN :first AND :last"
                ),
                ExpressionAttributeValues={":user_id": {"S": user_id}, ":first": {"S": FIRST}, ":last": {"S": LAST}},
                **start,
            )
            found += (Stored(state_of(item), item) for item in response["Items"])
            if "LastEvaluatedKey" not in response:
                return found
            start = {"ExclusiveStartKey": response["LastEvaluatedKey"]}

    def add(
        self, user_id: str, state: State, request_digest: str, upon: Stored | None, forgotten: Sequence[Stored]
    ) -> bool:
        """Write a new one upon nothing or what was read, and delete some others, `MAX_FORGOTTEN` at the most.

        Returns whether it was done: not where one of all these has changed.
        """
        made = ItemWrite(upon and upon.item, to_item(user_id, state, request_digest), is_made_anew=upon is not None)
        return self._write_all([made, *(ItemWrite(each.item, None) for each in forgotten)])

    def replace(self, user_id: str, stored: Stored, state: State) -> bool:
        """Write another state over the one that was read, unless it has changed; return whether it was done."""
        try:
            self._table.replace(stored.item, to_item(user_id, state, stored.request_digest))
        except (ItemChanged, ItemMissing):
            return False
        return True

    def replace_all(self, user_id: str, changes: Sequence[tuple[Stored, State]]) -> bool:
        """Write other states in one transaction, `MAX_ACTIONS` at the most; return whether it was done: all or none."""
        return self._write_all([self.change(user_id, stored, state) for stored, state in changes])

    def change(self, user_id: str, stored: Stored, state: State) -> ItemWrite:
        """Return the write of another state over the one that was read, for a transaction of any table's."""
        return ItemWrite(stored.item, to_item(user_id, state, stored.request_digest), table=self._table)

    def _write_all(self, writes: Sequence[ItemWrite]) -> bool:
        try:
            self._table.write_all(writes)
        except ItemsChanged:
            return False
        return True
