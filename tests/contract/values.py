"""Hypothesis strategies for the values that an OpenAPI 3.0 schema takes, and for each single way of breaking it.

Schemas come dereferenced. A keyword that has no strategy here is an error, so that a contract that grows can't outgrow
its tests unnoticed.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from hypothesis import strategies as st
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from tests.contract.samples import pool

Schema: TypeAlias = Mapping[str, Any]
Values: TypeAlias = st.SearchStrategy[Any]


class Violation(NamedTuple):
    """One way to be wrong: its kind, the place of the value, and values with this violation and no other."""

    kind: str
    place: str
    values: Values


WITHOUT_CONSEQUENCE = {"title", "description", "example", "default"}
KEYWORDS = {
    *("type", "nullable", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("items", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "additionalProperties", "minProperties"),
}

FORMATS: dict[str, Values] = {
    # Wide enough to reach what a pattern excludes; narrow enough to meet it often.
    "date": st.dates(date(1700, 1, 1), date(2399, 12, 31)).map(date.isoformat),
    "uuid": st.uuids().map(str) | st.uuids().map(lambda value: str(value).upper()),
}
NOT_IN_FORMAT: dict[str, list[str]] = {
    "date": ["2025-02-29", "2025-06-31", "2025-13-01", "2025-6-1", "2025-06-14T00:00:00Z", "today"],
    "uuid": ["6f1c2f0e", "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b1", "g" * 36],
}
UNBOUNDED = 1_000_000
_OF_TYPE: list[Any] = ["text", 12, 1.5, True, [], {}]
_is = Draft4Validator.TYPE_CHECKER.is_type
ANY_TEXT = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
WITH_CONTROLS = ANY_TEXT | st.characters(categories=["Cc"])
WORDS = st.sampled_from("ab ")
NO_NUMBERS = {"integer": ["abc", "", "2.5", "1e2", "0x10"], "number": ["abc", "", "12,50", "0x10"]}
NUMBERS_TO_PYTHON = {
    "integer": ["1_000", "+5", " 5", "\u096b", "05"],
    "number": ["1_000", "+5", " 5", "\u096b", "NaN", ".5", "05"],
}
"""What `int` or `float` reads and JSON does not; U+096B is the digit five in Devanagari."""


def valid(schema: Schema) -> Values:
    """Return values that the schema takes."""
    if unknown := schema.keys() - KEYWORDS - WITHOUT_CONSEQUENCE:
        raise NotImplementedError(f"No strategy for {', '.join(sorted(unknown))} of type {schema['type']}.")
    values: Values = st.booleans()
    if schema["type"] == "string":
        values = _valid_strings(schema)
    elif schema["type"] == "integer":
        values = st.integers(*_bounds(schema))
    elif schema["type"] == "number":
        least, most = _bounds(schema)
        cents = st.integers(max(least, -UNBOUNDED) * 100, min(most, UNBOUNDED) * 100)
        values = st.integers(least, most) | cents.map(lambda number: number / 100)
    elif schema["type"] == "array":
        least = schema.get("minItems", 0)
        values = _lists(schema, least, min(schema.get("maxItems", least + 3), least + 3))
    elif schema["type"] == "object":
        values = _valid_objects(schema)
    return st.none() | values if schema.get("nullable") else values


def json_violations(schema: Schema, place: str = "") -> Iterator[Violation]:
    """Return every violation of a JSON value, those of its properties and items included."""
    yield Violation("wrong type", place, st.sampled_from(_OF_TYPE).filter(lambda value: not _is(value, schema["type"])))
    if not schema.get("nullable"):
        yield Violation("null", place, st.none())
    if schema["type"] == "number":
        yield Violation("NaN", place, st.just(math.nan))
    if schema["type"] == "string" and "enum" not in schema and "format" not in schema:
        yield Violation("unpaired surrogate", place, st.just("x" * (schema.get("minLength", 1) - 1) + "\ud83d"))
    if schema["type"] == "object":
        yield from _property_violations(schema, place)
    if schema["type"] == "array":
        yield from _item_violations(schema, place)
    yield from _keyword_violations(schema, place)


def text_violations(schema: Schema, place: str) -> Iterator[Violation]:
    """Return every violation of a parameter, as a value or as a string that can't be read as one."""
    if schema["type"] in NO_NUMBERS:
        yield Violation("not a number", place, st.sampled_from(NO_NUMBERS[schema["type"]]))
        yield Violation("number to Python only", place, st.sampled_from(NUMBERS_TO_PYTHON[schema["type"]]))
    if schema["type"] == "boolean":
        yield Violation("not true or false", place, st.sampled_from(["", "yes", "1", "TRUE"]))
    if schema["type"] == "array":
        yield from _list_violations(schema, place)
        for kind, where, values in text_violations(schema["items"], place):
            yield Violation(kind, where, values.map(lambda item: [item]))
    yield from _keyword_violations(schema, place)


