"""The body of a request: its size, its media type, its text or JSON, and whether that is as the schema says."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.openapi import strict_json
from api.openapi.errors import ContentTooLarge, UnsupportedContract, UnsupportedMediaType, Violation
from api.openapi.media_type import is_json, parse_media_type
from api.openapi.partial import marked
from api.openapi.schema import CompiledSchema, Schemas, pointer, translate
from api.openapi.strict_json import NotStrictJson

MAX_BODY_BYTES = 65_536


class RawBody(NamedTuple):
    """A body as it came."""

    content_type: str = ""
    """The Content-Type header; empty where there is none."""
    text: str = ""
    """The body, or its Base64; empty where there is none."""
    is_base64: bool = False


def body_schemas(content: Mapping[str, Any], schemas: Schemas) -> dict[str, CompiledSchema]:
    """Compile the schema of each media type. Raises `UnsupportedContract`.

    A body that is not JSON is one string: its schema has the type `string`.
    """
    compiled = {}
    for name, media_type in content.items():
        schema = media_type.get("schema", {})
        if "*" in name:
            raise UnsupportedContract(f"{name}: ranges of media types are not implemented")
        resolved = schemas.resolve(schema)
        if not is_json(name) and (resolved.get("type") != "string" or resolved.get("format") in {"binary", "byte"}):
            raise UnsupportedContract(f"{name}: a body that is not JSON must have a schema of type string")
        compiled[name.lower()] = schemas.compile(translate(schema))
    return compiled


class RequestBody:
    """The body that an operation accepts; `RequestBody(None, …)` accepts none and ignores what is sent."""

    def __init__(self, body: Mapping[str, Any] | None, schemas: Schemas) -> None:
        """Compile a Request Body Object. Raises `UnsupportedContract`."""
        self._schemas = body_schemas((body or {}).get("content", {}), schemas)
        line = (body or {}).get("x-line")
        self.line = schemas.compile(translate(line)) if line else None
        """What the extension `x-line` says of each line of a body that has lines, for the operation to validate."""
        self._is_required = bool(body and body.get("required"))
        self._missing = f"a body of {' or '.join(self._schemas)} is required"

    def read(self, raw: RawBody) -> tuple[Any, str, list[Violation]]:
        """Return the value of the body, or None, its media type, or the empty string, and every violation.

        The value has `INVALID` at each position of a violation; it is None where it could not even be read.

        Raises `ContentTooLarge` and `UnsupportedMediaType`.
        """
        if not self._schemas:
            return None, "", []
        if not raw.text:
            return None, "", [_violation(self._missing)] if self._is_required else []
        try:
            octets = base64.b64decode(raw.text, validate=True) if raw.is_base64 else raw.text.encode()
            if len(octets) > MAX_BODY_BYTES:
                raise ContentTooLarge(len(octets), MAX_BODY_BYTES)
            media_type = self._media_type(raw.content_type, octets)
            text = octets.decode("utf-8-sig")  # a byte order mark may be ignored (RFC 8259, section 8.1)
            value = strict_json.parse(text) if is_json(media_type) else text
        except binascii.Error:
            return None, "", [_violation("is not valid Base64")]
        except UnicodeError:
            return None, "", [_violation("is not UTF-8")]
        except NotStrictJson as reason:
            return None, "", [_violation(str(reason))]
        schema = self._schemas[media_type]
        if schema.accepts(value):
            return value, media_type, []
        found = schema.violations(value)
        violations = [_violation(message, pointer(path)) for path, message in found]
        return marked(value, found), media_type, violations

    def _media_type(self, content_type: str, octets: bytes) -> str:
        """Return the media type, of those that the operation accepts. Raises `UnsupportedMediaType`.

        Every body is read as UTF-8. A `charset` means nothing for JSON (RFC 8259, section 11) and must not change what
        is read; but a body that claims another charset, and has more than ASCII, would be misread without a sign of it.
        """
        if content_type in self._schemas:
            return content_type
        media_type = parse_media_type(content_type)
        if media_type and media_type.essence in self._schemas:
            charset = media_type.parameters.get("charset", "utf-8").lower()
            if charset in {"utf-8", "utf8"} or octets.isascii():
                return media_type.essence
        raise UnsupportedMediaType(content_type[:100], tuple(self._schemas))


def _violation(message: str, pointer: str = "") -> Violation:
    return Violation("body", pointer, message)
