"""The configuration refuses what cannot work, and says what would."""

import re
from typing import Any

import pytest
import yaml

from infra.config.declaration import PULUMI_YAML, declarations, text
from infra.config.loading import InvalidConfig, parse
from infra.config.model import Config
from tests.infra.recording import ROOT, record, recorded

STACK_FILES = sorted(ROOT.glob("Pulumi.*.yaml"))


def config(**keys: str) -> Config:
    """The configuration of a stack that sets these keys, as the CLI hands them over."""
    return parse("expenses", "dev", {"aws:region": "eu-west-1", **{f"expenses:{key}": keys[key] for key in keys}})


INVALID: dict[str, tuple[dict[str, str], str]] = {
    "a retention that CloudWatch lacks": ({"logRetentionDays": "31"}, "logRetentionDays is 31; it must be 1, 3"),
    "a cap of nothing": ({"maxReadUnits": "0"}, "maxReadUnits is 0; it must be -1, or 1 or more"),
    "no callback": ({"callbackUrls": "[]"}, "callbackUrls is []; it must be one or more https://"),
    "a callback without TLS": ({"callbackUrls": '["http://app.example.com/"]'}, "http:// for localhost only"),
    "a callback with a fragment": ({"callbackUrls": '["https://a.example/#x"]'}, "without a fragment"),
    "a callback that runs": ({"callbackUrls": '["javascript:/alert(1)"]'}, "callbackUrls is ['javascript:/alert(1)']"),
    "a logout page without TLS": ({"logoutUrls": '["http://app.example.com/"]'}, "logoutUrls is"),
    "a login domain with a dot": ({"loginDomainPrefix": "log.in"}, "loginDomainPrefix is 'log.in'"),
    "a login domain with a reserved word": ({"loginDomainPrefix": "myaws"}, "without aws, amazon or cognito"),
    "an MFA that YAML made of ON": ({"mfa": "true"}, "mfa is 'true'; it must be OFF, OPTIONAL or ON (quoted: YAML"),
    "an unknown tier": ({"userPoolTier": "BASIC"}, "userPoolTier is 'BASIC'; it must be LITE, ESSENTIALS or PLUS"),
    "a sender without an identity": ({"emailFrom": "a@example.com"}, "given together with sesIdentityArn"),
    "an identity that is no ARN": ({"sesIdentityArn": "example.com"}, "sesIdentityArn is 'example.com'"),
    "a processor that Lambda lacks": ({"architecture": "amd64"}, "architecture is 'amd64'; it must be arm64 or x86_64"),
    "too little memory": ({"memoryMb": "64"}, "memoryMb is 64; it must be from 128 to 10240"),
    "half a megabyte": ({"memoryMb": "1024.5"}, "memoryMb is 1024.5; it must be an integer"),
    "a word for a number": ({"memoryMb": "much"}, "memoryMb is 'much'; it must be an integer"),
    "a word for a switch": ({"firewall": "yes"}, "firewall is 'yes'; it must be true or false"),
    "numbers for strings": ({"allowedOrigins": "[1]"}, "allowedOrigins is [1]; it must be a list of strings"),
    "a string for a list": ({"allowedOrigins": "https://a.example"}, "it must be a list of strings"),
    "a timeout after the gateway's": ({"timeoutSeconds": "29"}, "and below the gateway's 29"),
    "a timeout that leaves no time to answer": ({"timeoutSeconds": "5"}, "timeoutSeconds is 5; it must be from 6"),
    "a function that never runs": ({"reservedConcurrency": "0"}, "it must be -1, or 1 or more"),
    "more warm than allowed": (
        {"reservedConcurrency": "1", "provisionedConcurrency": "2"},
        "provisionedConcurrency is 2; it must be no more than reservedConcurrency",
    ),
    "a version below zero": ({"liveVersion": "-1"}, "liveVersion is -1; it must be 0 or more"),
    "a log level of whole requests": ({"logLevel": "DEBUG"}, "logLevel is 'DEBUG'; it must be INFO or WARNING"),
    "an unknown currency": ({"defaultCurrency": "EUX"}, "defaultCurrency is 'EUX'; it must be an ISO 4217 code"),
    "no origin": ({"allowedOrigins": "[]"}, "allowedOrigins is []"),
    "any origin and another": ({"allowedOrigins": '["*", "https://a.example"]'}, "or * alone"),
    "an origin with a path": ({"allowedOrigins": '["https://a.example/"]'}, "nor a path"),
    "an origin with credentials": ({"allowedOrigins": '["https://me:x@a.example"]'}, "neither credentials"),
    "an origin in capitals": ({"allowedOrigins": '["https://A.example"]'}, "in lower case"),
    "an origin with the default port": ({"allowedOrigins": '["https://a.example:443"]'}, "nor the default port"),
    "an origin that would end the template": ({"allowedOrigins": '["https://a\\"b"]'}, "allowedOrigins is"),
    "an origin of a file": ({"allowedOrigins": '["file://localhost"]'}, "allowedOrigins is"),
    "no request at all": ({"throttleRate": "0"}, "throttleRate is 0; it must be from 1 to 10000"),
    "a burst over the account's": ({"throttleBurst": "5001"}, "throttleBurst is 5001"),
    "a health check faster than the rest": ({"publicThrottleRate": "51"}, "it must be no more than throttleRate"),
    "a domain with a scheme": ({"domainName": "https://a.example"}, "such as api.example.com"),
    "a domain without a zone": ({"domainName": "api.example.com"}, "given together with hostedZoneId"),
    "a firewall that stops everyone": ({"firewallRate": "5"}, "firewallRate is 5; it must be from 10"),
    "an address without a domain": ({"alarmEmail": "on-call"}, "alarmEmail is 'on-call'; it must be an email address"),
    "a share that is never reached": (
        {"alarmErrorPercent": "100"},
        "alarmErrorPercent is 100; it must be from 0 to 99",
    ),
    "a latency that Lambda never lets be": ({"alarmLatencyMs": "10000"}, "alarmLatencyMs is 10000; it must be below"),
    "a concurrency that is never reached": (
        {"reservedConcurrency": "5", "alarmConcurrency": "5"},
        "alarmConcurrency is 5; it must be below reservedConcurrency",
    ),
    "a budget without an address": ({"monthlyBudget": "50"}, "it must be 0, unless alarmEmail is set"),
}


