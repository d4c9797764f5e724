"""Requests derived from the contract alone: valid ones, and ones with exactly one violation, for every operation."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from api.openapi.body import MAX_BODY_BYTES
from api.openapi.media_type import is_json
from tests.contract.document import Operation
from tests.contract.samples import pool, samples
from tests.contract.values import Values, Violation, json_violations, text_violations, valid


@dataclass(frozen=True)
class Request:
    """A request with its parameters as decoded text."""

    operation: Operation
    parameters: tuple[tuple[str, str, str], ...]
    """Location (path, query or header), name and text of each."""
    content_type: str | None
    body: bytes

    def given_in(self, location: str) -> list[tuple[str, str]]:
        return [(name, text) for where, name, text in self.parameters if where == location]


@dataclass(frozen=True)
class Case:
    """Requests of one operation that have the same violation; None where they have none."""

    violation: str | None
    place: str
    requests: st.SearchStrategy[Request]


@cache
def cases(operation: Operation) -> tuple[Case, ...]:
    """Return the valid requests of an operation, then those with each single violation."""
    return tuple(_cases(operation))


def _cases(operation: Operation) -> Iterator[Case]:
    for media_type in operation.bodies or [None]:
        yield Case(None, media_type or "", valid_requests(operation, media_type))
    for parameter in operation.parameters:
        yield from _parameter_cases(operation, parameter)
    unknown = partial(_with, location="query", name="surprise", strings=["x"])
    yield _derived(operation, "unknown parameter", "query", unknown)
    for media_type, schema in operation.bodies.items():
        yield from _body_cases(operation, media_type, schema)


def valid_requests(operation: Operation, media_type: str | None) -> st.SearchStrategy[Request]:
    """Return requests that the contract takes, with a body of this media type if the operation takes any."""
    required = {_key(p): _texts(p) for p in operation.parameters if p.get("required")}
    optional = {_key(p): _texts(p) for p in operation.parameters if not p.get("required")}
    bodies = st.just(b"") if media_type is None else valid(operation.bodies[media_type]).map(_writer(media_type))

    def build(strings: Mapping[tuple[str, str], list[str]], body: bytes) -> Request:
        given = tuple((*key, text) for key, each in strings.items() for text in each)
        return Request(operation, given, media_type, body)

    return st.builds(build, st.fixed_dictionaries(required, optional=optional), bodies)


def _parameter_cases(operation: Operation, parameter: Mapping[str, Any]) -> Iterator[Case]:
    location, name = parameter["in"], parameter["name"]
    place = f"{location} {name}"
    requests = _pool(operation, next(iter(operation.bodies), None))
    for kind, _, values in text_violations(parameter["schema"], place):
        violating = values.map(_strings).filter(lambda each: all(_can_stand_in(location, text) for text in each))
        if not violating.is_empty and (location == "query" or kind not in {"too short", "line break at the end"}):
            drawn = st.tuples(requests, violating)
            yield Case(kind, place, drawn.map(lambda pair: _with(pair[0], location, name, pair[1])))
    if location == "query" and parameter["schema"]["type"] != "array":  # two lines of a header are one list
        twice = st.tuples(requests, _texts(parameter)).map(lambda pair: _with(pair[0], location, name, pair[1] * 2))
        yield Case("given twice", place, twice)
    if location != "path" and parameter.get("required"):
        yield Case("missing parameter", place, requests.map(lambda request: _with(request, location, name, [])))


def _body_cases(operation: Operation, media_type: str, schema: Mapping[str, Any]) -> Iterator[Case]:
    requests = _pool(operation, media_type)
    for kind, place, values in json_violations(schema) if is_json(media_type) else ():
        violating = st.tuples(requests, values.map(_json))
        yield Case(kind, f"{media_type} {place}", violating.map(lambda pair: replace(pair[0], body=pair[1])))
    for kind, place, bodies in (_raw_violations if is_json(media_type) else _raw_text_violations)(valid(schema)):
        violating = st.tuples(requests, bodies)
        yield Case(kind, f"{media_type} {place}", violating.map(lambda pair: replace(pair[0], body=pair[1])))
    if operation.needs_body:
        yield _derived(operation, "no body", media_type, partial(replace, body=b"", content_type=None))
    for other in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "application", None):
        yield _derived(operation, f"media type {other}", media_type, partial(replace, content_type=other))
    latin = partial(replace, content_type=f"{media_type}; charset=iso-8859-1")
    in_ascii = requests.filter(lambda request: request.body.isascii()).map(latin)
    yield Case(None, f"{media_type} in ASCII, with another charset", in_ascii)
    if not all(request.body.isascii() for request in samples(requests, 20)):
        beyond_ascii = requests.filter(lambda request: not request.body.isascii()).map(latin)
        yield Case("charset iso-8859-1", media_type, beyond_ascii)


def _raw_violations(values: Values) -> Iterator[Violation]:
    """Return bodies that are wrong as bytes, or as JSON, whatever the schema."""
    bodies = values.map(_json)
    yield Violation("cut short", "", bodies.map(lambda body: body[:-1]))
    yield Violation("followed by more", "", bodies.map(lambda body: body + b"]"))
    yield Violation("blank body", "", st.sampled_from([b" ", b"\n\t"]))
    yield Violation("not UTF-8", "", bodies.map(lambda body: body[:-1] + b',"\xff":1}'))
    yield Violation("UTF-16", "", bodies.map(lambda body: body.decode().encode("utf-16")))
    yield Violation("too large", "", bodies.map(lambda body: body + b" " * MAX_BODY_BYTES))
    whole = values.filter(lambda value: isinstance(value, dict) and value)
    yield Violation("property given twice", "", whole.map(_with_a_property_twice))


def _raw_text_violations(values: Values) -> Iterator[Violation]:
    """Return bodies that are wrong as bytes, where any string is a valid one."""
    bodies = values.map(str.encode)
    yield Violation("too large", "", bodies.map(lambda body: body + b" " * MAX_BODY_BYTES))


def _derived(operation: Operation, violation: str, place: str, change: Callable[[Request], Request]) -> Case:
    media_type = place if place in operation.bodies else next(iter(operation.bodies), None)
    return Case(violation, place, _pool(operation, media_type).map(change))


@cache
def _pool(operation: Operation, media_type: str | None) -> st.SearchStrategy[Request]:
    return pool(valid_requests(operation, media_type))


def _with(request: Request, location: str, name: str, strings: list[str]) -> Request:
    others = tuple(given for given in request.parameters if given[:2] != (location, name))
    return replace(request, parameters=(*others, *((location, name, text) for text in strings)))


def _with_a_property_twice(value: dict[str, Any]) -> bytes:
    name = next(iter(value))
    return b"{" + _json(name) + b":" + _json(value[name]) + b"," + _json(value)[1:]


def _key(parameter: Mapping[str, Any]) -> tuple[str, str]:
    return parameter["in"], parameter["name"]


def _texts(parameter: Mapping[str, Any]) -> st.SearchStrategy[list[str]]:
    """Return what a client may send for a parameter: one text, or several for a list."""
    values = valid(parameter["schema"])
    # Without allowEmptyValue, which OpenAPI does not recommend, openapi-core refuses what is empty, valid or not.
    return values.map(_strings).filter(lambda each: all(text and _can_stand_in(parameter["in"], text) for text in each))


def _strings(value: Any) -> list[str]:
    """Return what a client sends for a value: one string, or several for an array."""
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _can_stand_in(location: str, text: str) -> bool:
    """Return whether HTTP can carry the text there at all, and routing still finds the operation."""
    if location == "path":
        return bool(text) and "/" not in text and text not in {".", ".."}
    if location == "header":
        return bool(text) and text.isascii() and text.isprintable() and text == text.strip()
    return True


def _writer(media_type: str) -> Callable[[Any], bytes]:
    return _json if is_json(media_type) else str.encode


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()
