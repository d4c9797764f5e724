"""The configuration refuses what cannot work, and says what would."""

import dataclasses
import re
from typing import Any

import pulumi
import pytest
import yaml

from infra.config import Config, InvalidConfig, config_key
from tests.infra.recording import ROOT, record, recorded, stack_config

PROJECT: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
STACK_FILES = sorted(ROOT.glob("Pulumi.*.yaml"))
OWN_KEYS = {key: declared for key, declared in PROJECT["config"].items() if ":" not in key}
PYTHON_TYPES = {"string": str, "integer": int, "boolean": bool, "array": tuple[str, ...]}


def defaults() -> dict[str, Any]:
    by_field = {field.name: config_key(field.name) for field in dataclasses.fields(Config)}
    values = {
        field: tuple(OWN_KEYS[key]["default"]) if OWN_KEYS[key]["type"] == "array" else OWN_KEYS[key]["default"]
        for field, key in by_field.items()
        if key in OWN_KEYS
    }
    return {"name": "expenses-dev", "region": "eu-west-1", **values}


NONSENSE: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown region": ({"region": "eu-west-9"}, "aws:region is 'eu-west-9'; it must be an AWS region"),
    "a stack name in capitals": ({"name": "expenses-Dev"}, "the name of project and stack is 'expenses-Dev'"),
    "a stack name that is too long": ({"name": "expenses-" + "x" * 40}, "3 to 39 lower-case letters"),
    "a stack name that Cognito refuses": ({"name": "expenses-aws"}, "without aws, amazon or cognito"),
    "a retention that CloudWatch lacks": ({"log_retention_days": 31}, "logRetentionDays is 31; it must be one of 1, 3"),
    "no callback": ({"callback_urls": ()}, "callbackUrls is (); it must be at least one https://"),
    "a callback without TLS": ({"callback_urls": ("http://app.example.com/",)}, "http:// for localhost only"),
    "a callback with a fragment": ({"callback_urls": ("https://a.example/#x",)}, "no fragment"),
    "a logout page without TLS": ({"logout_urls": ("http://app.example.com/",)}, "logoutUrls is"),
    "a login domain with a dot": ({"login_domain_prefix": "log.in"}, "loginDomainPrefix is 'log.in'"),
    "a login domain with a reserved word": ({"login_domain_prefix": "myaws"}, "without aws, amazon or cognito"),
    "an MFA that is none": ({"mfa": "true"}, "mfa is 'true'; it must be OFF, OPTIONAL or ON"),
    "a tier that is none": ({"user_pool_tier": "BASIC"}, "it must be LITE, ESSENTIALS or PLUS"),
    "a sender without an identity": ({"email_from": "a@example.com"}, "given together with sesIdentityArn"),
    "an identity without a sender": (
        {"ses_identity_arn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com"},
        "given together with sesIdentityArn",
    ),
    "an identity that is no ARN": (
        {"email_from": "a@example.com", "ses_identity_arn": "example.com"},
        "sesIdentityArn is 'example.com'",
    ),
    "a processor that Lambda lacks": ({"architecture": "amd64"}, "it must be arm64 or x86_64"),
    "too little memory": ({"memory_mb": 64}, "memoryMb is 64; it must be from 128 to 10240"),
    "a timeout after the gateway's": ({"timeout_seconds": 29}, "it must be from 1 to 28, below the gateway's 29"),
    "a function that never runs": (
        {"reserved_concurrency": 0},
        "reservedConcurrency is 0; it must be -1, or 1 or more",
    ),
    "more warm than allowed": (
        {"reserved_concurrency": 1, "provisioned_concurrency": 2},
        "no more than reservedConcurrency",
    ),
    "a version below zero": ({"live_version": -1}, "liveVersion is -1"),
    "a log level that is none": ({"log_level": "VERBOSE"}, "it must be DEBUG, INFO, WARNING or ERROR"),
    "a currency that is none": ({"default_currency": "EUX"}, "it must be an ISO 4217 code"),
    "no origin": ({"allowed_origins": ()}, "allowedOrigins is ()"),
    "any origin and another": ({"allowed_origins": ("*", "https://a.example")}, "or * alone"),
    "an origin with a path": ({"allowed_origins": ("https://a.example/",)}, "nor a path"),
    "an origin with credentials": ({"allowed_origins": ("https://me:secret@a.example",)}, "neither credentials"),
    "an origin that would end the template": ({"allowed_origins": ('https://a"b',)}, "allowedOrigins is"),
    "no request at all": ({"throttle_rate": 0}, "throttleRate is 0; it must be from 1 to 10000"),
    "a burst over the account's": ({"throttle_burst": 5001}, "throttleBurst is 5001"),
    "a domain with a scheme": ({"domain_name": "https://a.example", "hosted_zone_id": "Z1"}, "such as api.example.com"),
    "a domain without a zone": ({"domain_name": "api.example.com"}, "given together with hostedZoneId"),
    "a firewall that stops everybody": ({"firewall_rate": 5}, "firewallRate is 5"),
    "an address that is none": ({"alarm_email": "on-call"}, "alarmEmail is 'on-call'; it must be an email address"),
    "an alarm that never comes": ({"alarm_error_percent": 100}, "alarmErrorPercent is 100; it must be from 0 to 99"),
    "a latency beyond the gateway's": ({"alarm_latency_ms": 30_000}, "alarmLatencyMs is 30000"),
    "an alarm at rest": ({"alarm_concurrency": 0}, "alarmConcurrency is 0; it must be 1 or more"),
}


