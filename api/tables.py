"""The tables as data: their keys, their indexes and what these are made of. Everything that names a key reads it here.

Importing it needs neither Pulumi nor botocore. Keys and local indexes cannot change once a table exists.
"""

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
    local_indexes: tuple[LocalIndex, ...]

    @property
    def key_attributes(self) -> tuple[str, ...]:
        """Each attribute that some key uses; DynamoDB refuses a declaration with more or fewer than these."""
        return (self.partition_key, self.sort_key, *(index.sort_key for index in self.local_indexes))

    def key(self, partition: str, sort: str) -> dict[str, Any]:
        """Return the primary key of an item, as DynamoDB accepts it."""
        return {self.partition_key: {"S": partition}, self.sort_key: {"S": sort}}


BY_DATE = LocalIndex("by_date", "date_key", ("date", "created_at", "expense_id"))
BY_CATEGORY = LocalIndex("by_category", "category_key", ("category", "date", "created_at", "expense_id"))

EXPENSES = TableDefinition(partition_key="user_id", sort_key="expense_id", local_indexes=(BY_DATE, BY_CATEGORY))
"""A user's expenses, in the order of their dates and within a day in that of their recording."""
