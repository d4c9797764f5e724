"""Which web origins may read the answers. The preflight is the gateway's; these headers go on every answer.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Callable

EXPOSED_HEADERS = "ETag,Idempotency-Replayed,Link,Location,Retry-After"


def cors_headers(allowed: frozenset[str]) -> Callable[[str], dict[str, str]]:
    """Return the function from a request's origin to the CORS headers of its answer."""
    if "*" in allowed:
        any_origin = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED_HEADERS}
        return lambda _: dict(any_origin)

    def for_origin(origin: str) -> dict[str, str]:
        if origin not in allowed:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": EXPOSED_HEADERS,
            "Vary": "Origin",
        }

    return for_origin
