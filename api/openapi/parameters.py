"""The parameters of one operation: decoded by their schemas, then validated all together.

Implemented are scalars in the path, the query and headers, and exploded arrays of scalars in the query, each in
OpenAPI's default style. https://spec.openapis.org/oas/v3.0.3#parameter-object
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from api.openapi.errors import UnsupportedContract, Violation
from api.openapi.schema import Schemas, translate
from api.openapi.strict_json import NotStrictJson, normalized, parse_number

Texts: TypeAlias = Mapping[str, Sequence[str]]
"""Each name with every value that it was given: `{"tag": ["cat", "old"]}`."""


class RawParameters(NamedTuple):
    """A request's parameters as they came, percent-decoded; header names in lower case."""

    path: Texts
    query: Texts
    header: Texts


class Parameter(NamedTuple):
    """Where one parameter is found, and how its text becomes a value."""

    name: str
    location: Literal["path", "query", "header"]
    key: str
    """The name by which operations read it: `If-Match` is `if_match`."""
    decode: Callable[[str], Any]
    is_array: bool
    schema: Mapping[str, Any]
    required: bool


def key_of(name: str) -> str:
    """Return the name by which operations read a parameter: `If-Match` is `if_match`."""
    return name.lower().replace("-", "_")


class Parameters:
    """All parameters of an operation."""

    def __init__(self, objects: Iterable[Mapping[str, Any]], schemas: Schemas) -> None:
        """Compile dereferenced Parameter Objects. Raises `UnsupportedContract`."""
        self._parameters = tuple(_compile(parameter, schemas) for parameter in objects)
        self._by_key = {parameter.key: parameter for parameter in self._parameters}
        if len(self._by_key) < len(self._parameters):
            raise UnsupportedContract(f"two parameters share a name: {[p.name for p in self._parameters]}")
        self._known_in_query = frozenset(p.name for p in self._parameters if p.location == "query")
        self._defaults = {p.key: p.schema["default"] for p in self._parameters if "default" in p.schema}
        required = [p.key for p in self._parameters if p.required]
        self._schema = schemas.compile(
            {
                "type": "object",
                **({"required": required} if required else {}),  # draft 4 allows no empty array
                "properties": {p.key: translate(p.schema) for p in self._parameters},
            }
        )

    def read(self, raw: RawParameters) -> tuple[dict[str, Any], list[Violation]]:
        """Return the decoded values by key, defaults filled in, and every violation."""
        values = dict(self._defaults)
        violations = self._unknown(raw.query)
        undecodable = set()
        for parameter in self._parameters:
            strings = _texts_of(parameter, raw)
            if not strings:
                continue
            try:
                values[parameter.key] = _decode(parameter, strings)
            except _Undecodable as reason:
                undecodable.add(parameter.key)
                values.pop(parameter.key, None)
                violations.append(Violation(parameter.location, parameter.name, str(reason)))
        if not self._schema.accepts(values):
            for path, message in self._schema.violations(values):
                parameter = self._by_key[str(path[0])]
                if parameter.key not in undecodable:
                    violations.append(Violation(parameter.location, parameter.name, message))
        return values, violations

    def _unknown(self, query: Texts) -> list[Violation]:
        if query.keys() <= self._known_in_query:
            return []
        allowed = ", ".join(p.name for p in self._parameters if p.location == "query") or "none"
        return [
            Violation("query", name.encode(errors="replace").decode(), f"unknown parameter; allowed: {allowed}")
            for name in query
            if name not in self._known_in_query
        ]


class _Undecodable(ValueError):
    """The text is not what the schema's type demands; the message is fit for the caller."""


def _texts_of(parameter: Parameter, raw: RawParameters) -> Sequence[str]:
    if parameter.location != "header":
        return getattr(raw, parameter.location).get(parameter.name) or ()
    lines = raw.header.get(parameter.name.lower(), ())
    # Several lines of a header mean the same as one with commas (RFC 9110, section 5.3).
    return (", ".join(lines),) if len(lines) > 1 else lines


def _decode(parameter: Parameter, strings: Sequence[str]) -> Any:
    if parameter.is_array:
        return [parameter.decode(text) for text in strings]
    if len(strings) > 1:
        raise _Undecodable("must be given only once")
    return parameter.decode(strings[0])


def _compile(parameter: Mapping[str, Any], schemas: Schemas) -> Parameter:
    name, location = parameter["name"], parameter["in"]
    if location not in _STYLES:
        raise UnsupportedContract(f"{name}: parameters in {location} are not implemented")
    if "schema" not in parameter:
        raise UnsupportedContract(f"{name}: parameters described by content are not implemented")
    if parameter.get("style", _STYLES[location]) != _STYLES[location]:
        raise UnsupportedContract(f"{name}: style {parameter['style']} is not implemented")
    schema = schemas.resolve(parameter["schema"])
    is_array = schema.get("type") == "array"
    if is_array and (location != "query" or not parameter.get("explode", True)):
        raise UnsupportedContract(f"{name}: arrays are implemented in the query only, with explode")
    scalar = schemas.resolve(schema["items"]) if is_array else schema
    of_type = str(scalar.get("type"))  # a list where null is allowed, too
    decode = _uuid if scalar.get("format") == "uuid" else _DECODERS.get(of_type)
    if decode is None:
        raise UnsupportedContract(f"{name}: type {of_type} is not implemented")
    return Parameter(
        name=name,
        location=location,
        key=key_of(name),
        decode=decode,
        is_array=is_array,
        schema=schema,
        required=parameter.get("required", False),
    )


def _string(text: str) -> str:
    try:
        return normalized(text)
    except NotStrictJson as reason:
        raise _Undecodable(str(reason)) from None


def _uuid(text: str) -> str:
    """Return a UUID in lower case: any case is accepted, and lower case is written (RFC 9562, section 4)."""
    return _string(text).lower()


def _number(text: str) -> Decimal:
    try:
        number = Decimal(parse_number(text))
    except NotStrictJson as reason:
        raise _Undecodable(str(reason)) from None
    return number or Decimal(0)  # without the sign of -0


def _integer(text: str) -> int:
    try:
        number = parse_number(text)
    except NotStrictJson:
        number = Decimal("NaN")
    if isinstance(number, Decimal):
        raise _Undecodable("must be an integer")
    return number


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise _Undecodable("must be true or false")
    return text == "true"


_STYLES = {"path": "simple", "query": "form", "header": "simple"}
_DECODERS: dict[str, Callable[[str], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
