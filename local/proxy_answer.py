"""What a Lambda proxy integration returned, as an HTTP response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


class MalformedAnswerError(Exception):
    """The function returned something that API Gateway cannot pass on; the message says what."""


def http_response(answer: Any) -> Response:
    """Return the HTTP response for a proxy answer. Raises `MalformedAnswerError` where API Gateway answers 502."""
    if not isinstance(answer, Mapping) or "statusCode" not in answer:
        raise MalformedAnswerError(f"The function's answer has no statusCode: {answer!r:.300}")
    body = answer.get("body") or ""
    if not isinstance(body, str):
        raise MalformedAnswerError(f"The body of the function's answer is a {type(body).__name__}, not a string.")
    response = Response(_octets(body, is_base64=bool(answer.get("isBase64Encoded"))), int(answer["statusCode"]))
    for name, value in (answer.get("headers") or {}).items():
        response.headers[name] = str(value)
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        del response.headers[name]
        for value in values:
            response.headers.append(name, str(value))
    return response


def _octets(body: str, *, is_base64: bool) -> bytes:
    if not is_base64:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise MalformedAnswerError("The body of the function's answer is not base64.") from error
