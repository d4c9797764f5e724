"""The stack's configuration: the only reader of Pulumi's, and the gate that nonsense does not pass.

Pulumi.yaml declares every key with its default; `config_rules` says what each may be.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import pulumi

from infra.config_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_OURS = {"name": "the name of project and stack", "region": "aws:region"}
"""The fields that no key of this project gives."""


class InvalidConfig(pulumi.RunError):
    """The configuration has values that cannot work; the message names each, and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a stack is to be like. Each field but the first two is the key of Pulumi.yaml in snake case."""

    name: str
    """Project and stack: the first part of every physical name."""
    region: str
    deletion_protection: bool
    point_in_time_recovery: bool
    log_retention_days: int
    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]
    login_domain_prefix: str
    self_sign_up: bool
    mfa: str
    user_pool_tier: str
    email_from: str
    ses_identity_arn: str
    architecture: str
    memory_mb: int
    timeout_seconds: int
    reserved_concurrency: int
    provisioned_concurrency: int
    live_version: int
    log_level: str
    default_currency: str
    allowed_origins: tuple[str, ...]
    throttle_rate: int
    throttle_burst: int
    account_logging: bool
    domain_name: str
    hosted_zone_id: str
    firewall: bool
    firewall_rate: int
    alarm_email: str
    alarm_error_percent: int
    alarm_latency_ms: int
    alarm_concurrency: int

    def __post_init__(self) -> None:
        """Raise `InvalidConfig` naming every value that breaks a rule."""
        faults = [
            f"{config_key(rule.field)} is {getattr(self, rule.field)!r}; it must be {rule.expected}."
            for rule in RULES
            if not rule.holds(self)
        ]
        if faults:
            raise InvalidConfig("The configuration cannot work:\n  " + "\n  ".join(faults))


def config_key(field: str) -> str:
    """Return a field's name in Pulumi.yaml: `log_level` is `logLevel`."""
    if field in _NOT_OURS:
        return _NOT_OURS[field]
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def load() -> Config:
    """Read the stack's configuration. Raises `InvalidConfig`, or Pulumi's own error for a missing or mistyped key."""
    settings = pulumi.Config()
    readers: dict[Any, Callable[[str], Any]] = {
        bool: settings.require_bool,
        int: settings.require_int,
        str: settings.require,
        tuple[str, ...]: lambda key: _texts(key, settings.require_object(key)),
    }
    values = {
        field.name: readers[field.type](config_key(field.name))
        for field in fields(Config)
        if field.name not in _NOT_OURS
    }
    return Config(
        name=f"{pulumi.get_project()}-{pulumi.get_stack()}",
        region=pulumi.Config("aws").require("region"),
        **values,
    )


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidConfig(f"{key} is {value!r}; it must be a list of texts.")
    return tuple(value)
