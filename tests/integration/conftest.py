"""What the tests over the handler and the table may use."""

from typing import TYPE_CHECKING

import pytest

from tests.integration.queries import Queries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def queries(client: "DynamoDBClient") -> Queries:
    """The queries that the table is asked."""
    return Queries(client)
