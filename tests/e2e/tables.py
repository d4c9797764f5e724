"""A DynamoDB that functions in other processes can reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import botocore.session
import requests
from moto.server import ThreadedMotoServer

from api.settings import Settings
from local.tables import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@contextmanager
def serving_tables() -> Iterator[str]:
    """Serve both tables, empty, while the block runs; yield the endpoint."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        # All servers of a process share their tables.
        requests.post(f"{endpoint}/moto-api/reset", timeout=10).raise_for_status()
        client = botocore.session.get_session().create_client("dynamodb", endpoint_url=endpoint)
        create_tables(cast("DynamoDBClient", client), Settings.example())
        yield endpoint
    finally:
        server.stop()
