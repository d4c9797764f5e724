"""The caller is who the ID token's claims name, and the token must be of an accepted app client."""

import pytest

from api.gateway.caller import NotAuthenticated, caller_of

CLIENTS = frozenset({"web", "mobile"})


@pytest.mark.parametrize("client", ["web", "mobile"])
def test_a_token_of_an_accepted_client_is_taken(client: str) -> None:
    assert caller_of({"sub": "u-1", "aud": client, "token_use": "id"}, CLIENTS).user_id == "u-1"


def test_claims_without_token_use_are_taken() -> None:
    assert caller_of({"sub": "u-1", "aud": "web"}, CLIENTS).user_id == "u-1"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": "u-1", "token_use": "id"},
        {"sub": "u-1", "aud": "other", "token_use": "id"},
        {"sub": "u-1", "aud": "web,mobile", "token_use": "id"},
        {"sub": "u-1", "aud": "", "token_use": "id"},
        {"sub": "u-1", "aud": "web", "token_use": "access"},
        {"sub": "", "aud": "web", "token_use": "id"},
        {"aud": "web", "token_use": "id"},
    ],
)
def test_any_other_claims_are_not_authenticated(claims: dict[str, str]) -> None:
    with pytest.raises(NotAuthenticated):
        caller_of(claims, CLIENTS)
