"""Who calls: read from the claims that API Gateway's authorizer vouches for, and from nothing else."""

from collections.abc import Container, Mapping
from datetime import UTC, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo


class NotAuthenticated(Exception):
    """No authorizer vouched for the caller."""

    def __init__(self) -> None:
        super().__init__("Send a valid ID token as a bearer token in the Authorization header.")


class Caller(NamedTuple):
    """Whose data an operation works on, and where on Earth their days begin."""

    user_id: str
    zone: tzinfo


def caller_of(claims: Mapping[str, str], client_ids: Container[str]) -> Caller:
    """Return the user whose ID token the authorizer verified. Raises `NotAuthenticated` for any other claims.

    API Gateway's Cognito authorizer checks signature, expiry and issuer, but not for which app client of the pool the
    token was issued; `client_ids` are those that are accepted.
    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
    """
    if claims.get("aud") not in client_ids or claims.get("token_use", "id") != "id":
        raise NotAuthenticated
    user_id = claims.get("sub")
    if not user_id:
        raise NotAuthenticated
    return Caller(user_id, _zone(claims.get("zoneinfo")))


def _zone(name: str | None) -> tzinfo:
    """Return the time zone of an IANA name; users choose their own claim, so an unknown name counts as UTC."""
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
