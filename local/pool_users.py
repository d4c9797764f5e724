"""Who a call to the user pool is about: the pool and its users as moto keeps them."""

import json
from typing import Any

from moto.cognitoidp.exceptions import UserNotFoundError
from moto.cognitoidp.models import CognitoIdpUser, CognitoIdpUserPool, cognitoidp_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from local.cognito_errors import NO_CODE, UNREADABLE, CognitoError, no_such_client

REGION = "us-east-1"
"""Most of Cognito's calls are unsigned and so name no region; moto then takes them to be for this one."""
_TEXTS = ("AuthFlow", "ChallengeName", "ClientId", "ConfirmationCode", "Password", "Token", "Username")
_MAPS_OF_TEXTS = ("AuthParameters", "ChallengeResponses")
Call = dict[str, Any]
"""The members of one call's body, or of its answer."""


def read_call(body: bytes) -> Call:
    """Return a call. Raises `ValueError` for what is not JSON, and `CognitoError` for members of other types."""
    call = json.loads(body)
    if not (
        isinstance(call, dict)
        and all(isinstance(call.get(name, ""), str) for name in _TEXTS)
        and all(_is_map_of_texts(call.get(name, {})) for name in _MAPS_OF_TEXTS)
    ):
        raise CognitoError(*UNREADABLE)
    return call


def _is_map_of_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(member, str) for member in value.values())


def in_lower_case(call: Call) -> Call:
    """Return a call with its user name in lower case: the pool's user names are case-insensitive, moto's are not."""
    parameters = dict(call.get("AuthParameters", {}))
    lowered = call | ({"AuthParameters": parameters} if parameters else {})
    for members, name in ((lowered, "Username"), (parameters, "USERNAME")):
        if name in members:
            members[name] = members[name].lower()
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
    """Return the user that a call with a code names. Raises `CognitoError` if there is none: nobody was sent a code."""
    user = user_of(call)
    if user is None:
        raise CognitoError(*NO_CODE)
    return user


def email_of(user: CognitoIdpUser) -> str:
    """Return the address that a user signed up with."""
    return str(user.attribute_lookup["email"])
