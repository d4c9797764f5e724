"""The engine, by a contract that is not this project's: requests in, responses out, and what it refuses at start."""

import base64
import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.openapi.body import MAX_BODY_BYTES, RawBody
from api.openapi.contract import Contract, HttpRequest, Request, Response
from api.openapi.errors import (
    ContentTooLarge,
    ContractViolation,
    InvalidRequest,
    NoSuchOperation,
    UnsupportedContract,
    UnsupportedMediaType,
    Violation,
)
from api.openapi.parameters import RawParameters

DOCUMENT: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("petstore.yaml").read_text(encoding="utf-8"))
PETSTORE = Contract(DOCUMENT)
REX = {"name": "Rex"}
NO_BODY = RawBody()
PET_ID = "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"


def parse(method: str, resource: str, body: RawBody = NO_BODY, **given: dict[str, list[str]]) -> Request[Any, Any]:
    raw = RawParameters(given.get("path", {}), given.get("query", {}), given.get("header", {}))
    return PETSTORE.match(resource, method).parse(HttpRequest(method, resource, raw, body))


def imported(content_type: str, text: str, *, is_base64: bool = False) -> Any:
    """Return the body that the import of pets decodes."""
    return parse("POST", "/pets", RawBody(content_type, text, is_base64)).body


def violation_of(content_type: str, text: str) -> str:
    with pytest.raises(InvalidRequest) as refused:
        imported(content_type, text)
    (violation,) = refused.value.violations
    return f"{violation.name} {violation.message}".strip()


def test_an_operation_is_found_by_resource_and_method() -> None:
    assert PETSTORE.match("/pets/{pet_id}", "GET").id == "get_pet"


@pytest.mark.parametrize(("resource", "method"), [("/pets", "DELETE"), ("/cats", "GET"), ("/pets/7", "GET")])
def test_what_the_contract_does_not_have_is_no_operation(resource: str, method: str) -> None:
    with pytest.raises(NoSuchOperation):
        PETSTORE.match(resource, method)


def test_only_an_operation_that_says_so_is_public() -> None:
    public = {operation.id for operation in PETSTORE.operations if operation.is_public}
    assert public == {"list_pets"}
    undeclared = copy.deepcopy(DOCUMENT)
    del undeclared["security"], undeclared["paths"]["/pets"]["get"]["security"]
    assert not any(operation.is_public for operation in Contract(undeclared).operations)


def test_the_component_schemas_are_there_by_name() -> None:
    assert PETSTORE.schemas["Pet"]["properties"]["name"]["maxLength"] == 5


def test_the_headers_of_all_responses_are_known() -> None:
    assert PETSTORE.response_headers == {"Link", "Location"}


def test_parameters_are_decoded_and_defaults_filled_in() -> None:
    assert parse("GET", "/pets", query={"kind": ["cat"]}).parameters == {"limit": 20, "kind": "cat"}


def test_a_parameter_of_an_operation_overrides_that_of_its_path() -> None:
    request = parse("GET", "/pets/{pet_id}", path={"pet_id": [PET_ID]}, query={"verbose": ["3"]})
    assert request.parameters == {"pet_id": PET_ID, "verbose": 3}


def test_the_path_of_the_client_is_passed_on() -> None:
    raw = HttpRequest("GET", "/pets", RawParameters({}, {}, {}), path="/v1/pets/")
    assert PETSTORE.match("/pets", "GET").parse(raw).path == "/v1/pets/"


@pytest.mark.parametrize("given", [PET_ID.upper(), PET_ID.title(), PET_ID])
def test_a_uuid_is_accepted_in_any_case_and_read_in_lower_case(given: str) -> None:
    assert parse("GET", "/pets/{pet_id}", path={"pet_id": [given]}).parameters == {"pet_id": PET_ID}


