"""DynamoDB for every capability: a client that keeps deadlines, calls that are retried, optimistic locking."""

from api.dynamodb.client import dynamodb_client
from api.dynamodb.errors import (
    DynamoDBError,
    Item,
    ItemChanged,
    ItemExists,
    ItemMissing,
    Outcome,
    RequestRejected,
    StorageFull,
    StoreUnavailable,
)
from api.dynamodb.table import Table, stamped

__all__ = [
    "DynamoDBError",
    "Item",
    "ItemChanged",
    "ItemExists",
    "ItemMissing",
    "Outcome",
    "RequestRejected",
    "StorageFull",
    "StoreUnavailable",
    "Table",
    "dynamodb_client",
    "stamped",
]
