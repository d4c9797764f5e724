"""Cross-origin requests: which origins may read responses, and what their preflights may ask for.

What depends on the contract is read from it, so that AWS, the local gateway and the Lambda cannot differ. No cookie is
ever used, so no response has `Access-Control-Allow-Credentials`; the token travels in a header that a page sets itself.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Callable, Iterable
from typing import Any

from api.openapi.document import METHODS, operations

UNDECLARED_REQUEST_HEADERS = ("Authorization", "Content-Type")
"""Headers that every client sends and that OpenAPI does not let a contract declare as parameters."""

PREFLIGHT_MAX_AGE_SECONDS = 7200
"""How long a browser may keep a preflight; no browser keeps it longer than Chromium's two hours but Firefox."""


def allowed_headers(contract: dict[str, Any]) -> tuple[str, ...]:
    """Return every request header that some operation reads, sorted."""
    declared = (
        parameter["name"]
        for operation in operations(contract)
        for parameter in operation.parameters
        if parameter["in"] == "header"
    )
    return tuple(sorted({*UNDECLARED_REQUEST_HEADERS, *declared}))


def allowed_methods(contract: dict[str, Any], path: str) -> tuple[str, ...]:
    """Return the methods of one path in upper case, sorted, and OPTIONS itself."""
    return tuple(sorted({"OPTIONS", *(method.upper() for method in METHODS if method in contract["paths"][path])}))


def exposed_headers(contract: dict[str, Any]) -> str:
    """Return the value of Access-Control-Expose-Headers: every header that some response of a document has."""
    return _joined(
        name
        for operation in operations(contract)
        for response in operation.responses.values()
        for name in response.get("headers", {})
    )


def cors_headers(allowed: frozenset[str], response_headers: Iterable[str]) -> Callable[[str], dict[str, str]]:
    """Return the function from a request's origin (empty for none) to the CORS headers of its response.

    `allowed` are the origins that may read responses, or `*` for any; `response_headers` the headers that some response
    has.
    """
    exposed = _joined(response_headers)
    if "*" in allowed:
        return lambda _: {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": exposed}

    def for_origin(origin: str) -> dict[str, str]:
        if origin not in allowed:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": exposed,
            "Vary": "Origin",
        }

    return for_origin


def _joined(names: Iterable[str]) -> str:
    return ",".join(sorted(set(names)))
