"""OpenAPI 3.0 schemas, compiled to Rust validators once, and what they find put into words for people.

A Schema Object of OpenAPI 3.0 is JSON Schema draft 4 (boolean `exclusiveMinimum` included) but for `nullable`.
https://spec.openapis.org/oas/v3.0.3#schema-object
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from jsonschema_rs import Draft4Validator, ValidationError


class Finding(NamedTuple):
    """What is wrong at one place of a value: the path of member names and positions, and the words for it."""

    path: tuple[str | int, ...]
    detail: str


class CompiledSchema:
    """One schema, ready to judge values."""

    def __init__(self, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._document = {**schema, "components": {"schemas": definitions}}
        self._validator = Draft4Validator(self._document, validate_formats=True)

    def accepts(self, value: Any) -> bool:
        """Tell whether the value is as the schema says."""
        return self._validator.is_valid(value)

    def findings(self, value: Any) -> list[Finding]:
        """Return what is wrong with the value, one finding a place, in the order of the places."""
        found: dict[tuple[str | int, ...], tuple[int, Finding]] = {}
        for error in self._validator.iter_errors(value):
            rank = _RANK.get(error.kind.name, len(_RANK))
            for finding in self._put_into_words(error):
                if finding.path not in found or rank < found[finding.path][0]:
                    found[finding.path] = (rank, finding)
        return [found[path][1] for path in sorted(found, key=lambda path: [str(step) for step in path])]

    def _put_into_words(self, error: ValidationError) -> Iterator[Finding]:
        path, rule, facts = tuple(error.instance_path), error.kind.name, error.kind.as_dict()
        if rule == "required":
            yield Finding((*path, facts["property"]), "is required")
        elif rule == "additionalProperties":
            known = ", ".join(self._enclosing_schema(error).get("properties", ()))
            for name in facts["unexpected"]:
                yield Finding((*path, name), f"unknown property; allowed: {known}")
        elif rule == "pattern":
            title = self._enclosing_schema(error).get("title")
            yield Finding(path, f"must be {title}" if title else f"must match {facts['pattern']}")
        elif rule in _WORDS:
            yield Finding(path, _WORDS[rule](facts))
        else:
            yield Finding(path, f"violates the schema's keyword {rule}")

    def _enclosing_schema(self, error: ValidationError) -> Mapping[str, Any]:
        schema: Any = self._document
        for step in error.schema_path[:-1]:
            schema = schema[step]
        return cast("Mapping[str, Any]", schema)


def translate(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0 as JSON Schema draft 4, `nullable` included; references stay as they are."""
    if isinstance(schema, list):
        return [translate(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    translated = {
        keyword: {name: translate(item) for name, item in value.items()}
        if keyword == "properties"
        else value
        if keyword in _NOT_SCHEMAS
        else translate(value)
        for keyword, value in schema.items()
        if keyword != "nullable"
    }
    if schema.get("nullable") and "type" in schema:
        translated["type"] = [schema["type"], "null"]
        if "enum" in schema:
            translated["enum"] = [*schema["enum"], None]
    if schema.get("format") in _PATTERNS:
        translated["allOf"] = [_PATTERNS[schema["format"]], *translated.get("allOf", ())]
    return translated


def pointer(path: tuple[str | int, ...]) -> str:
    """Return the JSON Pointer (RFC 6901) of a path; the empty text is the value itself."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


_NOT_SCHEMAS = frozenset({"enum", "default", "example", "required"})

_TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}

_FORMATS = {
    "date": "an existing date such as 2025-06-14",
    "date-time": "an instant such as 2025-06-14T18:22:05Z",
}
_PATTERNS = {
    "uuid": {"title": "a UUID", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
}
"""The formats that the library does not assert in draft 4, as patterns, which cost no way back into Python."""


def _counted(limit: int, singular: str, plural: str = "") -> str:
    return f"{limit} {singular}" if limit == 1 else f"{limit} {plural or singular + 's'}"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "type": lambda facts: "must be " + " or ".join(_TYPES[name] for name in reversed(facts["types"])),
    "enum": lambda facts: "must be one of " + ", ".join("null" if o is None else str(o) for o in facts["options"]),
    "minLength": lambda facts: f"must have at least {_counted(facts['limit'], 'character')}",
    "maxLength": lambda facts: f"must have at most {_counted(facts['limit'], 'character')}",
    "format": lambda facts: f"must be {_FORMATS.get(facts['format'], facts['format'])}",
    "minimum": lambda facts: f"must be at least {facts['limit']}",
    "maximum": lambda facts: f"must be at most {facts['limit']}",
    "exclusiveMinimum": lambda facts: f"must be more than {facts['limit']}",
    "exclusiveMaximum": lambda facts: f"must be less than {facts['limit']}",
    "minItems": lambda facts: f"must have at least {_counted(facts['limit'], 'item')}",
    "maxItems": lambda facts: f"must have at most {_counted(facts['limit'], 'item')}",
    "uniqueItems": lambda _: "must not have the same item twice",
    "minProperties": lambda facts: f"must have at least {_counted(facts['limit'], 'property', 'properties')}",
    "maxProperties": lambda facts: f"must have at most {_counted(facts['limit'], 'property', 'properties')}",
    "multipleOf": lambda facts: f"must be a multiple of {facts['multiple_of']}",
}
_RANK = {name: rank for rank, name in enumerate(_WORDS)}
"""Where several rules are broken at one place, the first of these says most."""
