"""The tables, made from their definitions through DynamoDB's API."""

from typing import TYPE_CHECKING

from api.settings import Settings
from api.tables import EXPENSES, RECORDS, TableDefinition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef, TimeToLiveSpecificationTypeDef


class ChangedTableError(RuntimeError):
    """A table that was kept is not as its definition is now; DynamoDB cannot change keys and local indexes."""


def ensure_tables(dynamodb: "DynamoDBClient", settings: Settings) -> None:
    """Make each table unless it exists. Raises `ChangedTableError` for one that was made from another definition."""
    existing = dynamodb.list_tables()["TableNames"]
    for name, definition in definitions(settings).items():
        if name not in existing:
            create_table(dynamodb, name, definition)
        elif _keys(dynamodb, name) != set(definition.key_attributes):
            raise ChangedTableError(f"The definition of the table {name} has changed since it was made.")


def _keys(dynamodb: "DynamoDBClient", name: str) -> set[str]:
    attributes = dynamodb.describe_table(TableName=name)["Table"]["AttributeDefinitions"]
    return {attribute["AttributeName"] for attribute in attributes}


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
    if definition.ttl_attribute:
        ttl: TimeToLiveSpecificationTypeDef = {"Enabled": True, "AttributeName": definition.ttl_attribute}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
