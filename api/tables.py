"""The tables as data: their keys, their indexes and what these are made of. Everything that names a key reads it here.

Importing it needs neither Pulumi nor botocore. Keys and local indexes cannot change once a table exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LocalIndex:
    """A local secondary index: the table's partition key with another sort key; it projects every attribute."""

    name: str
    sort_key: str
    parts: tuple[str, ...]
    """The properties whose values make the sort key, in order, separated by `#`."""


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """A DynamoDB table whose keys are all strings."""

    partition_key: str
    sort_key: str
    local_indexes: tuple[LocalIndex, ...] = ()
    ttl_attribute: str = ""
    """Holds when DynamoDB may delete an item, in seconds since 1970; it does so within days, not seconds.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html"""

    @property
    def key_attributes(self) -> tuple[str, ...]:
        """Each attribute that some key uses; DynamoDB refuses a declaration with more or fewer than these."""
        return (self.partition_key, self.sort_key, *(index.sort_key for index in self.local_indexes))

    def key(self, partition: str, sort: str) -> dict[str, Any]:
        """Return the primary key of an item, as DynamoDB accepts it."""
        return {self.partition_key: {"S": partition}, self.sort_key: {"S": sort}}


def join_key(parts: Iterable[str]) -> str:
    """Return a sort key of these parts, or the beginning of one: `Food#2025-06-14`.

    `#` and `%` are escaped in each, so that no category can pass for the beginning of another one's keys.
    """
    return "#".join(
        part.replace("%", "%25").replace("#", "%23") if "#" in part or "%" in part else part for part in parts
    )


def split_key(key: str) -> list[str]:
    """Return the parts of a sort key."""
    return [part.replace("%23", "#").replace("%25", "%") for part in key.split("#")]


BY_DATE = LocalIndex("by_date", "date_key", ("date", "created_at", "expense_id"))
BY_CATEGORY = LocalIndex("by_category", "category_key", ("category", "date", "created_at", "expense_id"))
BY_CHANGE = LocalIndex("by_change", "change_key", ("changed_at", "expense_id"))
BY_DELETION = LocalIndex("by_deletion", "deletion_key", ("deleted_at", "expense_id"))

EXPENSES = TableDefinition(
    partition_key="user_id",
    sort_key="expense_id",
    local_indexes=(BY_DATE, BY_CATEGORY, BY_CHANGE, BY_DELETION),
    ttl_attribute="expires_at",
)
"""A user's expenses, one item each.

The indexes are sparse: `by_date` and `by_category` have the live ones, in the order of their dates and within a day in
that of their recording; `by_deletion` has those in the trash; `by_change` has all."""

RECORDS = TableDefinition(partition_key="user_id", sort_key="record_key")
"""What a user has besides expenses, such as totals; the first part of a record's key is its kind."""
