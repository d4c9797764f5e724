"""Make the tables in a DynamoDB Local that has none yet: `python -m tools.dynamodb_local ENDPOINT`.

Its volume outlives the container, so the tables may be there from the last time.
"""

import os
import sys
import time
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004

from api.settings import Settings
from api.tables import TableDefinition
from local.environment import isolate
from local.tables import create_table, definitions

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TIMEOUT_SECONDS = 30


def ensure_tables(endpoint: str, timeout_seconds: float = TIMEOUT_SECONDS) -> list[str]:
    """Create each table unless it exists, and return the names of those created; wait for a DynamoDB that is starting.

    Raises botocore's `ConnectionError` or `HTTPClientError` when nothing answers in time.
    """
    dynamodb = boto3.client("dynamodb", endpoint_url=endpoint)
    deadline = time.monotonic() + timeout_seconds
    return [
        name
        for name, definition in definitions(Settings.example()).items()
        if _ensure(dynamodb, name, definition, deadline)
    ]


def _ensure(dynamodb: "DynamoDBClient", name: str, definition: TableDefinition, deadline: float) -> bool:
    while True:
        try:
            create_table(dynamodb, name, definition)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceInUseException":
                return False
            raise
        except (ConnectionError, HTTPClientError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return True


if __name__ == "__main__":
    isolate(os.environ)
    ensure_tables(sys.argv[1])
