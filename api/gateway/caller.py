"""Who calls: read from the claims that API Gateway's authorizer has verified, and from nothing else."""

import re
from collections.abc import Container, Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones


class NotAuthenticated(Exception):
    """No authorizer has verified the caller."""

    def __init__(self) -> None:
        super().__init__("Send a valid ID token as a bearer token in the Authorization header.")


class Caller(NamedTuple):
    """Whose data an operation works on, and their time zone."""

    user_id: str
    zone: tzinfo | None
    """UTC where the token claims no time zone; None where it claims one that is not known."""


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
    return Caller(user_id, zone_of(claims.get("zoneinfo", "")))


def zone_of(claim: str) -> tzinfo | None:
    """Return the time zone of a `zoneinfo` claim, which users write themselves; None where it is not known.

    It ought to be a name of the IANA time zone database, such as `Europe/Berlin` (OpenID Connect Core, section 5.1).
    Any case, spaces for underscores and offsets such as `UTC+3` and `+05:30` are accepted, too.
    """
    name = claim.strip()
    if not name:
        return UTC
    if offset := _OFFSET.fullmatch(name):
        return _offset(offset["sign"], int(offset["hours"]), int(offset["minutes"] or 0))
    try:
        if name not in _OF_THE_MACHINE:
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass  # not a name as the database writes it
    exact = _names().get(re.sub(r"\s+", "_", name).casefold())
    return ZoneInfo(exact) if exact else None


def _offset(sign: str, hours: int, minutes: int) -> tzinfo | None:
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > _LARGEST_OFFSET:
        return None
    return timezone(offset if sign == "+" else -offset)


@cache
def _names() -> dict[str, str]:
    """Return every name of the database by itself in lower case; it takes some milliseconds, and is rarely needed."""
    return {name.casefold(): name for name in available_timezones() - _OF_THE_MACHINE}


_OFFSET = re.compile(
    r"(?:(?:UTC|GMT) ?)?(?P<sign>[+\-\u2212])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?", re.IGNORECASE
)
_LARGEST_OFFSET = timedelta(hours=14)
_OF_THE_MACHINE = frozenset({"localtime", "posixrules", "Factory"})
"""Files beside the database that are not time zones of a place, but what this machine is set to."""