@pytest.mark.parametrize(("keys", "message"), INVALID.values(), ids=INVALID)
def test_what_cannot_work_is_refused_by_name(keys: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidConfig, match=re.escape(message)):
        config(**keys)


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("loglevel", "logLevel"),
        ("log_level", "logLevel"),
        ("memoryMB", "memoryMb"),
        ("alarmMail", "alarmEmail"),
        ("throttleRates", "throttleRate"),
    ],
)
def test_a_misspelt_key_is_refused_with_the_one_that_is_meant(key: str, nearest: str) -> None:
    with pytest.raises(InvalidConfig, match=f"{key} is not a key of this project; did you mean {nearest}\\?"):
        config(**{key: "5"})


@pytest.mark.parametrize("key", ["name", "region", "colour"])
def test_a_key_that_is_like_no_other_is_refused_too(key: str) -> None:
    with pytest.raises(InvalidConfig, match=f"{key} is not a key of this project"):
        config(**{key: "x"})


def test_every_violation_is_named_at_once() -> None:
    with pytest.raises(InvalidConfig) as raised:
        config(memoryMb="1", logLevel="LOUD", loglevel="x")
    assert [line.split()[0] for line in str(raised.value).splitlines()[1:]] == ["memoryMb", "logLevel", "loglevel"]


def test_every_key_that_does_not_fit_another_is_named_at_once() -> None:
    with pytest.raises(InvalidConfig, match=r"emailFrom is.*\n.*domainName is.*\n.*monthlyBudget is"):
        config(emailFrom="a@example.com", domainName="a.example.com", monthlyBudget="5")


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="aws:region is 'eu-west-9'; it must be an AWS region with Cognito"):
        parse("expenses", "dev", {"aws:region": "eu-west-9"})
    with pytest.raises(InvalidConfig, match="aws:region is missing"):
        parse("expenses", "dev", {})


