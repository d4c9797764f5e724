"""What the tests over the handler and the table may use."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

import pytest
from botocore.session import Session

from api.bootstrap import compose
from api.deadline import deadline
from api.dynamodb import dynamodb_client
from api.openapi.contract import Contract
from api.settings import Settings
from tests.client import ApiClient, EventTransport
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, serving
from tests.integration.queries import Queries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ApiOver(Protocol):
    """Puts API ApiClient and the real handler in front of a client; each request has so many seconds."""

    def __call__(self, client: Any, seconds: float = 3) -> ApiClient: ...


@pytest.fixture
def queries(client: "DynamoDBClient") -> Queries:
    """The queries that the table is asked."""
    return Queries(client)


@pytest.fixture
def fake() -> FakeDynamoDB:
    """An empty table in memory."""
    return FakeDynamoDB()


@pytest.fixture
def server(fake: FakeDynamoDB, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBServer]:
    """The table behind a socket."""
    with serving(fake) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.endpoint)
        yield server


@pytest.fixture
def remote_client(server: DynamoDBServer, aws_session: Session) -> Iterator["DynamoDBClient"]:  # noqa: ARG001
    """The Lambda's own client of the table behind the socket."""
    client = dynamodb_client(aws_session)
    yield client
    client.close()


@pytest.fixture
def api_over(contract: Contract, clock: Clock, log: list[str]) -> ApiOver:
    """The real handler over any client."""

    def over(client: Any, seconds: float = 3) -> ApiClient:
        dispatch = compose(
            Settings.from_env(os.environ),
            dynamodb=cast("DynamoDBClient", client),
            contract=contract,
            clock=clock,
            write=log.append,
        )

        def handle(event: Mapping[str, Any]) -> dict[str, Any]:
            with deadline(seconds):
                return dispatch(event)

        return ApiClient(EventTransport(handle))

    return over


@pytest.fixture
def remote(api_over: ApiOver, remote_client: "DynamoDBClient") -> ApiClient:
    """The real handler over the table behind the socket."""
    return api_over(remote_client)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses take no time; what they would have taken, in seconds."""
    pauses: list[float] = []
    monkeypatch.setattr("api.expenses.pace.time.sleep", pauses.append)
    return pauses
