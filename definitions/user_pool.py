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
    """How long a token is good for."""

    id_minutes: int = 60
    access_minutes: int = 60
    refresh_days: int = 30


PASSWORD_POLICY = PasswordPolicy()
TOKEN_VALIDITY = TokenValidity()
TOKEN_VALIDITY_UNITS = {"id_token": "minutes", "access_token": "minutes", "refresh_token": "days"}
USERNAME_ATTRIBUTES = ("email",)
AUTO_VERIFIED_ATTRIBUTES = ("email",)
AUTH_FLOWS = ("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
OAUTH_SCOPES = ("openid", "email", "profile")
READABLE_ATTRIBUTES = ("email", "email_verified", "name", "zoneinfo")
WRITABLE_ATTRIBUTES = ("email", "name", "zoneinfo")
"""`zoneinfo` (an IANA name such as Africa/Nairobi) decides which day is today for the user's expenses."""
