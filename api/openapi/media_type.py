"""Media types as RFC 9110 (section 8.3.1) writes them: `text/csv; charset="utf-8"`."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 — RFC 9110's word
_PARAMETER = re.compile(rf'[ \t]*;[ \t]*(?:({_TOKEN})=(?:"((?:[^"\\]|\\.)*)"|([^;"]*)))?')
_ESSENCE = re.compile(rf"[ \t]*({_TOKEN}/{_TOKEN})[ \t]*")


class MediaType(NamedTuple):
    """A media type, taken apart."""

    essence: str
    """Type and subtype in lower case, such as `text/csv`."""
    parameters: Mapping[str, str]
    """Values by name in lower case."""


def parse_media_type(text: str) -> MediaType | None:
    """Return the media type of a Content-Type, or None where it is malformed."""
    found = _ESSENCE.match(text)
    if found is None:
        return None
    parameters: dict[str, str] = {}
    end = found.end()
    while end < len(text):
        parameter = _PARAMETER.match(text, end)
        if parameter is None:
            return None if text[end:].strip(" \t") else MediaType(found[1].lower(), parameters)
        if parameter[1]:
            value = re.sub(r"\\(.)", r"\1", parameter[2]) if parameter[2] else (parameter[3] or "").rstrip(" \t")
            if parameters.setdefault(parameter[1].lower(), value) != value:
                return None
        end = parameter.end()
    return MediaType(found[1].lower(), parameters)


@lru_cache(maxsize=64)
def essence(text: str) -> str:
    """Return type and subtype in lower case, without parameters; the empty string where the text is malformed."""
    media_type = parse_media_type(text)
    return media_type.essence if media_type else ""


@lru_cache(maxsize=64)
def is_json(text: str) -> bool:
    """Return whether a media type is JSON: its subtype is `json` or has the suffix `+json` (RFC 6839)."""
    subtype = text.partition(";")[0].rstrip().lower().partition("/")[2]
    return subtype == "json" or subtype.endswith("+json")
