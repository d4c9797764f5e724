"""Compressed bodies, which API Gateway decompresses before it invokes the function.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html
"""

import zlib

from local.gateway.limits import MAX_BODY_BYTES
from local.gateway.responses import NOT_READABLE, RefusedError

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
"""For zlib: read either header."""
CODINGS = frozenset({"gzip", "deflate"})


class DecodedTooLargeError(Exception):
    """A body is small as it was sent, and too large once it is decompressed."""


def decoded(body: bytes, content_encoding: str) -> bytes:
    """Return a body decompressed, or as it is in a coding that API Gateway does not know.

    Raises `RefusedError` if it is not in the coding that it is sent as, and `DecodedTooLargeError`.
    """
    if not body or content_encoding.strip().lower() not in CODINGS:
        return body
    decoder = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        content = decoder.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise RefusedError(NOT_READABLE) from None
    if len(content) > MAX_BODY_BYTES:
        raise DecodedTooLargeError
    if not decoder.eof:
        raise RefusedError(NOT_READABLE)
    return content
