"""The parameters of one operation: decoded from text by their schemas, then judged all together.

Implemented are scalars in the path, the query and headers, and exploded lists of scalars in the query, each in
OpenAPI's default style. https://spec.openapis.org/oas/v3.0.3#parameter-object
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from api.openapi.errors import Violation
from api.openapi.schema import CompiledSchema, translate

Texts: TypeAlias = Mapping[str, Sequence[str]]
"""Each name with every value that it was given."""


class UnsupportedParameter(ValueError):
    """The contract has a parameter in a style that is not implemented; the message names it."""


class RawParameters(NamedTuple):
    """A request's parameters as text; header names in lower case."""

    path: Texts
    query: Texts
    header: Texts


class Parameter(NamedTuple):
    """Where one parameter stands, and how its text becomes a value."""

    name: str
    location: Literal["path", "query", "header"]
    key: str
    """The name by which operations read it: `If-Match` is `if_match`."""
    decode: Callable[[str], Any]
    is_list: bool
    schema: Mapping[str, Any]
    required: bool


class Parameters:
    """All parameters of an operation."""

    def __init__(self, objects: Iterable[Mapping[str, Any]], definitions: Mapping[str, Any]) -> None:
        """Compile dereferenced Parameter Objects; raises `UnsupportedParameter`."""
        self._parameters = tuple(_compile(parameter, definitions) for parameter in objects)
        self._by_key = {parameter.key: parameter for parameter in self._parameters}
        if len(self._by_key) < len(self._parameters):
            raise UnsupportedParameter(f"two parameters share a name: {[p.name for p in self._parameters]}")
        self._known_in_query = frozenset(p.name for p in self._parameters if p.location == "query")
        self._defaults = {p.key: p.schema["default"] for p in self._parameters if "default" in p.schema}
        required = [p.key for p in self._parameters if p.required]
        self._judge = CompiledSchema(
            {
                "type": "object",
                **({"required": required} if required else {}),  # draft 4 allows no empty list
                "properties": {p.key: translate(p.schema) for p in self._parameters},
            },
            definitions,
        )

    def read(self, raw: RawParameters) -> tuple[dict[str, Any], list[Violation]]:
        """Return the decoded values by key, defaults filled in, and every violation."""
        values = dict(self._defaults)
        violations = self._unknown(raw.query)
        undecodable = set()
        for parameter in self._parameters:
            texts = getattr(raw, parameter.location).get(
                parameter.name.lower() if parameter.location == "header" else parameter.name
            )
            if not texts:
                continue
            try:
                values[parameter.key] = _decode(parameter, texts)
            except _Undecodable as reason:
                undecodable.add(parameter.key)
                values.pop(parameter.key, None)
                violations.append(Violation(parameter.location, parameter.name, str(reason)))
        if not self._judge.accepts(values):
            violations += [
                Violation(self._by_key[str(path[0])].location, self._by_key[str(path[0])].name, detail)
                for path, detail in self._judge.findings(values)
                if path[0] not in undecodable
            ]
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
    """A text that can't be what the schema says; the message is fit for the caller."""


def _decode(parameter: Parameter, texts: Sequence[str]) -> Any:
    if parameter.is_list:
        return [parameter.decode(text) for text in texts]
    if len(texts) > 1:
        raise _Undecodable("must be given only once")
    return parameter.decode(texts[0])


def _compile(parameter: Mapping[str, Any], definitions: Mapping[str, Any]) -> Parameter:
    name, location = parameter["name"], parameter["in"]
    if location not in _STYLES:
        raise UnsupportedParameter(f"{name}: parameters in {location} are not implemented")
    if "schema" not in parameter:
        raise UnsupportedParameter(f"{name}: parameters described by content are not implemented")
    if parameter.get("style", _STYLES[location]) != _STYLES[location]:
        raise UnsupportedParameter(f"{name}: style {parameter['style']} is not implemented")
    schema = resolve(parameter["schema"], definitions)
    is_list = schema.get("type") == "array"
    if is_list and (location != "query" or not parameter.get("explode", True)):
        raise UnsupportedParameter(f"{name}: lists are implemented in the query only, with explode")
    scalar = resolve(schema["items"], definitions) if is_list else schema
    if scalar.get("type") not in _DECODERS:
        raise UnsupportedParameter(f"{name}: type {scalar.get('type')} is not implemented")
    return Parameter(
        name=name,
        location=location,
        key=name.lower().replace("-", "_"),
        decode=_DECODERS[scalar["type"]],
        is_list=is_list,
        schema=schema,
        required=parameter.get("required", False),
    )


def resolve(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema itself, or the one that it refers to."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Undecodable("has an unpaired surrogate, which is not a character") from None
    return text


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise _Undecodable("must be an integer")
    return int(text)


def _number(text: str) -> Decimal:
    if len(text) > 40 or not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text):
        raise _Undecodable("must be a number")
    return Decimal(text)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise _Undecodable("must be true or false")
    return text == "true"


_STYLES = {"path": "simple", "query": "form", "header": "simple"}
_DECODERS: dict[str, Callable[[str], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
