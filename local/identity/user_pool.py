"""The user pool and its app client, made from their definition through Cognito's API."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api.settings import Settings
from definitions import user_pool as definition

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CLIENT_ID = Settings.example().user_pool_client_id
"""The app client's id, always the same, so that a function in a container can be given it beforehand."""
CALLBACK_URL = "http://localhost:3000/"
"""Where the login page sends users back to unless the request names another page: the deployment's default."""


def login_url(endpoint: str) -> str:
    """Return the address of the login page, as the stack does; who sends users there adds a PKCE challenge."""
    parameters = {"client_id": CLIENT_ID, "response_type": "code", "scope": " ".join(definition.OAUTH_SCOPES)}
    return f"{endpoint}/login?{urlencode(parameters | {'redirect_uri': CALLBACK_URL})}"


def ensure_user_pool(cognito: "CognitoIdentityProviderClient", *, rotates: bool) -> str:
    """Create both unless they exist, and return the pool's id. Each becomes what its definition is now.

    The client rotates refresh tokens if it `rotates`: not in a stack of Cognito's LITE plan.
    """
    policy = asdict(definition.PASSWORD_POLICY)
    policy["password_history_size"] = policy.pop("history_size")
    pool: Any = {  # the stubs of boto3's client have literal types for the names
        "AutoVerifiedAttributes": definition.AUTO_VERIFIED_ATTRIBUTES,
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
        "Policies": {"PasswordPolicy": {name.title().replace("_", ""): value for name, value in policy.items()}},
        "MfaConfiguration": "OPTIONAL",
    }
    client: Any = {
        "ExplicitAuthFlows": [*definition.AUTH_FLOWS, *(() if rotates else (definition.RENEWAL_WITHOUT_ROTATION,))],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": definition.OAUTH_SCOPES,
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": [CALLBACK_URL],
        "PreventUserExistenceErrors": "ENABLED",
        "ReadAttributes": definition.READABLE_ATTRIBUTES,
        "WriteAttributes": definition.WRITABLE_ATTRIBUTES,
        "IdTokenValidity": definition.TOKEN_VALIDITY.id_minutes,
        "AccessTokenValidity": definition.TOKEN_VALIDITY.access_minutes,
        "RefreshTokenValidity": definition.TOKEN_VALIDITY.refresh_days,
        "TokenValidityUnits": {"IdToken": "minutes", "AccessToken": "minutes", "RefreshToken": "days"},
    }
    pools = cognito.list_user_pools(MaxResults=1)["UserPools"]
    pool_id = pools[0]["Id"] if pools else _create(cognito)
    cognito.update_user_pool(UserPoolId=pool_id, **pool)
    cognito.update_user_pool_client(UserPoolId=pool_id, ClientId=CLIENT_ID, **client)
    return pool_id


def _create(cognito: "CognitoIdentityProviderClient") -> str:
    names: Any = definition.USERNAME_ATTRIBUTES
    pool_id = cognito.create_user_pool(PoolName="expenses", UsernameAttributes=names)["UserPool"]["Id"]
    cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="front-end")
    return pool_id
