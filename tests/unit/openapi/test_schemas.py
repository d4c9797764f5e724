"""Schemas of OpenAPI 3.0, and their violations described for people."""

from decimal import Decimal
from typing import Any

import pytest

from api.openapi.schema import CompiledSchema, Schemas, SchemaViolation, pointer, translate


def compiled(schema: dict[str, Any], **definitions: dict[str, Any]) -> CompiledSchema:
    return CompiledSchema(translate(schema), {name: translate(each) for name, each in definitions.items()})


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"type": "string", "nullable": True}, [None, "x"], [1]),
        ({"type": "string"}, ["x"], [None]),
        ({"type": "string", "nullable": True, "enum": ["a"]}, [None, "a"], ["b"]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, [Decimal("1.01")], [1, Decimal("1.0")]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, [Decimal("0.99")], [1]),
        ({"type": "integer"}, [1, -1], [Decimal("1.5"), "1", True]),
        ({"type": "string", "format": "date"}, ["2024-02-29"], ["2023-02-29", "2024-2-9", "20240209", "x"]),
        ({"type": "string", "format": "date-time"}, ["2024-02-29T10:00:00Z"], ["2024-02-29T10:00:00", "2024-02-29"]),
        ({"type": "string", "format": "uuid"}, ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"], ["2eb8aa08", "x"]),
        ({"type": "array", "items": {"type": "string", "nullable": True}}, [["a", None]], [[1]]),
        ({"type": "object", "properties": {"nullable": {"type": "string"}}}, [{"nullable": "x"}], [{"nullable": None}]),
    ],
)
def test_a_schema_of_openapi_3_0_validates_as_openapi_says(
    schema: dict[str, Any], accepted: list[Any], refused: list[Any]
) -> None:
    validator = compiled(schema)
    assert [validator.accepts(value) for value in (*accepted, *refused)] == [True] * len(accepted) + [False] * len(
        refused
    )


def test_references_lead_to_the_definitions() -> None:
    validator = compiled({"$ref": "#/components/schemas/Pet"}, Pet={"type": "object", "required": ["name"]})
    assert validator.violations({}) == [SchemaViolation(("name",), "is required")]


@pytest.mark.parametrize(
    ("schema", "value", "detail"),
    [
        ({"type": "number"}, "12", "must be a number"),
        ({"type": "string", "nullable": True}, 1, "must be a string or null"),
        ({"enum": ["a", "b"]}, "c", "must be one of a, b"),
        ({"type": "string", "nullable": True, "enum": ["a"]}, "c", "must be one of a, null"),
        ({"minLength": 1}, "", "must have at least 1 character"),
        ({"maxLength": 2}, "abc", "must have at most 2 characters"),
        ({"format": "date", "type": "string"}, "x", "must be an existing date such as 2025-06-14"),
        ({"minimum": 3}, 2, "must be at least 3"),
        ({"maximum": 3}, 4, "must be at most 3"),
        ({"minimum": 3, "exclusiveMinimum": True}, 3, "must be more than 3"),
        ({"maximum": 3, "exclusiveMaximum": True}, 3, "must be less than 3"),
        ({"minItems": 2}, [], "must have at least 2 items"),
        ({"maxItems": 1}, [1, 2], "must have at most 1 item"),
        ({"uniqueItems": True}, [1, 1], "must not have the same item twice"),
        ({"minProperties": 1}, {}, "must have at least 1 property"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "must have at most 1 property"),
        ({"multipleOf": 2}, 3, "must be a multiple of 2"),
        ({"pattern": "^a$"}, "b", "must match ^a$"),
        ({"pattern": "^a$", "title": "the letter a"}, "b", "must be the letter a"),
        ({"not": {"type": "string"}}, "b", "violates the schema's keyword not"),
    ],
)
def test_each_keyword_that_is_violated_is_described(schema: dict[str, Any], value: object, detail: str) -> None:
    assert compiled(schema).violations(value) == [SchemaViolation((), detail)]


def test_all_violations_are_found_at_once_each_with_its_path() -> None:
    validator = compiled(
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["a"],
            "properties": {"a": {}, "b": {"type": "array", "items": {"type": "integer"}}},
        }
    )
    assert validator.violations({"b": [1, "x"], "c": 1}) == [
        SchemaViolation(("a",), "is required"),
        SchemaViolation(("b", 1), "must be an integer"),
        SchemaViolation(("c",), "unknown property; allowed: a, b"),
    ]


def test_the_keyword_that_says_most_stands_for_all_of_a_position() -> None:
    validator = compiled({"type": "string", "pattern": "^x$", "minLength": 2, "format": "date"})
    assert validator.violations("") == [SchemaViolation((), "must have at least 2 characters")]


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("amount",), "/amount"), (("items", 0), "/items/0"), (("a/b", "c~d", ""), "/a~1b/c~0d/")],
)
def test_a_path_is_written_as_a_json_pointer(path: tuple[str | int, ...], text: str) -> None:
    assert pointer(path) == text


def test_a_schema_that_many_share_is_compiled_once() -> None:
    schemas = Schemas({"Pet": {"type": "object", "required": ["name"]}})
    reference = {"$ref": "#/components/schemas/Pet"}
    assert schemas.compile(reference) is schemas.compile(dict(reference))


def test_schemas_that_differ_in_anything_are_compiled_apart() -> None:
    schemas = Schemas({})
    messages = [
        schemas.compile({"additionalProperties": False, "properties": {name: {} for name in names}}).violations(
            {"c": 1}
        )
        for names in ("ab", "ba")
    ]
    assert [[violation.message for violation in each] for each in messages] == [
        ["unknown property; allowed: a, b"],
        ["unknown property; allowed: b, a"],
    ]


def test_the_same_reference_in_two_documents_is_two_schemas() -> None:
    reference = {"$ref": "#/components/schemas/Pet"}
    accepted = [Schemas({"Pet": {"type": kind}}).compile(reference).accepts("x") for kind in ("string", "number")]
    assert accepted == [True, False]


def test_a_schema_is_compiled_with_the_components_that_it_leads_to_and_no_others() -> None:
    name = {"$ref": "#/components/schemas/Name~11"}
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "name": name}}
    schemas = Schemas({"Node": node, "Name/1": {"type": "string"}, "Other": {"$ref": "#/components/schemas/Node"}})
    nodes = schemas.compile({"type": "array", "items": {"$ref": "#/components/schemas/Node"}})
    assert nodes._document["components"]["schemas"].keys() == {"Node", "Name/1"}
    assert nodes.accepts([{"next": {"name": "a"}}])
    assert not nodes.accepts([{"next": {"name": 1}}])
