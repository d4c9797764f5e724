"""Cursors: where a walk through many items goes on, as a string that clients send back as it is.

A cursor carries its version, a digest of the query that it belongs to and a position, never a user: the partition
always comes from the token, so that a forged cursor only moves within the caller's own items.
"""

import base64
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from api.openapi.errors import InvalidRequest, Violation

VERSION = "1"
"""Changes with the form of any cursor or of a query's canonical form; cursors of other versions are not valid."""

Parsed = TypeVar("Parsed")


def encode(query: str, parts: Sequence[str]) -> str:
    """Return the cursor of a position in what a query, given in canonical form, finds; no part has a `#`."""
    return base64.urlsafe_b64encode("#".join((VERSION, _digest(query), *parts)).encode()).decode().rstrip("=")


def decode(query: str, cursor: str, parse: Callable[[Sequence[str]], Parsed]) -> Parsed:
    """Return the position of a cursor, which `parse` makes of its parts, or else raises `ValueError`.

    Raises `InvalidRequest` for a cursor that was not made here for this query.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        version, digest, *parts = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("#")
        position = parse(parts)
    except ValueError:
        raise invalid_cursor() from None
    if (version, digest) != (VERSION, _digest(query)):
        raise invalid_cursor()
    return position


def invalid_cursor() -> InvalidRequest:
    """Return the error for a cursor that a query cannot continue from."""
    return InvalidRequest([Violation("query", "cursor", "is not a valid cursor for this query")])


def instant(part: str) -> str:
    """Return a part that is an instant in UTC to the microsecond, as keys have it. Else raises `ValueError`."""
    if not _INSTANT.fullmatch(part):
        raise ValueError(part)
    return part


def identifier(part: str) -> str:
    """Return a part that is a UUID as keys have it. Else raises `ValueError`."""
    if part != str(UUID(part)):
        raise ValueError(part)
    return part


def _digest(query: str) -> str:
    return blake2b(query.encode(), digest_size=8).hexdigest()


_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
