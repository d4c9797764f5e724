"""API Gateway's proxy event: what this service reads from it, and the answer in the form that it wants back.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from api.openapi.body import RawBody
from api.openapi.contract import HttpRequest
from api.openapi.parameters import RawParameters, Texts


class ProxyRequest(NamedTuple):
    """What a proxy event says."""

    raw: HttpRequest
    claims: Mapping[str, str]
    """What the authorizer vouches for; empty where the operation has none."""
    origin: str
    """The web origin that asks; empty where it is none."""


def request_id(event: Mapping[str, Any]) -> str:
    """Return the id that API Gateway gave the request, which its own logs have too."""
    return _characters((event.get("requestContext") or {}).get("requestId") or "")


def read(event: Mapping[str, Any]) -> ProxyRequest:
    """Read an event. Members that API Gateway sends as null count as absent."""
    context = event.get("requestContext") or {}
    headers = {
        name.lower(): values for name, values in _texts(event.get("multiValueHeaders"), event.get("headers")).items()
    }
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
                content_type=_characters(_first(headers, "content-type")),
                text=event.get("body") or "",
                is_base64=bool(event.get("isBase64Encoded")),
            ),
            path=_characters(context.get("path") or event.get("path") or ""),
        ),
        claims=(context.get("authorizer") or {}).get("claims") or {},
        origin=_first(headers, "origin"),
    )


def answer(status: int, headers: Mapping[str, str], body: str) -> dict[str, Any]:
    """Return an answer as API Gateway takes it."""
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


def _texts(multiple: Mapping[str, Sequence[str]] | None, single: Mapping[str, str] | None) -> Texts:
    return multiple or {name: (value,) for name, value in (single or {}).items()}


def _characters(text: str) -> str:
    """Return a text that is quoted in answers and logs, with a question mark for half of a surrogate pair."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _first(headers: Texts, name: str) -> str:
    values = headers.get(name)
    return values[0] if values else ""
