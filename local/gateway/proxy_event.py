"""An HTTP request as the event that an API Gateway REST API passes to its Lambda proxy integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

ACCOUNT_ID = "123456789012"
API_ID = "local"
STAGE = "local"
NOT_FORWARDED = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "te", "transfer-encoding", "upgrade"}
)
"""What concerns the connection to the gateway alone."""
NO_IDENTITY = dict.fromkeys(
    [
        "accessKey",
        "accountId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "user",
        "userArn",
    ]
)
"""The parts of an identity that only callers with IAM credentials have."""


@dataclass(frozen=True, slots=True)
class Received:
    """One HTTP request, as the gateway received it and routed it."""

    request_id: str
    """A client can choose it, by `X-Amzn-RequestId`."""
    extended_request_id: str
    """The gateway's own."""
    at: datetime
    source_ip: str
    protocol: str
    method: str
    path: str
    """As it was sent, percent-encoded."""
    query: str
    """As it was sent, without the question mark."""
    headers: Sequence[tuple[str, str]]
    body: bytes
    resource: str
    """The path of the contract that matched, such as `/expenses/{expense_id}`."""
    path_parameters: Mapping[str, str]
    """As they were sent, percent-encoded."""
    claims: Mapping[str, Any] | None
    """The claims of the caller's ID token; none for a public operation."""


def proxy_event(request: Received) -> dict[str, Any]:
    """Return the proxy event of a request: what is empty is null, as API Gateway has it.

    The API has no binary media types, so a body that is not UTF-8 arrives with U+FFFD in the place of what is invalid.
    """
    headers = _by_name([(_canonical(name), value) for name, value in request.headers if name not in NOT_FORWARDED])
    # A semicolon separates, too: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    query = _by_name(parse_qsl(request.query.replace(";", "&"), keep_blank_values=True))
    return {
        "resource": request.resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last_of_each(headers),
        "multiValueHeaders": headers or None,
        "queryStringParameters": _last_of_each(query),
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(request.path_parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, headers),
        "body": request.body.decode(errors="replace") or None,
        "isBase64Encoded": False,
    }


def authorizer_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return a token's claims as the Cognito authorizer passes them on: every value a string.

    Instants read like `Tue Mar 05 12:34:56 UTC 2024` (but `auth_time` stays a number), lists are joined by commas.
    """
    return {name: _claim(name, value) for name, value in claims.items()}


def _claim(name: str, value: Any) -> str:
    if name in {"exp", "iat"}:
        return datetime.fromtimestamp(value, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def _context(request: Received, headers: Mapping[str, list[str]]) -> dict[str, Any]:
    context: dict[str, Any] = {
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "deploymentId": API_ID,
        "domainName": headers.get("Host", [""])[-1],
        "domainPrefix": API_ID,
        "extendedRequestId": request.extended_request_id,
        "httpMethod": request.method,
        "identity": NO_IDENTITY | {"sourceIp": request.source_ip, "userAgent": headers.get("User-Agent", [None])[-1]},
        "path": request.path,  # as under a domain of the API's own: no stage comes before it
        "protocol": request.protocol,
        "requestId": request.request_id,
        "requestTime": request.at.strftime("%d/%b/%Y:%H:%M:%S %z"),
        "requestTimeEpoch": int(request.at.timestamp() * 1000),
        "resourceId": request.resource,
        "resourcePath": request.resource,
        "stage": STAGE,
    }
    if request.claims is not None:
        context["authorizer"] = {"claims": authorizer_claims(request.claims)}
    return context


def _canonical(name: str) -> str:
    """Return the usual spelling of a header's name; the web server has put it in lower case."""
    return "-".join(word.capitalize() for word in name.split("-"))


def _by_name(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _last_of_each(values: Mapping[str, list[str]]) -> dict[str, str] | None:
    return {name: each[-1] for name, each in values.items()} or None
