"""A DynamoDB that functions in other processes can reach."""

from collections.abc import Iterator
from contextlib import contextmanager

import botocore.session
from moto.server import ThreadedMotoServer

from infra.table_definition import EXPENSES


@contextmanager
def serving_table(name: str) -> Iterator[str]:
    """Serve an empty table of expenses while the block runs; gives the endpoint."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client = botocore.session.get_session().create_client("dynamodb", endpoint_url=endpoint)
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in EXPENSES.key_attributes],
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
        yield endpoint
    finally:
        server.stop()