@pytest.mark.parametrize(
    "origin",
    [
        *("https://app.example.com", "https://app.example.com:8443", "https://xn--bcher-kva.example"),
        *(
            "http://localhost:3000",
            "http://localhost",
            "https://localhost",
            "http://127.0.0.1:8080",
            "http://[::1]:3000",
        ),
        *("capacitor://localhost", "ionic://localhost", "tauri://localhost", "http://tauri.localhost"),
        *("chrome-extension://gighmmpiobklfepjocnamgkkbiglidom", "app://expenses"),
    ],
)
def test_an_origin_of_a_browser_or_a_webview_is_taken(origin: str) -> None:
    assert config(allowedOrigins=f'["{origin}"]').allowed_origins == (origin,)


@pytest.mark.parametrize(
    "url",
    [
        *("https://app.example.com/", "https://app.example.com", "https://app.example.com/signed/in?x=1"),
        *("http://localhost:3000/", "http://localhost", "http://127.0.0.1:8080/callback"),
        *("myapp://callback", "myapp://", "com.example.app:/oauth2redirect", "exp://127.0.0.1:19000/--/callback"),
    ],
)
def test_an_address_that_cognito_sends_users_to_is_taken(url: str) -> None:
    keys = {"callbackUrls": f'["{url}"]', "logoutUrls": f'["{url}"]'}
    assert config(**keys).callback_urls == config(**keys).logout_urls == (url,)


def test_an_invalid_configuration_creates_nothing() -> None:
    with pytest.raises(InvalidConfig, match="memoryMb is 64"):
        record("dev", {"memoryMb": 64})


def test_the_committed_declarations_are_those_of_the_model() -> None:
    assert PULUMI_YAML.read_text(encoding="utf-8") == text(), "Run `.venv/bin/python -m infra.config.declaration`."


def test_pulumi_hands_over_the_defaults_of_the_model() -> None:
    keys = yaml.safe_load(text())["config"]
    assert {key: declared["default"] for key, declared in keys.items() if ":" not in key} == {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in config().model_dump(by_alias=True).items()
        if key in declarations()
    }


@pytest.mark.parametrize("declared", declarations().values(), ids=declarations())
def test_a_key_is_described_in_a_sentence(declared: dict[str, Any]) -> None:
    assert declared["description"].endswith(".")


@pytest.mark.parametrize("path", STACK_FILES, ids=[path.name for path in STACK_FILES])
def test_a_stack_tags_itself(path: Any) -> None:
    tags = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]["aws:defaultTags"]["tags"]
    assert tags == {"project": "expenses", "stack": path.name.split(".")[1]}


@pytest.mark.parametrize("path", STACK_FILES, ids=[path.name for path in STACK_FILES])
def test_a_stack_file_is_written_as_pulumi_writes_it(path: Any) -> None:
    # `pulumi stack init` and `pulumi config set` sort the keys, make every value a string and keep no empty line.
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = yaml.safe_load("\n".join(lines))["config"]
    assert list(keys) == sorted(keys)
    assert all(isinstance(value, str | list | dict) for value in keys.values())
    assert not any(re.search(r"[{\[]|^$", line) for line in lines)


def test_prod_is_stricter_than_dev() -> None:
    dev, prod = recorded("dev"), recorded("prod")
    assert [table.inputs["pointInTimeRecovery"]["enabled"] for table in prod.all("Table")] == [True, True]
    assert [table.inputs["pointInTimeRecovery"]["enabled"] for table in dev.all("Table")] == [False, False]
    assert prod.one("UserPool").inputs["mfaConfiguration"] == "OPTIONAL"
    assert prod.one("TopicSubscription").inputs["protocol"] == "email"
    assert (len(prod.all("WebAcl")), len(dev.all("WebAcl"))) == (1, 0)
    assert (len(prod.all("Budget")), len(dev.all("Budget"))) == (1, 0)
    days = [stack.all("LogGroup")[0].inputs["retentionInDays"] for stack in (dev, prod)]
    assert days == [7, 365]
