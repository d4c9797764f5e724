"""DynamoDB for every capability: a client that keeps deadlines, calls that are retried, optimistic locking."""

from api.dynamodb.client import connecting, dynamodb_client
from api.dynamodb.contention import until_done
from api.dynamodb.errors import (
    DynamoDBError,
    Item,
    ItemChanged,
    ItemExists,
    ItemMissing,
    ItemsChanged,
    Outcome,
    RequestRejected,
    StorageFull,
    StoreUnavailable,
    advising,
)
from api.dynamodb.table import MAX_ACTIONS, ItemWrite, Table, TransactItem, stamped

__all__ = [
    "MAX_ACTIONS",
    "DynamoDBError",
    "Item",
    "ItemChanged",
    "ItemExists",
    "ItemMissing",
    "ItemWrite",
    "ItemsChanged",
    "Outcome",
    "RequestRejected",
    "StorageFull",
    "StoreUnavailable",
    "Table",
    "TransactItem",
    "advising",
    "connecting",
    "dynamodb_client",
    "stamped",
    "until_done",
]
