"""What the pool of users asks of them; AWS and the local stack both create it from here.

Pure data: importing it needs neither Pulumi nor boto3.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a password must have.

    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """

    minimum_length: int = 12
    require_lowercase: bool = True
    require_uppercase: bool = True
    require_numbers: bool = True
    require_symbols: bool = True
    temporary_password_validity_days: int = 3
    history_size: int = 5
    """How many of a user's former passwords a new one must differ from."""


@dataclass(frozen=True, slots=True)
class TokenValidity:
    """How long a token is good for. API Gateway takes an ID token until it ends, after sign-out and deletion too."""

    id_minutes: int = 15
    access_minutes: int = 15
    refresh_days: int = 30
    """From signing in: a rotated token ends when the first one would have."""


PASSWORD_POLICY = PasswordPolicy()
TOKEN_VALIDITY = TokenValidity()
USERNAME_ATTRIBUTES = ("email",)
AUTO_VERIFIED_ATTRIBUTES = ("email",)
AUTH_FLOWS = ("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH")
"""How to sign in. A session is renewed by GetTokensFromRefreshToken, which rotates the refresh token."""
RENEWAL_WITHOUT_ROTATION = "ALLOW_REFRESH_TOKEN_AUTH"
"""The older way to renew; a client that rotates refresh tokens cannot have it."""
ROTATION_GRACE_SECONDS = 30
"""How long a refresh token still works after its renewal, for a client that did not get the response."""
OAUTH_SCOPES = ("openid", "email", "profile", "aws.cognito.signin.user.admin")
"""With the last one, a user who signed in by the login page may change attributes, password and MFA, and delete
themselves: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html"""
READABLE_ATTRIBUTES = ("email", "email_verified", "name", "zoneinfo")
WRITABLE_ATTRIBUTES = ("email", "name", "zoneinfo")
"""`zoneinfo` (an IANA name such as Africa/Nairobi) decides which day is today for the user's expenses."""
