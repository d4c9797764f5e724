"""What the value of a key may be: a rule, and the words that complete «it must be …»."""

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Annotated, Any

import botocore.session
from pydantic import AfterValidator

from api.expenses.currencies import MINOR_UNIT_DIGITS

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
_LOOPBACK = r"(localhost|127\.0\.0\.1|\[::1\])"
_APP_SCHEME = r"(?!(https?|about|blob|data|file|javascript|vbscript):)[a-z][a-z0-9+.-]*"
"""A scheme of an app's own, such as myapp or capacitor (RFC 8252, section 7.1)."""

_ORIGIN = re.compile(
    rf"https://{_HOST}(:(?!443$)\d+)?"
    rf"|http://({_LOOPBACK}|[a-z0-9-]+\.localhost)(:(?!80$)\d+)?"
    rf"|{_APP_SCHEME}://{_HOST}(:\d+)?"
)
"""What a browser or a WebView sends as Origin: https://www.rfc-editor.org/rfc/rfc6454#section-6.1"""

_CALLBACK = re.compile(rf"(https://{_HOST}|http://{_LOOPBACK})(:\d+)?(/[^#\s]*)?|{_APP_SCHEME}:/[^#\s]*")
"""https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html"""

_CALLBACK_WORDS = (
    "https:// addresses without a fragment, http:// for localhost only, or addresses of an app such as myapp://callback"
)


def rule(holds: Callable[[Any], bool], expected: str) -> AfterValidator:
    """Return the validator that refuses, in the words of `expected`, each value for which `holds` is false."""

    def validate(value: Any) -> Any:
        if not holds(value):
            raise ValueError(expected)
        return value

    return AfterValidator(validate)


def between(least: int, most: int, why: str = "") -> AfterValidator:
    """Return the validator of an integer from `least` to `most`; `why` says where the limit comes from."""
    return rule(lambda value: least <= value <= most, f"from {least} to {most}{why and f', {why}'}")


def at_least(least: int, instead: int | None = None) -> AfterValidator:
    """Return the validator of an integer of `least` or more, or of the one value that has a meaning of its own."""
    words = f"{least} or more" if instead is None else f"{instead}, or {least} or more"
    return rule(lambda value: value >= least or value == instead, words)


def one_of(values: Collection[object], hint: str = "") -> AfterValidator:
    """Return the validator of a value that is among some."""
    *most, last = map(str, values)
    return rule(lambda value: value in values, f"{', '.join(most)} or {last}{hint and f' ({hint})'}")


def empty_or(pattern: str, expected: str) -> AfterValidator:
    """Return the validator of a string that matches a pattern or is empty."""
    return rule(lambda value: not value or re.fullmatch(pattern, value) is not None, f"{expected}, or empty")


@cache
def _regions() -> frozenset[str]:
    # botocore's own list, so that a new region needs a new botocore and not a new line here.
    return frozenset(botocore.session.get_session().get_available_regions("cognito-idp"))


def _reserved_by_cognito(prefix: str) -> bool:
    return any(word in prefix for word in ("aws", "amazon", "cognito"))


StackName = Annotated[
    str,
    # ECR and Cognito's login domains are the strictest of the services whose names are made from it.
    rule(
        lambda value: (
            re.fullmatch(r"(?=.{3,39}$)[a-z][a-z0-9]*(-[a-z0-9]+)*", value) is not None
            and not _reserved_by_cognito(value)
        ),
        "3 to 39 lower-case letters, digits and single hyphens, without aws, amazon or cognito: AWS names are made "
        "from it",
    ),
]
Region = Annotated[str, rule(lambda value: value in _regions(), "an AWS region with Cognito, such as eu-west-1")]
Email = Annotated[str, empty_or(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an email address")]
DomainName = Annotated[str, empty_or(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", "a name such as api.example.com")]
SesIdentity = Annotated[
    str,
    empty_or(r"arn:aws:ses:[a-z0-9-]+:\d{12}:identity/.+", "like arn:aws:ses:eu-west-1:123456789012:identity/x.com"),
]
LoginPrefix = Annotated[
    str,
    rule(
        lambda value: (
            re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?", value) is not None
            and not _reserved_by_cognito(value)
        ),
        "at most 63 lower-case letters, digits and hyphens, without aws, amazon or cognito; or empty",
    ),
]
Currency = Annotated[str, rule(lambda value: value in MINOR_UNIT_DIGITS, "an ISO 4217 code, such as EUR")]
LogoutUrls = Annotated[tuple[str, ...], rule(lambda values: all(map(_CALLBACK.fullmatch, values)), _CALLBACK_WORDS)]
CallbackUrls = Annotated[
    tuple[str, ...],
    rule(lambda values: len(values) > 0 and all(map(_CALLBACK.fullmatch, values)), f"one or more {_CALLBACK_WORDS}"),
]
Origins = Annotated[
    tuple[str, ...],
    rule(
        lambda values: values == ("*",) or (len(values) > 0 and all(map(_ORIGIN.fullmatch, values))),
        "origins as browsers send them, such as https://app.example.com or capacitor://localhost (http:// for "
        "localhost only), in lower case, with neither credentials, nor a path, nor the default port; or * alone",
    ),
]
