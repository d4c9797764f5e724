"""The client trusts the roots that it is given and no other, over TLS for real; and the first request finds it open."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import SSLError
from botocore.session import Session

from api.dynamodb import connecting, dynamodb_client
from api.settings import Settings
from tests.fakes.certificates import Authority
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, serving
from tools.image_root import REPOSITORY
from tools.image_roots import set_out

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = {"user_id": {"S": "amina"}, "expense_id": {"S": "1"}}


@pytest.fixture(scope="module")
def aws() -> Authority:
    return Authority("A root of AWS's")


@pytest.fixture(scope="module")
def others() -> list[Authority]:
    return [Authority(f"Root {number}") for number in range(3)]


@pytest.fixture
def server(
    request: pytest.FixtureRequest, aws: Authority, fake: FakeDynamoDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DynamoDBServer]:
    """The table behind TLS, with a certificate of AWS's authority: for its own address, or a parameter's."""
    with serving(fake, aws.server_context(getattr(request, "param", "127.0.0.1"), tmp_path)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.endpoint)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "roots.pem"))
        yield server


Trust = Callable[..., Path]


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    """Have these authorities, and no others, in the bundle that the client is given."""

    def write(*authorities: Authority) -> Path:
        bundle = tmp_path / "roots.pem"
        bundle.write_text("# Roots\n" + "\n".join(authority.pem for authority in authorities), encoding="utf-8")
        return bundle

    return write


@pytest.fixture
def client(server: DynamoDBServer, aws_session: Session) -> Iterator["DynamoDBClient"]:  # noqa: ARG001
    client = dynamodb_client(aws_session)
    yield client
    client.close()


def test_a_certificate_is_trusted_by_its_root_in_the_bundle(
    client: "DynamoDBClient", trust: Trust, aws: Authority, others: list[Authority]
) -> None:
    trust(*others, aws)
    assert "Item" not in client.get_item(TableName="expenses", Key=KEY)


def test_the_directory_that_the_build_makes_of_a_bundle_is_read_in_its_place(
    client: "DynamoDBClient", trust: Trust, aws: Authority, others: list[Authority]
) -> None:
    set_out(trust(*others, aws))
    trust(*others)
    assert "Item" not in client.get_item(TableName="expenses", Key=KEY)


@pytest.mark.parametrize("is_set_out", [True, False])
def test_a_certificate_of_another_root_is_refused_and_nothing_is_sent(
    client: "DynamoDBClient", server: DynamoDBServer, trust: Trust, others: list[Authority], *, is_set_out: bool
) -> None:
    bundle = trust(*others)
    if is_set_out:
        set_out(bundle)
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get_item(TableName="expenses", Key=KEY)
    assert server.requests == []


def test_a_root_of_the_same_name_and_another_key_is_not_trusted(client: "DynamoDBClient", trust: Trust) -> None:
    set_out(trust(Authority("A root of AWS's")))
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get_item(TableName="expenses", Key=KEY)


def test_both_of_two_roots_with_the_same_name_are_found(client: "DynamoDBClient", trust: Trust, aws: Authority) -> None:
    set_out(trust(Authority("A root of AWS's"), aws))
    assert "Item" not in client.get_item(TableName="expenses", Key=KEY)


@pytest.mark.parametrize("server", ["127.0.0.2"], indirect=True)
def test_a_certificate_for_another_host_is_refused(
    client: "DynamoDBClient", server: DynamoDBServer, trust: Trust, aws: Authority
) -> None:
    set_out(trust(aws))
    with pytest.raises(SSLError, match=re.escape("127.0.0.1")):
        client.get_item(TableName="expenses", Key=KEY)
    assert server.requests == []


def test_the_first_call_finds_the_connection_open(
    client: "DynamoDBClient", server: DynamoDBServer, trust: Trust, aws: Authority
) -> None:
    set_out(trust(aws))
    with connecting(client):
        pass
    assert (server.connections, server.requests) == (1, [])
    for _ in range(2):
        client.get_item(TableName="expenses", Key=KEY)
    assert (server.connections, server.requests) == (1, ["GetItem", "GetItem"])


def test_a_start_without_a_connection_is_a_start(
    client: "DynamoDBClient", server: DynamoDBServer, trust: Trust, others: list[Authority]
) -> None:
    trust(others[0])
    with connecting(client):
        pass
    assert server.requests == []


def test_a_start_waits_no_longer_than_a_connection_may_take(
    trust: Trust, aws_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dynamodb.client.CONNECT_SECONDS", 0.2)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(trust(Authority("Unused"))))
    with socket.create_server(("127.0.0.1", 0)) as silence:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://127.0.0.1:{silence.getsockname()[1]}")
        client = dynamodb_client(aws_session)
        started = time.monotonic()
        with connecting(client):
            pass
        assert 0.2 <= time.monotonic() - started < 0.8
    client.close()


def test_a_table_of_this_machine_is_not_connected_to_before_it_is_called(
    fake: FakeDynamoDB, aws_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(fake) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.endpoint)
        with connecting(dynamodb_client(aws_session)):
            pass
        assert server.connections == 0


def test_the_function_connects_as_it_starts(server: DynamoDBServer, trust: Trust, aws: Authority) -> None:
    trust(aws)
    environment = {**os.environ, **Settings.example().to_env()}
    subprocess.run([sys.executable, "-c", "import api.handler"], cwd=REPOSITORY, env=environment, check=True)
    assert server.connections == 1
