"""The user pool and its app client, made from their definition through Cognito's API."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moto.cognitoidp.models import cognitoidp_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from api.settings import Settings
from definitions.user_pool import (
    AUTH_FLOWS,
    AUTO_VERIFIED_ATTRIBUTES,
    PASSWORD_POLICY,
    READABLE_ATTRIBUTES,
    TOKEN_VALIDITY,
    USERNAME_ATTRIBUTES,
    WRITABLE_ATTRIBUTES,
)
from local.identity.pool_users import REGION

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CLIENT_ID = Settings.example().user_pool_client_id
"""The app client's id, the same in every run, so that a function in a container can be given it beforehand."""


def create_user_pool(cognito: "CognitoIdentityProviderClient") -> tuple[str, str]:
    """Create both, without users, and return the pool's id and the client's."""
    pool = cognito.create_user_pool(
        PoolName="expenses",
        UsernameAttributes=_names(USERNAME_ATTRIBUTES),
        AutoVerifiedAttributes=_names(AUTO_VERIFIED_ATTRIBUTES),
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
        ExplicitAuthFlows=_names(AUTH_FLOWS),
        ReadAttributes=_names(READABLE_ATTRIBUTES),
        WriteAttributes=_names(WRITABLE_ATTRIBUTES),
        PreventUserExistenceErrors="ENABLED",
        IdTokenValidity=TOKEN_VALIDITY.id_minutes,
        AccessTokenValidity=TOKEN_VALIDITY.access_minutes,
        RefreshTokenValidity=TOKEN_VALIDITY.refresh_days,
        TokenValidityUnits={"IdToken": "minutes", "AccessToken": "minutes", "RefreshToken": "days"},
    )
    _rename_client(pool_id, client["UserPoolClient"]["ClientId"])
    return pool_id, CLIENT_ID


def _rename_client(pool_id: str, client_id: str) -> None:
    clients = cognitoidp_backends[DEFAULT_ACCOUNT_ID][REGION].user_pools[pool_id].clients
    clients[CLIENT_ID] = clients.pop(client_id)
    clients[CLIENT_ID].id = CLIENT_ID


def _names(names: Iterable[str]) -> list[Any]:
    # The stubs of boto3's client have a literal type for each name.
    return list(names)
