"""The body of a request: its size, its media type, its JSON, and whether that is as the schema says."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.openapi.errors import ContentTooLarge, UnsupportedMediaType, Violation
from api.openapi.schema import CompiledSchema, pointer, translate
from api.openapi.strict_json import NotStrictJson, parse

MAX_BODY_BYTES = 65_536


class RawBody(NamedTuple):
    """A body as it came."""

    content_type: str
    """The Content-Type header; empty where there is none."""
    text: str
    """The body, or its Base64; empty where there is none."""
    is_base64: bool


class RequestBody:
    """What an operation takes as its body; `RequestBody(None, …)` takes none and disregards what is sent."""

    def __init__(self, body: Mapping[str, Any] | None, definitions: Mapping[str, Any]) -> None:
        self._schemas = {
            media_type: CompiledSchema(translate(content["schema"]), definitions)
            for media_type, content in (body or {"content": {}})["content"].items()
        }
        self._is_required = bool(body and body.get("required"))

    def read(self, raw: RawBody) -> tuple[Any, list[Violation]]:
        """Return the value of the body, or None, and every violation.

        Raises `ContentTooLarge` and `UnsupportedMediaType`.
        """
        if not self._schemas:
            return None, []
        if not raw.text:
            return None, [_violation("is required")] if self._is_required else []
        try:
            octets = base64.b64decode(raw.text, validate=True) if raw.is_base64 else raw.text.encode()
            if len(octets) > MAX_BODY_BYTES:
                raise ContentTooLarge(len(octets), MAX_BODY_BYTES)
            schema = self._schema_for(raw.content_type)
            value = parse(octets.decode() if raw.is_base64 else raw.text)
        except binascii.Error:
            return None, [_violation("is not valid Base64")]
        except UnicodeError:
            return None, [_violation("is not UTF-8")]
        except NotStrictJson as reason:
            return None, [_violation(str(reason))]
        if schema.accepts(value):
            return value, []
        return None, [_violation(detail, pointer(path)) for path, detail in schema.findings(value)]

    def _schema_for(self, content_type: str) -> CompiledSchema:
        """Pick the schema by media type; JSON is UTF-8, so no other charset is taken (RFC 8259, section 8.1)."""
        if content_type in self._schemas:
            return self._schemas[content_type]
        media_type, *attributes = (part.strip() for part in content_type.lower().split(";"))
        charsets = {value.strip('"') for name, _, value in (a.partition("=") for a in attributes) if name == "charset"}
        schema = self._schemas.get(media_type)
        if schema is None or not charsets <= {"utf-8"}:
            raise UnsupportedMediaType(content_type[:100], tuple(self._schemas))
        return schema


def _violation(message: str, pointer: str = "") -> Violation:
    return Violation("body", pointer, message)
