"""The user pool and its app client, made from their definition through Cognito's API."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from definitions.user_pool import (
    AUTH_FLOWS,
    AUTO_VERIFIED_ATTRIBUTES,
    PASSWORD_POLICY,
    READABLE_ATTRIBUTES,
    TOKEN_VALIDITY,
    USERNAME_ATTRIBUTES,
    WRITABLE_ATTRIBUTES,
)

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def create_user_pool(cognito: "CognitoIdentityProviderClient") -> tuple[str, str]:
    """Make both, without users, and return their ids."""
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
    return pool_id, client["UserPoolClient"]["ClientId"]


def _names(names: Iterable[str]) -> list[Any]:
    # The type of boto3's client knows each name as a literal of its own.
    return list(names)
