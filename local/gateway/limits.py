"""What API Gateway and Lambda take at most, and how the sizes are counted.

https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import json
from collections.abc import Sequence
from typing import Any

MAX_BODY_BYTES = 10_485_760
"""Of a request, as sent and after it was decompressed."""
MAX_HEAD_BYTES = 10_240
"""Of the request line and the values of all headers together."""
MAX_METHOD_ARN_BYTES = 1_600
"""Of the ARN that the authorizer is asked about, in which the path is."""
MAX_PAYLOAD_BYTES = 6_291_556
"""Of an event, and of a response of the function's: 6 MB, and some for what is around them."""

METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/v1/{method}{path}"
"""As long as that of the deployed API, in a region with a name of usual length."""


def head_bytes(method: str, path: bytes, query: bytes, headers: Sequence[tuple[bytes, bytes]]) -> int:
    """Return the size of a request line and of the values of the headers."""
    line = f"{method}  HTTP/1.1".encode() + path + (b"?" + query if query else b"")
    return len(line) + sum(len(value) for _, value in headers)


def method_arn_bytes(method: str, path: str) -> int:
    """Return the size of the ARN of a request; the path is percent-encoded."""
    return len(METHOD_ARN.format(method=method, path=path))


def payload_bytes(payload: Any) -> int:
    """Return the size of an event or a response as the JSON that Lambda takes and returns."""
    return len(json.dumps(payload, ensure_ascii=False).encode(errors="replace"))