def test_all_violations_of_a_request_are_named_at_once() -> None:
    body = RawBody("application/json", '{"weight": "heavy", "parent": {"name": ""}}')
    with pytest.raises(InvalidRequest) as refused:
        parse("POST", "/pets", body, query={"colour": ["red"]})
    assert refused.value.violations == (
        Violation("query", "colour", "unknown parameter; allowed: none"),
        Violation("body", "/name", "is required"),
        Violation("body", "/parent/name", "must have at least 1 character"),
        Violation("body", "/weight", "must be a number or null"),
    )


@pytest.mark.parametrize("media_type", ["application/json", "APPLICATION/JSON", "application/vnd.pet+json; v=2"])
def test_a_json_body_is_decoded_with_exact_numbers(media_type: str) -> None:
    assert imported(media_type, '{"name": "Rex", "weight": 0.1}') == {"name": "Rex", "weight": Decimal("0.1")}


@pytest.mark.parametrize("media_type", ["text/csv", "text/csv; header=present", "application/x-ndjson"])
def test_a_body_that_is_not_json_is_one_string(media_type: str) -> None:
    assert imported(media_type, "name\r\nRex\r\n") == "name\r\nRex\r\n"


def test_a_body_that_is_not_json_is_validated_by_its_schema() -> None:
    assert violation_of("text/csv", "ab") == "must have at least 3 characters"


@pytest.mark.parametrize("media_type", ["application/json", "text/csv"])
def test_a_body_of_any_media_type_has_a_size_limit(media_type: str) -> None:
    with pytest.raises(ContentTooLarge):
        imported(media_type, "x" * (MAX_BODY_BYTES + 1))


