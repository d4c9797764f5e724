"""What a call to the user pool is about: the pool and its users as moto keeps them, and the codes sent to them."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from moto.cognitoidp.exceptions import UserNotFoundError
from moto.cognitoidp.models import CognitoIdpUser, CognitoIdpUserPool, cognitoidp_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from local.identity.errors import NO_CODE, UNREADABLE, CognitoError, no_such_client

REGION = "us-east-1"
"""Most of Cognito's calls are unsigned and so name no region; moto then takes them to be for this one."""
_STRINGS = (
    "AuthFlow",
    "ChallengeName",
    "ClientId",
    "ConfirmationCode",
    "Password",
    "RefreshToken",
    "Token",
    "Username",
)
_STRING_MAPS = ("AuthParameters", "ChallengeResponses")
Call = dict[str, Any]
"""The body of one call, or of its response."""


def read_call(body: bytes) -> Call:
    """Return a call. Raises `ValueError` for what is not JSON, and `CognitoError` for properties of other types."""
    call = json.loads(body)
    if not (
        isinstance(call, dict)
        and all(isinstance(call.get(name, ""), str) for name in _STRINGS)
        and all(_is_string_map(call.get(name, {})) for name in _STRING_MAPS)
    ):
        raise CognitoError(*UNREADABLE)
    return call


def _is_string_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def in_lower_case(call: Call) -> Call:
    """Return a call with its user name in lower case: the pool's user names are case-insensitive, moto's are not."""
    parameters = dict(call.get("AuthParameters", {}))
    lowered = call | ({"AuthParameters": parameters} if parameters else {})
    for properties, name in ((lowered, "Username"), (parameters, "USERNAME")):
        if name in properties:
            properties[name] = properties[name].lower()
    return lowered


def pool_of(call: Call) -> CognitoIdpUserPool:
    """Return the pool of the app client that a call names. Raises `CognitoError` if there is none."""
    pools: dict[str, CognitoIdpUserPool] = cognitoidp_backends[DEFAULT_ACCOUNT_ID][REGION].user_pools
    for pool in pools.values():
        if call["ClientId"] in pool.clients:
            return pool
    raise no_such_client(call["ClientId"])


def user_of(call: Call) -> CognitoIdpUser | None:
    """Return the user that a call names."""
    pool, username = pool_of(call), call.get("Username") or call["AuthParameters"]["USERNAME"]
    try:
        return pool.backend.admin_get_user(pool.id, username)
    except UserNotFoundError:
        return None


def known_user(call: Call) -> CognitoIdpUser:
    """Return the user that a call with a code names. Raises `CognitoError` if there is none."""
    user = user_of(call)
    if user is None:
        raise CognitoError(*NO_CODE)
    return user


def email_of(user: CognitoIdpUser) -> str:
    """Return the address that a user signed up with."""
    return str(user.attribute_lookup["email"])


class Mailbox:
    """The codes that Cognito would send by email, the newest of each address; each is announced on the console."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._codes: dict[str, str] = {}

    def send(self, email: str) -> None:
        """Make a new 6-digit code for this address, and announce it."""
        self._codes[email] = f"{secrets.randbelow(1_000_000):06}"
        self._announce(f"Email to {email}: your code is {self._codes[email]}")

    def code_for(self, email: str) -> str | None:
        """Return the code that this address was sent last, unless it has been used."""
        return self._codes.get(email)

    def discard(self, email: str) -> None:
        """Forget a code that has been used."""
        self._codes.pop(email, None)
