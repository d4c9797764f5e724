"""Parameters: decoded by their schemas, validated together, and refused at start where they are not implemented."""

from decimal import Decimal
from typing import Any

import pytest

from api.openapi.errors import UnsupportedContract, Violation
from api.openapi.parameters import Parameters, RawParameters
from api.openapi.schema import Schemas

SIZE = {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 5}}
PRICE = {"name": "price", "in": "query", "schema": {"type": "number"}}
FRESH = {"name": "fresh", "in": "query", "schema": {"type": "boolean"}}
TAGS = {
    "name": "tag",
    "in": "query",
    "schema": {"type": "array", "maxItems": 2, "items": {"$ref": "#/components/schemas/Tag"}},
}
IF_MATCH = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
PET_ID = {"name": "pet_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
SCHEMAS = Schemas({"Tag": {"type": "string", "maxLength": 3}})


def read(*parameters: dict[str, Any], **strings: dict[str, list[str]]) -> tuple[dict[str, Any], list[Any]]:
    raw = RawParameters(strings.get("path", {}), strings.get("query", {}), strings.get("header", {}))
    return Parameters(parameters, SCHEMAS).read(raw)


@pytest.mark.parametrize(
    ("parameter", "strings", "value"),
    [
        (SIZE, ["7"], 7),
        (PRICE, ["12.50"], Decimal("12.50")),
        (PRICE, ["-3"], Decimal(-3)),
        (PRICE, ["1e2"], 100),
        (PRICE, ["1.5E+2"], 150),
        (PRICE, ["2e-1"], Decimal("0.2")),
        (PRICE, ["-0"], 0),
        (PRICE, ["-0.00"], 0),
        (FRESH, ["true"], True),
        (FRESH, ["false"], False),
        (TAGS, ["a"], ["a"]),
        (TAGS, ["a", "b"], ["a", "b"]),
    ],
)
def test_a_parameter_is_decoded_by_its_schema(parameter: dict[str, Any], strings: list[str], value: object) -> None:
    values, violations = read(parameter, query={parameter["name"]: strings})
    assert (values[parameter["name"]], violations) == (value, [])


@pytest.mark.parametrize(
    ("parameter", "strings", "detail"),
    [
        (SIZE, ["x"], "must be an integer"),
        (SIZE, ["1.0"], "must be an integer"),
        (SIZE, ["1" * 5000], "must be an integer"),
        (SIZE, ["\u0661"], "must be an integer"),
        (SIZE, ["0"], "must be at least 1"),
        (SIZE, ["1", "2"], "must be given only once"),
        (PRICE, ["NaN"], "must be a number"),
        (PRICE, ["1e999"], "has a number whose exponent is beyond 100"),
        (PRICE, ["1e"], "must be a number"),
        (PRICE, ["07"], "must be a number"),
        (PRICE, ["+7"], "must be a number"),
        (PRICE, [".5"], "must be a number"),
        (PRICE, ["1."], "must be a number"),
        (SIZE, ["007"], "must be an integer"),
        (SIZE, ["1e1"], "must be an integer"),
        (PRICE, [""], "must be a number"),
        (PRICE, ["1" * 101], "has a number of more than 100 characters"),
        (FRESH, ["yes"], "must be true or false"),
        (TAGS, ["a", "b", "c"], "must have at most 2 items"),
        (TAGS, ["abcd"], "must have at most 3 characters"),
        (TAGS, ["\ud800"], "has a string with an unpaired surrogate, which is not a character"),
    ],
)
def test_a_parameter_that_is_not_as_its_schema_says_is_a_violation(
    parameter: dict[str, Any], strings: list[str], detail: str
) -> None:
    _, violations = read(parameter, query={parameter["name"]: strings})
    assert violations == [Violation("query", parameter["name"], detail)]


def test_a_default_is_the_value_where_none_is_given() -> None:
    assert read(SIZE) == ({"size": 5}, [])


def test_a_header_is_found_whatever_its_case_and_read_by_its_python_name() -> None:
    assert read(IF_MATCH, header={"if-match": ["x"]}) == ({"if_match": "x"}, [])


def test_headers_that_the_contract_does_not_name_are_ignored() -> None:
    assert read(header={"user-agent": ["x"]}) == ({}, [])


def test_all_violations_of_all_parameters_are_found_at_once() -> None:
    _, violations = read(
        SIZE, PRICE, IF_MATCH, PET_ID, query={"size": ["x"], "colour": ["red"]}, path={"pet_id": ["x"]}
    )
    assert [(violation.name, violation.message) for violation in violations] == [
        ("colour", "unknown parameter; allowed: size, price"),
        ("size", "must be an integer"),
        ("If-Match", "is required"),
        ("pet_id", "must be a UUID"),
    ]


def test_a_required_parameter_that_is_undecodable_is_one_violation() -> None:
    _, violations = read({**SIZE, "required": True}, query={"size": ["x"]})
    assert [violation.message for violation in violations] == ["must be an integer"]


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [
        ({"name": "a", "in": "cookie", "schema": {"type": "string"}}, "a: parameters in cookie"),
        ({"name": "a", "in": "query", "content": {}}, "a: parameters described by content"),
        ({"name": "a", "in": "query", "style": "deepObject", "schema": {"type": "object"}}, "a: style deepObject"),
        ({"name": "a", "in": "path", "style": "label", "schema": {"type": "string"}}, "a: style label"),
        ({"name": "a", "in": "query", "schema": {"type": ["string", "null"]}}, "a: type .*null.* is not"),
        ({"name": "a", "in": "query", "explode": False, "schema": {"type": "array"}}, "a: arrays"),
        ({"name": "a", "in": "header", "schema": {"type": "array"}}, "a: arrays"),
        ({"name": "a", "in": "query", "schema": {"type": "object"}}, "a: type object"),
        ({"name": "a", "in": "query", "schema": {}}, "a: type None"),
    ],
)
def test_an_unsupported_parameter_stops_the_service_at_start(parameter: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnsupportedContract, match=reason):
        Parameters([parameter], SCHEMAS)


def test_two_parameters_of_one_name_stop_the_service_at_start() -> None:
    with pytest.raises(UnsupportedContract, match="share a name"):
        Parameters([{**SIZE, "name": "if_match"}, IF_MATCH], SCHEMAS)
