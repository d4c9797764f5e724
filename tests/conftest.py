"""What every test may use: a table in memory, and the real handler in front of it."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

os.environ.update(
    TABLE_NAME="expenses",
    DEFAULT_CURRENCY="EUR",
    ALLOWED_ORIGINS="*",
    METRICS_NAMESPACE="Expenses",
    LOG_LEVEL="INFO",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
)

import botocore.session
import pytest
from botocore.session import Session
from moto import mock_aws

from api.bootstrap import CONTRACT_DIRECTORY, compose
from api.dynamodb import dynamodb_client
from api.openapi.contract import Contract, load
from api.settings import Settings
from local.table import create_table
from tests import figures
from tests.clock import Clock
from tests.gateway import Gateway

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def aws_session() -> Session:
    """One session for all clients: it reads DynamoDB's service model once."""
    return botocore.session.get_session()


@pytest.fixture
def client(aws_session: Session) -> Iterator["DynamoDBClient"]:
    """A client of a DynamoDB in memory that has the table, empty."""
    with mock_aws():
        client = dynamodb_client(aws_session)
        create_table(client, "expenses")
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
def gateway(client: "DynamoDBClient", contract: Contract, clock: Clock, log: list[str]) -> Gateway:
    """API Gateway in front of the real handler."""
    return Gateway(
        compose(Settings.from_env(os.environ), dynamodb=client, contract=contract, clock=clock, write=log.append)
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have the figures printed at the end of a run."""
    config.pluginmanager.register(figures)
