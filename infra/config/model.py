"""Every key of the configuration: its type, default, limits and meaning, in this one place.

`.venv/bin/python -m infra.config.declaration` writes the keys into Pulumi.yaml.
"""

from collections.abc import Callable
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from definitions.gateway_responses import INTEGRATION_TIMEOUT_SECONDS
from infra.config import values
from infra.config.values import at_least, between, one_of

NO_LIMIT = -1

SHORTEST_TIMEOUT_SECONDS = 6
"""Of the Lambda: one call to DynamoDB may take all the time that its client gives it, and the response is sent."""


class Config(BaseModel):
    """What a stack is to be like. A field is the key of the same name in camel case."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", alias_generator=to_camel)

    name: values.StackName = Field(alias="the name of project and stack")
    """Project and stack: the first part of every physical name."""
    region: values.Region = Field(alias="aws:region")

    # What is kept, and how safely
    deletion_protection: bool = Field(
        False, description="Refuse to delete what cannot be brought back: data, users, their client, addresses, logs."
    )
    point_in_time_recovery: bool = Field(False, description="Keep continuous backups of the tables for 35 days.")
    log_retention_days: Annotated[int, one_of(values.LOG_RETENTION_DAYS)] = Field(
        30, description="How long CloudWatch keeps the logs."
    )
    max_read_units: Annotated[int, at_least(1, NO_LIMIT)] = Field(
        4000, description="Most units a second that reading each table may cost, then 503; -1 for no limit."
    )
    max_write_units: Annotated[int, at_least(1, NO_LIMIT)] = Field(
        2000, description="Most units a second that writing to each table may cost, then 503; -1 for no limit."
    )

    # Who may sign in
    callback_urls: values.CallbackUrls = Field(
        ("http://localhost:3000/",), description="Where the login page may send a signed-in user back to."
    )
    logout_urls: values.LogoutUrls = Field(
        ("http://localhost:3000/",), description="Where the logout page may send a user to."
    )
    login_domain_prefix: values.LoginPrefix = Field(
        "",
        description="First part of the login page's address; unique in the region. "
        "Made from the stack and the account if empty.",
    )
    self_sign_up: bool = Field(
        False, description="Let anyone register; otherwise only an administrator does (admin-create-user)."
    )
    mfa: Annotated[str, one_of(("OFF", "OPTIONAL", "ON"), "quoted: YAML reads a bare ON as true")] = Field(
        "OFF",
        description="Second factor by authenticator app, one of OFF, OPTIONAL, ON. With OPTIONAL the login page does "
        "not ask for it: a front end sets it up by SetUserMFAPreference.",
    )
    user_pool_tier: Annotated[str, one_of(("LITE", "ESSENTIALS", "PLUS"))] = Field(
        "ESSENTIALS",
        description="Cognito's feature plan, one of LITE, ESSENTIALS, PLUS; LITE rotates no refresh token.",
    )
    email_from: values.Email = Field(
        "", description="Address that mails come from; needs sesIdentityArn. Cognito's own (50 mails a day) if empty."
    )
    ses_identity_arn: values.SesIdentity = Field(
        "",
        description="The verified SES identity that sends the mails; SES's sandbox sends to verified addresses only.",
    )

    # The Lambda
    architecture: Annotated[str, one_of(("arm64", "x86_64"))] = Field(
        "arm64", description="Processor of the Lambda and platform of its image, arm64 or x86_64."
    )
    memory_mb: Annotated[int, between(128, 10_240)] = Field(
        1024,
        description="Memory of the Lambda; its share of processor grows with it (one whole at 1769). "
        "New accounts have at most 3008.",
    )
    timeout_seconds: Annotated[
        int,
        between(
            SHORTEST_TIMEOUT_SECONDS,
            INTEGRATION_TIMEOUT_SECONDS - 1,
            f"enough for a call to DynamoDB, and below the gateway's {INTEGRATION_TIMEOUT_SECONDS}",
        ),
    ] = Field(
        10, description="After how many seconds Lambda stops a request; the request gives up half a second before."
    )
    reserved_concurrency: Annotated[int, at_least(1, NO_LIMIT)] = Field(
        NO_LIMIT,
        description="Most Lambdas at once, taken from the account's; -1 for no limit of its own. "
        "AWS refuses it in an account whose quota is 10, as new ones have.",
    )
    provisioned_concurrency: Annotated[int, at_least(0)] = Field(
        0, description="Lambdas kept warm, paid by the hour; AWS refuses it in an account whose quota is 10."
    )
    live_version: Annotated[int, at_least(0)] = Field(
        0, description="The published version in use, to roll back; 0 for the newest."
    )
    log_level: Annotated[str, one_of(("INFO", "WARNING"))] = Field(
        "INFO", description="INFO logs each request, WARNING only errors and metrics."
    )
    default_currency: values.Currency = Field("EUR", description="ISO 4217 code of an expense that names none.")

    # The gateway
    allowed_origins: values.Origins = Field(
        ("http://localhost:3000",), description="Origins whose pages may call the API; a single * for any."
    )
    throttle_rate: Annotated[int, between(1, 10_000, "the account's limit")] = Field(
        50, description="Requests a second to each method, of all callers together."
    )
    throttle_burst: Annotated[int, between(1, 5_000, "the account's limit")] = Field(
        100, description="Requests at once to each method, of all callers together."
    )
    public_throttle_rate: Annotated[int, between(1, 5_000)] = Field(
        10,
        description="Requests a second to /health and to each path's OPTIONS, which need no token; twice as many "
        "at once.",
    )
    account_logging: bool = Field(
        False,
        description="Let API Gateway write logs in this account and region; at least one stack in each must. "
        "It replaces a role that is set there already.",
    )
    domain_name: values.DomainName = Field(
        "", description="Name of the API's own, such as api.example.com; needs hostedZoneId."
    )
    hosted_zone_id: str = Field("", description="The Route 53 zone of domainName.")
    firewall: bool = Field(False, description="Put AWS WAF before the gateway and the login page.")
    firewall_rate: Annotated[int, between(10, 2_000_000_000)] = Field(
        1000, description="Requests that one address may send in five minutes before the firewall stops it."
    )

    # Notifications
    alarm_email: values.Email = Field(
        "", description="Who gets the alarms; must be confirmed by a click in the first mail."
    )
    alarm_error_percent: Annotated[int, between(0, 99)] = Field(
        1, description="Share of responses with a 5xx status that raises an alarm."
    )
    alarm_latency_ms: Annotated[int, at_least(1)] = Field(
        2000, description="Latency at the 99th percentile that raises an alarm."
    )
    alarm_concurrency: Annotated[int, at_least(0)] = Field(
        0,
        description="Lambdas at once that raise an alarm; 0 for 80 % of reservedConcurrency, or where none is reserved "
        "of the 10 that a new account has. Raise it with the account's quota.",
    )
    monthly_budget: Annotated[int, at_least(0)] = Field(
        0,
        description="US dollars a month for the whole account; alarmEmail gets a mail at 80 % and when the month's "
        "forecast is above. 0 for no budget.",
    )

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        """Raise `ValueError` with a line for each key that does not fit another one."""
        broken = [
            violation(_key(field), getattr(self, field), expected)
            for field, holds, expected in _TOGETHER
            if not holds(self)
        ]
        if broken:
            raise ValueError("\n".join(broken))
        return self


def violation(key: str, value: object, expected: str) -> str:
    """Return the sentence that says what is wrong with a key, and what would be right."""
    shown = list(value) if isinstance(value, tuple) else value
    return f"{key} is {shown!r}; it must be {expected}."


def _key(field: str) -> str:
    return Config.model_fields[field].alias or field


_TOGETHER: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "email_from",
        lambda c: bool(c.email_from) == bool(c.ses_identity_arn),
        "given together with sesIdentityArn, or both empty",
    ),
    (
        "domain_name",
        lambda c: bool(c.domain_name) == bool(c.hosted_zone_id),
        "given together with hostedZoneId, or both empty",
    ),
    (
        "provisioned_concurrency",
        lambda c: c.reserved_concurrency == NO_LIMIT or c.provisioned_concurrency <= c.reserved_concurrency,
        "no more than reservedConcurrency",
    ),
    (
        "public_throttle_rate",
        lambda c: c.public_throttle_rate <= c.throttle_rate,
        "no more than throttleRate",
    ),
    (
        "alarm_latency_ms",
        lambda c: c.alarm_latency_ms < 1000 * c.timeout_seconds,
        "below timeoutSeconds, or it never raises an alarm",
    ),
    (
        "alarm_concurrency",
        lambda c: c.reserved_concurrency == NO_LIMIT or c.alarm_concurrency < c.reserved_concurrency,
        "below reservedConcurrency, or it never raises an alarm",
    ),
    ("monthly_budget", lambda c: not c.monthly_budget or bool(c.alarm_email), "0, unless alarmEmail is set"),
)
"""What makes sense only together: the field that is named, whether it holds, and what it must be."""