@pytest.mark.parametrize("media_type", ["application/json", "text/csv"])
def test_a_body_of_any_media_type_must_be_utf_8(media_type: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        imported(media_type, base64.b64encode(b"\xff\xfe\xfd").decode(), is_base64=True)
    assert [violation.message for violation in refused.value.violations] == ["is not UTF-8"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8", "Utf-8; x=1"])
def test_utf_8_is_a_charset_in_any_spelling(charset: str) -> None:
    assert imported(f"application/json; charset={charset}", '{"name": "Zoé"}') == {"name": "Zoé"}
    assert imported(f"text/csv;charset={charset}", "Zoé") == "Zoé"


@pytest.mark.parametrize("charset", ["iso-8859-1", "us-ascii", "windows-1252", ""])
def test_another_charset_means_nothing_for_ascii(charset: str) -> None:
    assert imported(f"application/json; charset={charset}", '{"name": "Rex"}') == REX


@pytest.mark.parametrize("media_type", ["application/json", "text/csv"])
def test_a_body_that_would_be_misread_is_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        imported(f"{media_type}; charset=iso-8859-1", '{"name": "Zoé"}')


@pytest.mark.parametrize("media_type", ["", "json", "text/html", "text/csvx", "application/json text", "text/*"])
def test_another_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="this operation accepts application/json or"):
        imported(media_type, '{"name": "Rex"}')


def test_a_quoted_parameter_can_not_pass_for_a_charset() -> None:
    assert imported('application/json; title="a; charset=latin-1"', '{"name": "Zoé"}') == {"name": "Zoé"}


def test_two_charsets_are_malformed() -> None:
    with pytest.raises(UnsupportedMediaType):
        imported("application/json; charset=utf-8; charset=latin-1", '{"name": "Rex"}')


def test_a_byte_order_mark_is_ignored() -> None:
    assert imported("application/json", '\ufeff{"name": "Rex"}') == REX
    assert imported("text/csv", "\ufeffname") == "name"
    assert violation_of("application/json", '\ufeff\ufeff{"name": "Rex"}').startswith("is not JSON")


@pytest.mark.parametrize("text", ['{"name": "e\u0301e\u0301e\u0301"}', '{"name": "e\\u0301e\\u0301e\\u0301"}'])
def test_strings_are_counted_and_read_in_form_c(text: str) -> None:
    assert imported("application/json", text) == {"name": "ééé"}


def test_a_required_body_must_be_there() -> None:
    accepted = "application/json or application/vnd.pet+json or text/csv or application/x-ndjson"
    assert violation_of("", "") == f"a body of {accepted} is required"


@pytest.mark.parametrize(
    ("operation", "response"),
    [
        ("GET /pets", Response(200, [REX])),
        ("GET /pets", Response(200, [REX], {"Link": "</pets>"})),
        ("GET /pets", Response(200, "Rex\r\n", media_type="text/csv")),
        ("GET /pets", Response(200, "Rex\r\n", media_type="text/csv; charset=utf-8; header=absent")),
        ("GET /pets", Response(418, "teapot", media_type="text/plain")),
        ("GET /pets", Response(500, REX)),
        ("POST /pets", Response(201, REX, {"Location": "/pets/7"})),
        ("GET /pets/{pet_id}", Response(304)),
    ],
)
def test_a_response_that_is_as_documented_is_valid(operation: str, response: Response) -> None:
    method, resource = operation.split()
    PETSTORE.match(resource, method).validate(response)


@pytest.mark.parametrize(
    ("operation", "response", "violation"),
    [
        ("GET /pets", Response(200, [{}]), "list_pets: body/0/name is required"),
        ("GET /pets", Response(200), "list_pets: 200 must have a body"),
        ("GET /pets", Response(200, "x", media_type="text/csv"), "list_pets: body must have at least 3 characters"),
        ("GET /pets", Response(200, [REX], media_type="text/csv"), "list_pets: body must be a string"),
        (
            "GET /pets",
            Response(200, "Rex", media_type="text/html"),
            "list_pets: media type text/html of 200",
        ),
        ("GET /pets", Response(200, [REX], {"ETag": "1"}), "list_pets: header ETag of 200 is not documented"),
        ("POST /pets", Response(201, REX), "import_pets: header Location of 201 is required"),
        ("POST /pets", Response(200, REX), "import_pets: status 200 is not documented"),
        ("GET /pets/{pet_id}", Response(304, REX), "get_pet: media type application/json of 304 is not documented"),
    ],
)
def test_a_response_that_is_not_as_documented_is_not_sent(operation: str, response: Response, violation: str) -> None:
    method, resource = operation.split()
    with pytest.raises(ContractViolation) as found:
        PETSTORE.match(resource, method).validate(response)
    assert str(found.value).startswith(violation)


@pytest.mark.parametrize(
    ("response", "text"),
    [
        (Response(200, {"weight": Decimal("0.10")}), '{"weight":0.10}'),
        (Response(400, {"a": 1}, media_type="application/problem+json"), '{"a":1}'),
        (Response(200, 'a,"b"\r\n', media_type="text/csv; charset=utf-8"), 'a,"b"\r\n'),
        (Response(204), ""),
    ],
)
def test_a_response_is_serialized_by_its_media_type(response: Response, text: str) -> None:
    assert response.serialize() == text


def changed(*steps: str, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    node: Any = document
    for step in steps[:-1]:
        node = node[step]
    node[steps[-1]] = to
    return document


_IMPORT = ("components", "requestBodies", "Pets", "content")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (changed(*_IMPORT, to={"text/csv": {"schema": {"type": "object"}}}), "text/csv: a body that is not JSON must"),
        (changed(*_IMPORT, to={"image/png": {"schema": {"type": "string", "format": "binary"}}}), "image/png: a body"),
        (changed(*_IMPORT, to={"text/*": {"schema": {"type": "string"}}}), "ranges of media types"),
        (changed(*_IMPORT, to={"application/json": {"schema": {"type": "strin"}}}), "a schema is invalid"),
        (changed("components", "parameters", to={}), "reference #/components/parameters/Limit leads nowhere"),
        (changed("components", "headers", "Link", to={"$ref": "#/components/headers/Link"}), "Link leads nowhere"),
        (changed("components", "responses", "Failed", to={"$ref": "other.yaml#/x"}), "other.yaml#/x leads nowhere"),
        (changed("components", "schemas", to={}), "Kind leads nowhere among the component schemas"),
    ],
)
def test_an_unsupported_contract_stops_the_service_at_start(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnsupportedContract, match=reason):
        Contract(document)
