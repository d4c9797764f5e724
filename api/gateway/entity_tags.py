"""Entity tags, and the preconditions that name them (RFC 9110, sections 8.8.3 and 13.1).

The tag of a resource is its version. The contract's patterns have validated a field before it gets here.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION = re.compile(r"[1-9][0-9]{0,17}")


class EntityTags(NamedTuple):
    """What `If-Match` or `If-None-Match` contains: `"3", W/"4"` is `EntityTags(False, {3}, {3, 4})`."""

    is_any: bool
    """Whether it is `*`."""
    strong: frozenset[int]
    """The versions of the strong tags; tags that no version has are left out, for they match nothing."""
    all: frozenset[int]
    """The versions of the strong and the weak tags."""


def etag(version: int) -> str:
    """Return the entity tag of a version: `"3"`, a strong one, since a version is never given twice."""
    return f'"{version}"'


def entity_tags(field: str) -> EntityTags:
    """Return the tags of a valid field."""
    found = [(weak, int(tag)) for weak, tag in _TAG.findall(field) if _VERSION.fullmatch(tag)]
    return EntityTags(
        is_any=field.strip(" \t") == "*",
        strong=frozenset(version for weak, version in found if not weak),
        all=frozenset(version for _, version in found),
    )


def expected_versions(if_match: str) -> Collection[int] | None:
    """Return the versions that a valid `If-Match` accepts; None for any."""
    tags = entity_tags(if_match)
    return None if tags.is_any else tags.strong
