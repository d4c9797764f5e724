"""Make the table in a DynamoDB Local that has none yet: `python -m tools.dynamodb_local ENDPOINT`.

Its volume outlives the container, so the table may be there from the last time.
"""

import os
import sys
import time

import boto3
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004

from local.aws import TABLE_NAME
from local.environment import isolate
from local.table import create_table

TIMEOUT_SECONDS = 30


def ensure_table(endpoint: str, timeout_seconds: float = TIMEOUT_SECONDS) -> bool:
    """Create the table unless it exists, and return whether it was created; wait for a DynamoDB that is starting.

    Raises botocore's `ConnectionError` or `HTTPClientError` when nothing answers in time.
    """
    dynamodb = boto3.client("dynamodb", endpoint_url=endpoint)
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            create_table(dynamodb, TABLE_NAME)
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
    ensure_table(sys.argv[1])
