"""Who calls, by the claims of an ID token of an accepted app client, and in which time zone."""

from datetime import UTC, datetime, timedelta

import pytest

from api.gateway.caller import NotAuthenticated, caller_of, zone_of

CLIENTS = frozenset({"web", "mobile"})
NOON = datetime(2025, 6, 14, 12, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("claim", "hours"),
    [
        ("", 0),
        (" ", 0),
        ("UTC", 0),
        ("utc", 0),
        ("Europe/Berlin", 2),
        ("europe/berlin", 2),
        (" Europe/Berlin ", 2),
        ("America/New York", -4),
        ("AMERICA/NEW_YORK", -4),
        ("Asia/Calcutta", 5.5),
        ("US/Pacific", -7),
        ("UTC+3", 3),
        ("utc-03:30", -3.5),
        ("GMT+3", 3),
        ("Etc/GMT+3", -3),  # that is how the database has it: hours to the west
        ("+05:45", 5.75),
        ("\u22120500", -5),
        ("+14", 14),
    ],
)
def test_the_usual_spellings_of_a_time_zone_are_known(claim: str, hours: float) -> None:
    zone = zone_of(claim)
    assert zone
    assert NOON.astimezone(zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "claim",
    [
        "Nowhere",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "posixrules",
        "Factory",
        "\0",
        "+15",
        "UTC+3:99",
    ],
)
def test_another_claim_is_no_time_zone(claim: str) -> None:
    assert zone_of(claim) is None
