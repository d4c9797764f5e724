"""Which of several media types a response has: what the client accepts, by the Accept header of RFC 9110 (12.5.1).

Every text is sent in UTF-8, so that a range with another `charset` matches nothing; its other parameters are ignored.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from api.openapi.media_type import MediaType, parse_media_type

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class _Range(NamedTuple):
    """A media range with its weight: `text/*;q=0.5`."""

    essence: str
    quality: float

    def precedence(self, media_type: str) -> int:
        """Return how specific the range is about a media type: 3 is the type itself, 1 is any; 0 does not match."""
        kind = media_type.partition("/")[0]
        return {media_type: 3, f"{kind}/*": 2, "*/*": 1}.get(self.essence, 0)


def preferred(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type, of those offered, that an Accept header wants most; None where it accepts none.

    Where several are wanted as much, and where the header is absent or empty, it is the first one offered. Elements
    that are no media range are ignored.
    """
    if not accept.strip(" \t,"):
        return offered[0]
    ranges = [found for element in _ELEMENT.findall(accept) if (found := _range(element))]
    best = max(offered, key=lambda media_type: _quality(media_type, ranges))  # the first one of several
    return best if _quality(best, ranges) > 0 else None


def _quality(media_type: str, ranges: Sequence[_Range]) -> float:
    """Return the weight of a media type: that of the most specific range that matches it."""
    matching = [(precedence, r.quality) for r in ranges if (precedence := r.precedence(media_type))]
    return max(matching)[1] if matching else 0.0


def _range(element: str) -> _Range | None:
    media_type = parse_media_type(element)
    if media_type is None or not _is_utf8(media_type):
        return None
    weight = media_type.parameters.get("q", "1")
    return _Range(media_type.essence, float(weight)) if _QUALITY.fullmatch(weight) else None


def _is_utf8(media_type: MediaType) -> bool:
    return media_type.parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}
