"""What every test may use: the tables in memory, the service over it, and a client of the API."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from api.settings import Settings

# Nothing of the developer's own AWS account or proxies is left when the clients are imported.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(
    Settings.example().to_env(),
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    **{name: f"{os.environ.get(name, '')},127.0.0.1,localhost" for name in ("NO_PROXY", "no_proxy")},
)

import pytest
from botocore.session import Session, get_session
from botocore.validate import ParamValidationDecorator, ParamValidator
from moto import mock_aws

from api.bootstrap import CONTRACT_DIRECTORY, compose
from api.dynamodb import dynamodb_client
from api.gateway.dispatcher import Dispatcher
from api.openapi.contract import Contract, load
from local.tables import create_tables
from tests.client import ApiClient, EventTransport
from tests.clock import Clock
from tests.figures import pytest_runtest_teardown, pytest_terminal_summary  # noqa: F401 — pytest calls these

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def aws_session() -> Session:
    """One session for all clients: it reads DynamoDB's service model once."""
    return get_session()


@pytest.fixture
def client(aws_session: Session) -> Iterator["DynamoDBClient"]:
    """A client of a DynamoDB in memory that has both tables, empty."""
    with mock_aws():
        client: Any = dynamodb_client(aws_session)
        # What the store sends is held to botocore's model, as it is not in the Lambda.
        client._serializer = ParamValidationDecorator(ParamValidator(), client._serializer)
        create_tables(client, Settings.example())
        yield client


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The compiled contract."""
    return load(CONTRACT_DIRECTORY)


@pytest.fixture
def log() -> list[str]:
    """The lines that the handler logs."""
    return []


@pytest.fixture
def clock() -> Clock:
    """The service's clock: right, until a test sets it."""
    return Clock()


@pytest.fixture
def composed(contract: Contract, clock: Clock, log: list[str]) -> Callable[..., Dispatcher]:
    """What composes the real service, over the `dynamodb` that it is given."""
    return partial(compose, Settings.example(), contract=contract, clock=clock, write=log.append)


@pytest.fixture
def events(client: "DynamoDBClient", composed: Callable[..., Dispatcher]) -> EventTransport:
    """The real service over the tables in memory: for tests that make events of their own."""
    return EventTransport(composed(dynamodb=client))


@pytest.fixture
def api(events: EventTransport) -> ApiClient:
    """A client of the API."""
    return ApiClient(events)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to one worker what shares something that is slow to make: the others need not make it, too."""
    for item in items:
        if {"system", "chromium"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("system"))
        elif (directory := item.nodeid.split("/")[1]) in {"contract", "infra"}:
            item.add_marker(pytest.mark.xdist_group(directory))
