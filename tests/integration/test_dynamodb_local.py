"""What `make run-container` does before it starts: the tables are there, whether they were before or not."""

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.e2e.tables import serving_dynamodb
from tools.dynamodb_local import ensure_tables
from tools.serving import free_address


def test_each_table_is_made_once_and_kept() -> None:
    with serving_dynamodb() as endpoint:
        assert ensure_tables(endpoint) == ["expenses", "records"]
        assert ensure_tables(endpoint) == []


def test_a_dynamodb_that_never_starts_is_given_up() -> None:
    with pytest.raises(EndpointConnectionError):
        ensure_tables(f"http://{free_address()}", timeout_seconds=0)
