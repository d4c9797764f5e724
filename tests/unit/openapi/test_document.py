"""Reading a parsed document: its operations, and what references lead to."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from api.openapi.document import dereference, inlined, operations
from api.openapi.errors import UnsupportedContract

DOCUMENT: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("petstore.yaml").read_text(encoding="utf-8"))


def test_operations_come_with_all_that_their_references_lead_to() -> None:
    list_pets, import_pets, get_pet = operations(DOCUMENT)
    assert [parameter["name"] for parameter in list_pets.parameters] == ["limit", "kind"]
    assert list_pets.responses["200"]["headers"] == {"Link": {"schema": {"type": "string"}}}
    assert list_pets.responses["default"]["description"] == "Failed."
    assert import_pets.request_body == DOCUMENT["components"]["requestBodies"]["Pets"]
    assert [(parameter["name"], parameter["schema"]["type"]) for parameter in get_pet.parameters] == [
        ("pet_id", "string"),
        ("verbose", "integer"),
    ]


def test_security_is_the_operations_own_or_else_the_documents() -> None:
    assert [operation.security for operation in operations(DOCUMENT)] == [[], [{"key": []}], [{"key": []}]]


def test_references_are_followed_through_references_and_escapes() -> None:
    document: dict[str, Any] = {"a": {"$ref": "#/b~1c/d~0e"}, "b/c": {"d~e": {"$ref": "#/f"}}, "f": 7}
    assert dereference(document, document["a"]) == 7


@pytest.mark.parametrize("reference", ["#/nowhere", "#/a/b/c", "other.yaml", "#/a"])
def test_a_reference_that_leads_nowhere_is_an_error(reference: str) -> None:
    document = {"a": {"$ref": reference}}
    with pytest.raises(UnsupportedContract, match="leads nowhere"):
        dereference(document, document["a"])


def test_a_part_is_inlined_without_any_reference() -> None:
    parameters = inlined(DOCUMENT, DOCUMENT["paths"]["/pets"]["get"]["parameters"])
    assert [parameter["schema"]["type"] for parameter in parameters] == ["integer", "string"]


def test_a_property_of_the_name_of_a_reference_is_not_one() -> None:
    schema = {"properties": {"$ref": {"type": "string"}}}
    assert inlined({}, schema) == schema
