"""The table of expenses, made from its definition through DynamoDB's API."""

from typing import TYPE_CHECKING

from api.tables import EXPENSES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_table(dynamodb: "DynamoDBClient", name: str) -> None:
    """Make the table under this name, empty."""
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in EXPENSES.key_attributes
        ],
        KeySchema=[
            {"AttributeName": EXPENSES.partition_key, "KeyType": "HASH"},
            {"AttributeName": EXPENSES.sort_key, "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": index.name,
                "KeySchema": [
                    {"AttributeName": EXPENSES.partition_key, "KeyType": "HASH"},
                    {"AttributeName": index.sort_key, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in EXPENSES.local_indexes
        ],
    )
