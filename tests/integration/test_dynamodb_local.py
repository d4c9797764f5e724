"""What `make run-container` does before it starts: the table is there, whether it was before or not."""

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.e2e.table import serving_dynamodb
from tools.dynamodb_local import ensure_table
from tools.serving import free_address


def test_the_table_is_made_once_and_kept() -> None:
    with serving_dynamodb() as endpoint:
        assert ensure_table(endpoint)
        assert not ensure_table(endpoint)


def test_a_dynamodb_that_never_starts_is_given_up() -> None:
    with pytest.raises(EndpointConnectionError):
        ensure_table(f"http://{free_address()}", timeout_seconds=0)
