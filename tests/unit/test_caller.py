"""Who calls, and in which time zone."""

from datetime import UTC, datetime, timedelta

import pytest

from api.gateway.caller import zone_of

NOON = datetime(2025, 6, 14, 12, tzinfo=UTC)


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
