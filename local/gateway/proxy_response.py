"""What a Lambda proxy integration returned, as an HTTP response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

REMAPPED = {"www-authenticate": "x-amzn-Remapped-WWW-Authenticate"}
"""What API Gateway sends the function's headers as whose names are its own."""


class MalformedProxyResponseError(Exception):
    """The function returned something that API Gateway cannot pass on; the message says what."""


def http_response(returned: Any) -> Response:
    """Return the HTTP response for what the function returned: `{"statusCode": 200, "headers": {…}, "body": "…"}`.

    Raises `MalformedProxyResponseError` where API Gateway answers 502.
    """
    if not isinstance(returned, Mapping) or "statusCode" not in returned:
        raise MalformedProxyResponseError(f"The function's response has no statusCode: {returned!r:.300}")
    body = returned.get("body") or ""
    if not isinstance(body, str):
        raise MalformedProxyResponseError(
            f"The body of the function's response is a {type(body).__name__}, not a string."
        )
    content = _content(body, is_base64=bool(returned.get("isBase64Encoded")))
    response = Response(content, int(returned["statusCode"]))
    for name, value in (returned.get("headers") or {}).items():
        response.headers[REMAPPED.get(name.lower(), name)] = str(value)
    for name, values in (returned.get("multiValueHeaders") or {}).items():
        del response.headers[name]
        for value in values:
            response.headers.append(name, str(value))
    return response


def _content(body: str, *, is_base64: bool) -> bytes:
    if not is_base64:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise MalformedProxyResponseError("The body of the function's response is not base64.") from error
