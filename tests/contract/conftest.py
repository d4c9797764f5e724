from typing import Any

import pytest

from tests.fakes.dynamodb import FakeDynamoDB


@pytest.fixture
def client() -> Any:
    """Tables that cost nothing to make: what the contract says is the same over any."""
    return FakeDynamoDB()
