"""What the tests over the handler and the table may use."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import pytest
from botocore.session import Session

from api.deadline import deadline
from api.dynamodb import dynamodb_client
from api.gateway.dispatcher import Dispatcher
from tests.client import ApiClient, EventTransport
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, serving

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ApiOver: TypeAlias = Callable[..., ApiClient]
"""Puts a client of the API and the real handler in front of DynamoDB's; each request has so many `seconds`."""


@pytest.fixture
def queries(client: "DynamoDBClient") -> Counter[str]:
    """How many queries were made, and how many items they scanned and returned."""
    counts = Counter[str]()
    client.meta.events.register(
        "after-call.dynamodb.Query",
        lambda parsed, **_: counts.update(made=1, scanned=parsed["ScannedCount"], returned=parsed["Count"]),
    )
    return counts


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
def api_over(composed: Callable[..., Dispatcher]) -> ApiOver:
    """The real handler over any client."""
    return lambda client, seconds=3: ApiClient(EventTransport(deadline(seconds)(composed(dynamodb=client))))


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
