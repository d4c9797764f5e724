"""OpenAPI 3.0 schemas, compiled to Rust validators once, and their violations described for people.

A Schema Object of OpenAPI 3.0 is JSON Schema draft 4 (boolean `exclusiveMinimum` included) but for `nullable`.
`discriminator`, `readOnly`, `writeOnly`, `xml` and formats that are not named here are annotations: not validated.
https://spec.openapis.org/oas/v3.0.3#schema-object
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from jsonschema_rs import Draft4Validator, ValidationError

from api.openapi.errors import UnsupportedContract


class SchemaViolation(NamedTuple):
    """What is wrong at one position of a value: `SchemaViolation(("items", 0, "amount"), "must be a number")`."""

    path: tuple[str | int, ...]
    """Property names and array indexes, from the root."""
    message: str


class CompiledSchema:
    """One schema, ready to validate values."""

    def __init__(self, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        """Compile a translated schema; `definitions` are the translated component schemas that it refers to, by name.

        Raises `UnsupportedContract`.
        """
        self._document = {**schema, "components": {"schemas": definitions}}
        try:
            self._validator = Draft4Validator(self._document, validate_formats=True)
        except (ValidationError, ValueError) as error:
            raise UnsupportedContract(f"a schema is invalid: {error}") from error

    def accepts(self, value: Any) -> bool:
        """Return whether the value is valid."""
        return self._validator.is_valid(value)

    def violations(self, value: Any) -> list[SchemaViolation]:
        """Return what is wrong with the value, one violation for each position, in the order of the positions."""
        found: dict[tuple[str | int, ...], tuple[int, SchemaViolation]] = {}
        for error in self._validator.iter_errors(value):
            rank = _RANK.get(error.kind.name, len(_RANK))
            for violation in self._described(error):
                if violation.path not in found or rank < found[violation.path][0]:
                    found[violation.path] = (rank, violation)
        return [found[path][1] for path in sorted(found, key=lambda path: [str(step) for step in path])]

    def _described(self, error: ValidationError) -> Iterator[SchemaViolation]:
        path, keyword, details = tuple(error.instance_path), error.kind.name, error.kind.as_dict()
        if keyword == "required":
            yield SchemaViolation((*path, details["property"]), "is required")
        elif keyword == "additionalProperties":
            allowed = ", ".join(self._enclosing_schema(error).get("properties", ())) or "none"
            for name in details["unexpected"]:
                yield SchemaViolation((*path, name), f"unknown property; allowed: {allowed}")
        elif keyword == "pattern":
            title = self._enclosing_schema(error).get("title")
            yield SchemaViolation(path, f"must be {title}" if title else f"must match {details['pattern']}")
        elif keyword in _MESSAGES:
            yield SchemaViolation(path, _MESSAGES[keyword](details))
        else:
            yield SchemaViolation(path, f"violates the schema's keyword {keyword}")

    def _enclosing_schema(self, error: ValidationError) -> Mapping[str, Any]:
        schema: Any = self._document
        for step in error.schema_path[:-1]:
            schema = schema[step]
        return cast("Mapping[str, Any]", schema)


class Schemas:
    """The schemas of one document: its component schemas by name, and each distinct schema compiled only once.

    Many responses of many operations share a schema, and a compiled one takes a third of a millisecond and memory.
    """

    def __init__(self, components: Mapping[str, Any]) -> None:
        """Translate the component schemas, which are as the document writes them."""
        self._components = {name: translate(schema) for name, schema in components.items()}
        self._compiled: dict[str, CompiledSchema] = {}

    def compile(self, schema: Mapping[str, Any]) -> CompiledSchema:
        """Return a translated schema, compiled. Raises `UnsupportedContract`."""
        key = json.dumps(schema, default=repr)  # with the order of properties, which messages list
        if key not in self._compiled:
            self._compiled[key] = CompiledSchema(schema, self._referred_to(schema))
        return self._compiled[key]

    def _referred_to(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the component schemas that a schema needs: compiling takes in every one that it is given."""
        found: dict[str, Any] = {}
        left = list(_references(schema))
        while left:
            name = _component(left.pop())
            if name in self._components and name not in found:
                found[name] = self._components[name]
                left += _references(found[name])
        return found

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema itself, or the translated component schema that it refers to.

        Raises `UnsupportedContract`.
        """
        for _ in range(len(self._components) + 1):
            if "$ref" not in schema:
                return schema
            name = _component(schema["$ref"])
            if name not in self._components:
                break
            schema = self._components[name]
        raise UnsupportedContract(f"the reference {schema['$ref']} leads nowhere among the component schemas")


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
        if "enum" in schema and None not in schema["enum"]:
            translated["enum"] = [*schema["enum"], None]
    if schema.get("format") in _FORMAT_SCHEMAS:
        translated["allOf"] = [_FORMAT_SCHEMAS[schema["format"]], *translated.get("allOf", ())]
    return translated


def _component(reference: str) -> str:
    """Return the name of the component schema that a reference is to."""
    return reference.removeprefix("#/components/schemas/").replace("~1", "/").replace("~0", "~")


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for item in node.values():
            yield from _references(item)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def pointer(path: tuple[str | int, ...]) -> str:
    """Return the JSON Pointer (RFC 6901) of a path: `/items/0/amount`; the empty string is the value itself."""
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
_FORMAT_SCHEMAS = {
    "uuid": {"title": "a UUID", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}
"""The formats that the library does not assert in draft 4, as schemas, which cost no way back into Python."""


def _counted(limit: int, singular: str, plural: str = "") -> str:
    return f"{limit} {singular}" if limit == 1 else f"{limit} {plural or singular + 's'}"


_MESSAGES: dict[str, Callable[[dict[str, Any]], str]] = {
    "type": lambda details: "must be " + " or ".join(_TYPES[name] for name in reversed(details["types"])),
    "enum": lambda details: "must be one of " + ", ".join("null" if o is None else str(o) for o in details["options"]),
    "minLength": lambda details: f"must have at least {_counted(details['limit'], 'character')}",
    "maxLength": lambda details: f"must have at most {_counted(details['limit'], 'character')}",
    "format": lambda details: f"must be {_FORMATS.get(details['format'], details['format'])}",
    "minimum": lambda details: f"must be at least {details['limit']}",
    "maximum": lambda details: f"must be at most {details['limit']}",
    "exclusiveMinimum": lambda details: f"must be more than {details['limit']}",
    "exclusiveMaximum": lambda details: f"must be less than {details['limit']}",
    "minItems": lambda details: f"must have at least {_counted(details['limit'], 'item')}",
    "maxItems": lambda details: f"must have at most {_counted(details['limit'], 'item')}",
    "uniqueItems": lambda _: "must not have the same item twice",
    "minProperties": lambda details: f"must have at least {_counted(details['limit'], 'property', 'properties')}",
    "maxProperties": lambda details: f"must have at most {_counted(details['limit'], 'property', 'properties')}",
    "multipleOf": lambda details: f"must be a multiple of {details['multiple_of']}",
}
_RANK = {name: rank for rank, name in enumerate(_MESSAGES)}
"""Where several keywords are violated at one position, the first of these says most."""
