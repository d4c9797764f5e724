"""What the table of expenses is made of; AWS and the local stack both create it from here.

Pure data: importing it needs neither Pulumi nor boto3.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalIndex:
    """A local secondary index: the table's partition key with another sort key; it projects every attribute."""

    name: str
    sort_key: str


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


EXPENSES = TableDefinition(
    partition_key="user_id",
    sort_key="expense_id",
    local_indexes=(
        LocalIndex(name="by_date", sort_key="date_key"),
        LocalIndex(name="by_category", sort_key="category_key"),
    ),
)
"""`date_key` is `date#expense_id`, `category_key` is `category#date#expense_id`: see `api/store.py`."""
