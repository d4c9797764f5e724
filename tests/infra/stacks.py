"""The stacks that tests look at: the committed ones, and two that differ from them as far as they can."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.infra.recording import Recording, record, recorded

EVERYTHING = {
    "domainName": "api.example.com",
    "hostedZoneId": "Z0A1B2C3",
    "reservedConcurrency": 20,
    "provisionedConcurrency": 2,
    "userPoolTier": "PLUS",
    "mfa": "ON",
    "selfSignUp": True,
    "emailFrom": "expenses@example.com",
    "sesIdentityArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
    "architecture": "x86_64",
    "liveVersion": 3,
    "logLevel": "WARNING",
    "allowedOrigins": ["https://a.example.com", "capacitor://localhost"],
    "callbackUrls": ["myapp://callback"],
}
LEAST = {"userPoolTier": "LITE", "accountLogging": False, "selfSignUp": False, "allowedOrigins": ["*"]}


@cache
def stack(name: str) -> Recording:
    """The recording of one of `STACKS`, made once; a test that changes it works on a copy."""
    return record(*_OTHERS[name]) if name in _OTHERS else recorded(name)


_OTHERS: Mapping[str, tuple[str, dict[str, Any]]] = {"everything": ("prod", EVERYTHING), "least": ("dev", LEAST)}
STACKS = ("dev", "prod", *_OTHERS)
