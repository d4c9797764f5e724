"""Who calls: read from the claims that API Gateway's authorizer vouches for, and from nothing else."""

from collections.abc import Mapping
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


def caller_of(claims: Mapping[str, str]) -> Caller:
    """Return whom the authorizer vouches for. Raises `NotAuthenticated` where it vouches for nobody."""
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
