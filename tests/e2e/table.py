"""A DynamoDB that functions in other processes can reach."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

from local.table import create_table


@contextmanager
def serving_table(name: str) -> Iterator[str]:
    """Serve an empty table of expenses while the block runs; gives the endpoint."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        create_table(boto3.client("dynamodb", endpoint_url=endpoint), name)
        yield endpoint
    finally:
        server.stop()
