"""The tables, made from their definitions through DynamoDB's API.

Without their TTL: nothing on this machine lives for 30 days, and the API compares an item's last day itself.
"""

from typing import TYPE_CHECKING

from api.settings import Settings
from api.tables import EXPENSES, RECORDS, TableDefinition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef


def create_tables(dynamodb: "DynamoDBClient", settings: Settings) -> None:
    """Make both tables under the names that the settings give them, empty."""
    for name, definition in definitions(settings).items():
        create_table(dynamodb, name, definition)


def definitions(settings: Settings) -> dict[str, TableDefinition]:
    """Return what the tables are, by their names."""
    return {settings.table_name: EXPENSES, settings.records_table_name: RECORDS}


def create_table(dynamodb: "DynamoDBClient", name: str, definition: TableDefinition) -> None:
    """Make one table under this name, empty."""
    table: CreateTableInputTypeDef = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in definition.key_attributes
        ],
        "KeySchema": [
            {"AttributeName": definition.partition_key, "KeyType": "HASH"},
            {"AttributeName": definition.sort_key, "KeyType": "RANGE"},
        ],
    }
    # DynamoDB refuses an empty list of indexes.
    if definition.local_indexes:
        table["LocalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": [
                    {"AttributeName": definition.partition_key, "KeyType": "HASH"},
                    {"AttributeName": index.sort_key, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in definition.local_indexes
        ]
    dynamodb.create_table(**table)
