"""What the tests that prove the totals, the trash and the change feed may use."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from api.openapi.contract import Contract
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.machine.faults import VirtualTime
from tests.machine.ids import Ids
from tests.machine.world import SlowWorld, World

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NewWorld = Callable[[], World]


@pytest.fixture
def virtual_time() -> Iterator[None]:
    """No pause takes time, and what is random can be repeated."""
    ids = Ids()
    with (
        patch("api.deadline.time", VirtualTime()),
        patch("api.expenses.service.uuid4", ids.uuid4),
        patch("api.recurrences.service.uuid4", ids.uuid4),
        patch("api.dynamodb.table.token_urlsafe", ids.token),
    ):
        yield


@pytest.fixture
def small_parts() -> Iterator[None]:
    """What is done in many parts is done in parts of a few, so that it ends between them more often."""
    with (
        patch("api.transfer.service.MAX_RECORDED", 2),
        patch("api.expenses.service.MAX_CHANGED", 2),
        patch("api.categories.service.MAX_TRANSACTIONS", 4),
        patch("api.expenses.service.MAX_ERASED", 3),
        patch("api.erasure.service.MAX_TRANSACTIONS", 5),
        patch("api.erasure.store.MAX_ACTIONS", 4),
    ):
        yield


@pytest.fixture
def new_world(contract: Contract, virtual_time: None, small_parts: None) -> NewWorld:  # noqa: ARG001
    """What makes a service over tables in memory, empty, with three users."""
    return lambda: World(FakeDynamoDB(), contract, ["amina", "bela", "chen"], Clock())


@pytest.fixture
def new_world_over_moto(
    client: "DynamoDBClient",
    contract: Contract,
    virtual_time: None,  # noqa: ARG001
    small_parts: None,  # noqa: ARG001
) -> NewWorld:
    """The same over moto, with new users each time, since its tables stay."""
    numbers: Iterator[Any] = count()

    def new() -> World:
        number = next(numbers)
        return SlowWorld(client, contract, [f"{name}-{number}" for name in ("amina", "bela", "chen")], Clock())

    return new