@pytest.mark.parametrize(("values", "message"), NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused_by_name(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidConfig, match=re.escape(message)):
        Config(**{**defaults(), **values})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidConfig, match=r"memoryMb is 1;.*\n.*logLevel is 'LOUD'"):
        Config(**{**defaults(), "memory_mb": 1, "log_level": "LOUD"})


def test_the_defaults_are_no_nonsense() -> None:
    assert Config(**defaults()).name == "expenses-dev"


def test_an_invalid_configuration_creates_nothing() -> None:
    with pytest.raises(InvalidConfig, match="memoryMb is 64"):
        record("dev", {"memoryMb": 64})


def test_a_value_of_another_type_is_refused_by_name() -> None:
    with pytest.raises(pulumi.ConfigTypeError, match=r"expenses:memoryMb.*'much'"):
        record("dev", {"memoryMb": "much"})


def test_a_list_of_other_things_than_texts_is_refused_by_name() -> None:
    with pytest.raises(InvalidConfig, match=r"allowedOrigins is \[1\]; it must be a list of texts"):
        record("dev", {"allowedOrigins": [1]})


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(pulumi.ConfigMissingError, match="expenses:memoryMb"):
        record("dev", {"memoryMb": None})


def test_every_field_is_declared_with_its_type_and_every_key_is_read() -> None:
    fields = {config_key(field.name): field.type for field in dataclasses.fields(Config)}
    declared = {key: PYTHON_TYPES[declared["type"]] for key, declared in OWN_KEYS.items()}
    own = {key: fields[key] for key in fields if key in declared}
    assert own == declared
    assert len(fields) == len(declared) + 2


@pytest.mark.parametrize("key", OWN_KEYS)
def test_a_key_has_a_default_and_a_description(key: str) -> None:
    # Without a default Pulumi asks every stack for a value.
    assert "default" in OWN_KEYS[key]
    assert OWN_KEYS[key]["description"].endswith(".")
    assert ("items" in OWN_KEYS[key]) == (OWN_KEYS[key]["type"] == "array")


@pytest.mark.parametrize("key", [key for key in PROJECT["config"] if ":" in key])
def test_a_key_of_another_namespace_has_only_a_value(key: str) -> None:
    assert PROJECT["config"][key].keys() == {"value"}


def test_the_program_runs_from_its_folder_in_the_project_s_environment() -> None:
    assert PROJECT["main"] == "infra"
    assert PROJECT["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}


@pytest.mark.parametrize("path", STACK_FILES, ids=[path.name for path in STACK_FILES])
def test_a_stack_overrides_declared_keys_and_tags_itself(path: Any) -> None:
    stack = path.name.split(".")[1]
    config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    own = {key.removeprefix("expenses:") for key in config if key.startswith("expenses:")}
    assert own <= OWN_KEYS.keys()
    assert config["aws:defaultTags"] == {"tags": {"project": PROJECT["name"], "stack": stack}}


def test_prod_is_stricter_than_dev() -> None:
    dev, prod = recorded("dev"), recorded("prod")
    assert prod.one("Table").inputs["deletionProtectionEnabled"]
    assert prod.one("Table").inputs["pointInTimeRecovery"] == {"enabled": True}
    assert prod.one("UserPool").inputs["mfaConfiguration"] == "OPTIONAL"
    assert prod.one("TopicSubscription").inputs["protocol"] == "email"
    assert len(prod.all("WebAcl")) == 1
    assert dev.all("WebAcl") == []
    retention = {stack: int(stack_config(stack)["expenses:logRetentionDays"]) for stack in ("dev", "prod")}
    assert retention["prod"] > retention["dev"]