def _keyword_violations(schema: Schema, place: str) -> Iterator[Violation]:
    """Return the violations against the rules for values of the right type."""
    pattern, shortest, longest = schema.get("pattern"), schema.get("minLength", 0), schema.get("maxLength")
    if "enum" in schema:
        yield Violation("not in enum", place, _texts(schema).filter(lambda text: text not in schema["enum"]))
    if shortest:
        yield Violation("too short", place, st.text(ANY_TEXT, max_size=shortest - 1))
    if longest is not None:
        yield Violation("too long", place, st.integers(longest + 1, longest + 20).map(lambda length: "x" * length))
    if pattern:
        strings = FORMATS.get(schema.get("format", ""), _texts(schema, WITH_CONTROLS) | _texts(schema, WORDS))
        yield Violation("pattern", place, strings.filter(lambda text: not re.search(_ecma(pattern), text)))
        if not re.search(_ecma(pattern), "x\n"):
            short_enough = {**schema, "nullable": False, "maxLength": (longest or UNBOUNDED) - 1}
            yield Violation("line break at the end", place, valid(short_enough).map(lambda text: text + "\n"))
    if schema.get("format") in NOT_IN_FORMAT:
        yield Violation("format", place, st.sampled_from(NOT_IN_FORMAT[schema["format"]]))
    if "minimum" in schema:
        yield Violation("too low", place, st.integers(schema["minimum"] - UNBOUNDED, schema["minimum"] - 1))
    if "maximum" in schema:
        yield Violation("too high", place, st.integers(schema["maximum"] + 1, schema["maximum"] + UNBOUNDED))


def _property_violations(schema: Schema, place: str) -> Iterator[Violation]:
    whole = pool(valid({**schema, "nullable": False}))
    for name in schema.get("required", ()):
        yield Violation("missing property", f"{place}/{name}", whole.map(partial(_without, name)))
    if schema.get("additionalProperties") is False:
        yield Violation("unknown property", place, whole.map(lambda properties: properties | {"surprise": "x"}))
    if schema.get("minProperties"):
        yield Violation("too few properties", place, st.just({}))
    for name, part in schema.get("properties", {}).items():
        for kind, where, values in json_violations(part, f"{place}/{name}"):
            yield Violation(kind, where, st.builds(partial(_with, name), whole, values))


def _list_violations(schema: Schema, place: str) -> Iterator[Violation]:
    """Return the violations of an array by its number of items, or by two that are the same."""
    if schema.get("minItems"):
        yield Violation("too few items", place, _lists(schema, 0, schema["minItems"] - 1))
    if "maxItems" in schema:
        yield Violation("too many items", place, _too_many(schema, schema["maxItems"] + 1))
    if schema.get("uniqueItems"):
        yield Violation("same item twice", place, valid(schema["items"]).map(lambda item: [item, item]))


def _too_many(schema: Schema, count: int) -> Values:
    if schema.get("uniqueItems"):
        return _lists(schema, count, count)
    return valid(schema["items"]).map(lambda item: [item] * count)  # drawing each one anew is slow


def _item_violations(schema: Schema, place: str) -> Iterator[Violation]:
    yield from _list_violations(schema, place)
    for kind, where, values in json_violations(schema["items"], f"{place}/0"):
        yield Violation(kind, where, values.map(lambda item: [item]))


def _with(name: str, properties: dict[str, Any], value: Any) -> dict[str, Any]:
    return properties | {name: value}


def _without(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != name}


def _valid_strings(schema: Schema) -> Values:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    pattern = schema.get("pattern")
    if "format" in schema:
        strings = FORMATS[schema["format"]]
    else:
        strings = st.from_regex(_ecma(pattern)) if pattern else _texts(schema)
    return strings.filter(lambda text: _fits(schema, text))


def _ecma(pattern: str) -> str:
    """Return a pattern for Python that means what it means in ECMA-262, where `$` is the very end."""
    return pattern.replace("$", r"\Z")


def _fits(schema: Schema, text: str) -> bool:
    return (
        schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", UNBOUNDED)
        and re.search(_ecma(schema.get("pattern", "")), text) is not None
    )


def _texts(schema: Schema, alphabet: st.SearchStrategy[str] = ANY_TEXT) -> Values:
    return st.text(alphabet, min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 100))


def _bounds(schema: Schema) -> tuple[int, int]:
    return schema.get("minimum", -UNBOUNDED), schema.get("maximum", UNBOUNDED)


def _lists(schema: Schema, least: int, most: int) -> Values:
    is_unique = schema.get("uniqueItems", False)
    return st.lists(valid(schema["items"]), min_size=least, max_size=most, unique_by=repr if is_unique else None)


def _valid_objects(schema: Schema) -> Values:
    properties = {name: valid(part) for name, part in schema.get("properties", {}).items()}
    required = schema.get("required", ())
    values = st.fixed_dictionaries(
        {name: properties[name] for name in required},
        optional={name: values for name, values in properties.items() if name not in required},
    )
    return values.filter(lambda value: len(value) >= schema.get("minProperties", 0))
