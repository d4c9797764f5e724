"""API Gateway's proxy event: what this service reads from it, and the response in the form that it expects.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from api.openapi.body import RawBody
from api.openapi.contract import HttpRequest
from api.openapi.parameters import RawParameters, Texts

_PATH = "/%:@!$&'()*+,;="
"""What may stand in a path as it is, beside letters, digits and `-._~` (RFC 3986, 3.3).

The rest is escaped, since a path is quoted in headers, which have only ASCII and no control characters.
"""


class RequestIds(NamedTuple):
    """The ids that API Gateway gave a request; empty where the event has none.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
    """

    extended: str
    """`extendedRequestId`: always the gateway's own."""
    request: str
    """`requestId`: a caller can choose it with the header `X-Amzn-RequestId`."""


class ProxyRequest(NamedTuple):
    """What a proxy event contains."""

    raw: HttpRequest
    claims: Mapping[str, str]
    """The claims of the caller's token, as the authorizer verified it; empty for a public operation."""
    origin: str
    """The web origin that a browser sends; empty where there is none."""


def request_ids(event: Mapping[str, Any]) -> RequestIds:
    """Return the request's ids. Raises `AttributeError` for an event that is not API Gateway's."""
    context = event.get("requestContext") or {}
    return RequestIds(
        extended=_printable(context.get("extendedRequestId") or ""),
        request=_printable(context.get("requestId") or ""),
    )


def read(event: Mapping[str, Any]) -> ProxyRequest:
    """Read an event; null, which API Gateway sends for what is empty, counts as absent.

    Raises `AttributeError`, `KeyError` or `TypeError` for an event that is not API Gateway's.
    """
    context = event.get("requestContext") or {}
    headers = _headers(_texts(event.get("multiValueHeaders"), event.get("headers")))
    return ProxyRequest(
        raw=HttpRequest(
            method=event.get("httpMethod") or "",
            resource=event.get("resource") or "",
            parameters=RawParameters(
                path=_texts(None, event.get("pathParameters")),
                query=_texts(event.get("multiValueQueryStringParameters"), event.get("queryStringParameters")),
                header=headers,
            ),
            body=RawBody(
                content_type=_printable(_single(headers, "content-type")),
                text=event.get("body") or "",
                is_base64=bool(event.get("isBase64Encoded")),
            ),
            path=quote(_printable(context.get("path") or event.get("path") or ""), safe=_PATH),
        ),
        claims=(context.get("authorizer") or {}).get("claims") or {},
        origin=_printable(_single(headers, "origin")),
    )


def response(status: int, headers: Mapping[str, str], body: str) -> dict[str, Any]:
    """Return a proxy response: `{"statusCode": 200, "headers": {…}, "body": "…", "isBase64Encoded": false}`."""
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


def _texts(multiple: Mapping[str, Sequence[str]] | None, single: Mapping[str, str] | None) -> Texts:
    return multiple or {name: (value,) for name, value in (single or {}).items()}


def _headers(by_name: Texts) -> Texts:
    """Return the headers by name in lower case; the values of one header in several spellings are put together."""
    headers: dict[str, Sequence[str]] = {name.lower(): values for name, values in by_name.items()}
    if len(headers) < len(by_name):
        for name in headers:
            headers[name] = [value for other, values in by_name.items() if other.lower() == name for value in values]
    return headers


def _single(headers: Texts, name: str) -> str:
    """Return the value of a header that has one; different values are joined, as RFC 9110 (5.3) has it."""
    values = headers.get(name)
    if not values:
        return ""
    return values[0] if len(values) == 1 else ", ".join(dict.fromkeys(values))


def _printable(text: str) -> str:
    """Return a string that is quoted in responses and logs, with a question mark for half of a surrogate pair."""
    return text if text.isascii() else text.encode(errors="replace").decode()
