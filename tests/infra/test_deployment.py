"""What `pulumi up` would ask AWS for, stack by stack."""

import pytest

from api.gateway.telemetry import LOG_LEVELS
from api.settings import Settings
from tests.infra.checks import RECORDING_CHECKS, RecordingCheck
from tests.infra.recording import Recording, record, recorded

EVERYTHING = {
    "domainName": "api.example.com",
    "hostedZoneId": "Z0A1B2C3",
    "provisionedConcurrency": 2,
    "userPoolTier": "PLUS",
    "mfa": "ON",
    "emailFrom": "expenses@example.com",
    "sesIdentityArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
    "architecture": "x86_64",
    "liveVersion": 3,
    "allowedOrigins": ["https://a.example.com", "https://b.example.com"],
}
LEAST = {"userPoolTier": "LITE", "accountLogging": False, "alarmEmail": "", "allowedOrigins": ["*"]}


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    return {
        "dev": recorded("dev"),
        "prod": recorded("prod"),
        "everything": record("prod", EVERYTHING),
        "least": record("dev", LEAST),
    }


@pytest.mark.parametrize("check", RECORDING_CHECKS.values(), ids=RECORDING_CHECKS)
@pytest.mark.parametrize("stack", ["dev", "prod", "everything", "least"])
def test_the_recorded_stack_passes_the_check(
    recordings: dict[str, Recording], stack: str, check: RecordingCheck
) -> None:
    assert check(recordings[stack]) == []


@pytest.mark.parametrize("stack", ["dev", "prod", "everything", "least"])
def test_the_lambda_starts_with_the_environment_that_it_is_given(recordings: dict[str, Recording], stack: str) -> None:
    variables = recordings[stack].one("Function").inputs["environment"]["variables"]
    settings = Settings.from_env(variables)
    assert settings.table_name == recordings[stack].one("Table").inputs["name"]
    assert len(settings.origins) == len(variables["ALLOWED_ORIGINS"].split(","))
    assert settings.log_level in LOG_LEVELS
