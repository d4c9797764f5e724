"""AWS on this machine: moto, in this process, with the table and the user pool that the deployment has too.

Everything is kept in memory.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.table_definition import EXPENSES
from infra.user_pool_definition import (
    AUTH_FLOWS,
    AUTO_VERIFIED_ATTRIBUTES,
    PASSWORD_POLICY,
    READABLE_ATTRIBUTES,
    TOKEN_VALIDITY,
    USERNAME_ATTRIBUTES,
    WRITABLE_ATTRIBUTES,
)
from local.cognito import REGION, UserPoolGate
from local.mailbox import Mailbox

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE_NAME = "Expenses"


@dataclass(frozen=True, slots=True)
class LocalAws:
    """What has been made, and where it is to be reached."""

    endpoint: str
    user_pool_id: str
    client_id: str

    @property
    def issuer(self) -> str:
        """What the pool's tokens name as their issuer."""
        return f"https://cognito-idp.{REGION}.amazonaws.com/{self.user_pool_id}"

    @property
    def jwks_url(self) -> str:
        """Where the pool publishes its public keys."""
        return f"{self.endpoint}/{self.user_pool_id}/.well-known/jwks.json"


class _QuietRequestHandler(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def running(mailbox: Mailbox) -> Iterator[LocalAws]:
    """Serve an empty table and an empty user pool on a free port of this machine until the block is left."""
    gate = UserPoolGate(DomainDispatcherApplication(create_backend_app), mailbox)
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=_QuietRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        endpoint = f"http://127.0.0.1:{server.port}"
        create_table(boto3.client("dynamodb", endpoint_url=endpoint))
        yield LocalAws(endpoint, *create_user_pool(boto3.client("cognito-idp", endpoint_url=endpoint)))
    finally:
        server.shutdown()


def create_table(dynamodb: "DynamoDBClient") -> None:
    """Make the table of expenses from its definition."""
    dynamodb.create_table(
        TableName=TABLE_NAME,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in EXPENSES.key_attributes
        ],
        KeySchema=[
            {"AttributeName": EXPENSES.partition_key, "KeyType": "HASH"},
            {"AttributeName": EXPENSES.sort_key, "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": index.name,
                "KeySchema": [
                    {"AttributeName": EXPENSES.partition_key, "KeyType": "HASH"},
                    {"AttributeName": index.sort_key, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in EXPENSES.local_indexes
        ],
    )


def create_user_pool(cognito: "CognitoIdentityProviderClient") -> tuple[str, str]:
    """Make the user pool and its app client from their definition, and return their ids."""
    pool = cognito.create_user_pool(
        PoolName="expenses",
        UsernameAttributes=list(USERNAME_ATTRIBUTES),
        AutoVerifiedAttributes=list(AUTO_VERIFIED_ATTRIBUTES),
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
        Policies={
            "PasswordPolicy": {
                "MinimumLength": PASSWORD_POLICY.minimum_length,
                "RequireLowercase": PASSWORD_POLICY.require_lowercase,
                "RequireUppercase": PASSWORD_POLICY.require_uppercase,
                "RequireNumbers": PASSWORD_POLICY.require_numbers,
                "RequireSymbols": PASSWORD_POLICY.require_symbols,
                "TemporaryPasswordValidityDays": PASSWORD_POLICY.temporary_password_validity_days,
            }
        },
    )
    pool_id = pool["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="front-end",
        ExplicitAuthFlows=list(AUTH_FLOWS),
        ReadAttributes=list(READABLE_ATTRIBUTES),
        WriteAttributes=list(WRITABLE_ATTRIBUTES),
        PreventUserExistenceErrors="ENABLED",
        IdTokenValidity=TOKEN_VALIDITY.id_minutes,
        AccessTokenValidity=TOKEN_VALIDITY.access_minutes,
        RefreshTokenValidity=TOKEN_VALIDITY.refresh_days,
        TokenValidityUnits={"IdToken": "minutes", "AccessToken": "minutes", "RefreshToken": "days"},
    )
    return pool_id, client["UserPoolClient"]["ClientId"]
