"""What a configuration may say: AWS's limits, and what makes sense together."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import botocore.session

from api.expenses.currencies import MINOR_UNIT_DIGITS

if TYPE_CHECKING:
    from infra.config import Config

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,37}[a-z0-9]")
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?")
_URL = re.compile(r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?/[^#\s]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_DOMAIN_PREFIX = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SES_IDENTITY = re.compile(r"arn:aws:ses:[a-z0-9-]+:\d{12}:identity/.+")


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must hold of a configuration; `expected` completes the sentence «it must be …»."""

    field: str
    holds: Callable[["Config"], bool]
    expected: str


def _all_match(pattern: re.Pattern[str], values: Iterable[str]) -> bool:
    return all(pattern.fullmatch(value) for value in values)


def _empty_or(pattern: re.Pattern[str], value: str) -> bool:
    return not value or pattern.fullmatch(value) is not None


@cache
def _regions() -> frozenset[str]:
    # botocore's own list, so that a new region needs a new botocore and not a new line here.
    return frozenset(botocore.session.get_session().get_available_regions("cognito-idp"))


def _reserved_by_cognito(prefix: str) -> bool:
    return any(word in prefix for word in ("aws", "amazon", "cognito"))


RULES = (
    Rule(
        "name",
        lambda c: _NAME.fullmatch(c.name) is not None and not _reserved_by_cognito(c.name),
        "3 to 39 lower-case letters, digits and hyphens, without aws, amazon or cognito: AWS names are made from it",
    ),
    Rule("region", lambda c: c.region in _regions(), "an AWS region with Cognito, such as eu-west-1"),
    Rule(
        "log_retention_days",
        lambda c: c.log_retention_days in LOG_RETENTION_DAYS,
        f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}",
    ),
    Rule(
        "callback_urls",
        lambda c: len(c.callback_urls) > 0 and _all_match(_URL, c.callback_urls),
        "at least one https:// address with a path and no fragment (http:// for localhost only)",
    ),
    Rule(
        "logout_urls",
        lambda c: _all_match(_URL, c.logout_urls),
        "https:// addresses with a path and no fragment (http:// for localhost only)",
    ),
    Rule(
        "login_domain_prefix",
        lambda c: _empty_or(_DOMAIN_PREFIX, c.login_domain_prefix) and not _reserved_by_cognito(c.login_domain_prefix),
        "at most 63 lower-case letters, digits and hyphens, without aws, amazon or cognito; or empty",
    ),
    Rule(
        "mfa",
        lambda c: c.mfa in {"OFF", "OPTIONAL", "ON"},
        "OFF, OPTIONAL or ON (quoted: YAML reads a bare ON as true)",
    ),
    Rule("user_pool_tier", lambda c: c.user_pool_tier in {"LITE", "ESSENTIALS", "PLUS"}, "LITE, ESSENTIALS or PLUS"),
    Rule("email_from", lambda c: _empty_or(_EMAIL, c.email_from), "an email address, or empty"),
    Rule(
        "email_from",
        lambda c: bool(c.email_from) == bool(c.ses_identity_arn),
        "given together with sesIdentityArn, or both empty",
    ),
    Rule(
        "ses_identity_arn",
        lambda c: _empty_or(_SES_IDENTITY, c.ses_identity_arn),
        "like arn:aws:ses:eu-west-1:123456789012:identity/example.com, or empty",
    ),
    Rule("architecture", lambda c: c.architecture in {"arm64", "x86_64"}, "arm64 or x86_64"),
    Rule("memory_mb", lambda c: 128 <= c.memory_mb <= 10_240, "from 128 to 10240"),
    Rule("timeout_seconds", lambda c: 1 <= c.timeout_seconds <= 28, "from 1 to 28, below the gateway's 29"),
    Rule(
        "reserved_concurrency",
        lambda c: c.reserved_concurrency == -1 or c.reserved_concurrency >= 1,
        "-1, or 1 or more",
    ),
    Rule(
        "provisioned_concurrency",
        lambda c: (
            c.provisioned_concurrency >= 0
            and (c.reserved_concurrency == -1 or c.provisioned_concurrency <= c.reserved_concurrency)
        ),
        "0 or more, and no more than reservedConcurrency",
    ),
    Rule("live_version", lambda c: c.live_version >= 0, "0, or the number of a published version"),
    Rule("log_level", lambda c: c.log_level in {"DEBUG", "INFO", "WARNING", "ERROR"}, "DEBUG, INFO, WARNING or ERROR"),
    Rule(
        "default_currency",
        lambda c: c.default_currency in MINOR_UNIT_DIGITS,
        "an ISO 4217 code, such as EUR",
    ),
    Rule(
        "allowed_origins",
        lambda c: (
            c.allowed_origins == ("*",) or (len(c.allowed_origins) > 0 and _all_match(_ORIGIN, c.allowed_origins))
        ),
        "origins such as https://app.example.com (http:// for localhost only) with neither credentials nor a path; "
        "or * alone",
    ),
    Rule("throttle_rate", lambda c: 1 <= c.throttle_rate <= 10_000, "from 1 to 10000, the account's limit"),
    Rule("throttle_burst", lambda c: 1 <= c.throttle_burst <= 5_000, "from 1 to 5000, the account's limit"),
    Rule("domain_name", lambda c: _empty_or(_DOMAIN, c.domain_name), "a name such as api.example.com, or empty"),
    Rule(
        "domain_name",
        lambda c: bool(c.domain_name) == bool(c.hosted_zone_id),
        "given together with hostedZoneId, or both empty",
    ),
    Rule("firewall_rate", lambda c: 10 <= c.firewall_rate <= 2_000_000_000, "from 10 to 2000000000"),
    Rule("alarm_email", lambda c: _empty_or(_EMAIL, c.alarm_email), "an email address, or empty"),
    Rule("alarm_error_percent", lambda c: 0 <= c.alarm_error_percent < 100, "from 0 to 99"),
    Rule("alarm_latency_ms", lambda c: 1 <= c.alarm_latency_ms <= 29_000, "from 1 to 29000"),
    Rule("alarm_concurrency", lambda c: c.alarm_concurrency >= 1, "1 or more"),
)
