"""The user that `make smoke` makes for itself, in a pool of Cognito's stand-in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tools import smoke
from tools.smoke_user import smoke as smoke_as_temporary_user
from tools.smoke_user import temporary_user

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def cognito_url() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}/"
    server.stop()


@pytest.fixture
def cognito(cognito_url: str) -> "CognitoIdentityProviderClient":
    return boto3.client("cognito-idp", region_name="eu-west-1", endpoint_url=cognito_url)


def pool_and_client(cognito: "CognitoIdentityProviderClient") -> tuple[str, str]:
    pool = cognito.create_user_pool(PoolName="users", UsernameAttributes=["email"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="client", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    return pool, client


def test_the_user_signs_in_while_the_block_lasts(cognito: "CognitoIdentityProviderClient", cognito_url: str) -> None:
    pool, client = pool_and_client(cognito)

    with temporary_user(cognito, pool) as user:
        assert smoke.sign_in({**user, "CLIENT": client, "COGNITO": cognito_url})
    assert cognito.list_users(UserPoolId=pool)["Users"] == []


def test_the_user_is_deleted_when_checks_fail(cognito: "CognitoIdentityProviderClient", cognito_url: str) -> None:
    pool, client = pool_and_client(cognito)
    lines: list[str] = []
    env = {"API": NOWHERE, "USER_POOL": pool, "CLIENT": client, "COGNITO": cognito_url, "TOKEN": "of another user"}

    assert smoke_as_temporary_user(cognito, env, lines.append) > 0
    assert any("an expense is recorded" in line for line in lines)
    assert cognito.list_users(UserPoolId=pool)["Users"] == []


def test_a_pool_that_demands_a_second_factor_gets_no_user(cognito: "CognitoIdentityProviderClient") -> None:
    pool, client = pool_and_client(cognito)
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    lines: list[str] = []

    smoke_as_temporary_user(cognito, {"API": NOWHERE, "USER_POOL": pool, "CLIENT": client}, lines.append)

    assert lines[0] == "The user pool demands a second factor: only what needs no token is checked."
    assert not any("an expense is recorded" in line for line in lines)
    assert cognito.list_users(UserPoolId=pool)["Users"] == []
