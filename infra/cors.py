"""What CORS lets web pages do: read from the contract, so that AWS and the local gateway cannot differ.

No cookie is ever used, so no answer has `Access-Control-Allow-Credentials`; the token travels in a header that a page
sets itself. https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from typing import Any

from infra.openapi import operations

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
    return tuple(sorted({"OPTIONS", *(op.method.upper() for op in operations(contract) if op.path == path)}))
