"""The document that API Gateway imports."""

import copy
import json
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws
from openapi_spec_validator import OpenAPIV30SpecValidator

from api.openapi.document import OperationObject, inlined, operations
from infra.gateway.body import ANY_METHOD, PUBLIC_OPERATIONS, UnprotectedOperationError, dump, render
from tests.infra.rules import CONTRACT, INTEGRATION, RESPONSES

Json = dict[str, Any]

ORIGIN = "https://expenses.example.com"


def rendered(contract: Json = CONTRACT, origins: tuple[str, ...] = (ORIGIN,)) -> Json:
    return render(contract, user_pool_arn="the pool", function_invoke_arn="the alias", allowed_origins=origins)


def without_security(contract: Json, operation_id: str, security: Any) -> Json:
    changed = copy.deepcopy(contract)
    for operation in operations(changed):
        if operation.id == operation_id:
            operation.definition.pop("security")
            if security is not None:
                operation.definition["security"] = security
    return changed


@pytest.mark.parametrize("operation_id", sorted({op.id for op in operations(CONTRACT)} - PUBLIC_OPERATIONS))
@pytest.mark.parametrize("security", [None, [], [{}], [{"other": []}], [{"cognito": []}, {}], [{"cognito": ["a"]}]])
def test_rendering_fails_closed_on_an_operation_without_the_authorizer(operation_id: str, security: Any) -> None:
    with pytest.raises(UnprotectedOperationError, match=operation_id):
        rendered(without_security(CONTRACT, operation_id, security))


def test_rendering_fails_on_a_public_operation_that_suddenly_asks_for_a_token() -> None:
    with pytest.raises(UnprotectedOperationError, match="get_health"):
        rendered(without_security(CONTRACT, "get_health", [{"cognito": []}]))


@settings(deadline=None)  # it renders the whole contract twice
@given(st.sampled_from([op.id for op in operations(CONTRACT)]), st.lists(st.dictionaries(st.text(), st.just([]))))
def test_no_security_but_the_expected_one_is_ever_rendered(operation_id: str, security: list[dict[str, Any]]) -> None:
    expected: list[dict[str, Any]] = [] if operation_id in PUBLIC_OPERATIONS else [{"cognito": []}]
    changed = without_security(CONTRACT, operation_id, security)
    if security == expected:
        assert rendered(changed) == rendered()
    else:
        with pytest.raises(UnprotectedOperationError):
            rendered(changed)


@pytest.mark.parametrize(
    "operation", list(operations(inlined(CONTRACT, CONTRACT))), ids=lambda operation: str(operation.id)
)
def test_a_method_has_the_parameters_of_its_operation(operation: OperationObject) -> None:
    methods = [operation.method, *(["head"] if operation.method == "get" else [])]
    flat = {"array": "string"}  # the gateway has no arrays of parameters; the Lambda validates them
    expected = {
        (p["in"], p["name"], p.get("required", False), flat.get(p["schema"]["type"], p["schema"]["type"]))
        for p in operation.parameters
    }
    for method in methods:
        parameters = rendered()["paths"][operation.path][method]["parameters"]
        assert {(p["in"], p["name"], p["required"], p["schema"]["type"]) for p in parameters} == expected
        assert len(parameters) == len(expected)


def test_what_is_imported_is_valid_openapi() -> None:
    assert list(OpenAPIV30SpecValidator(rendered()).iter_errors()) == []


def test_rendering_leaves_the_contract_as_it_was() -> None:
    before = copy.deepcopy(CONTRACT)
    rendered()
    assert before == CONTRACT


def test_the_text_is_the_same_whatever_the_order_of_the_contract() -> None:
    backwards = {**CONTRACT, "paths": dict(reversed(CONTRACT["paths"].items()))}
    assert dump(rendered(backwards)) == dump(rendered())


def test_a_variable_of_api_gateway_s_in_the_contract_is_refused() -> None:
    changed = copy.deepcopy(CONTRACT)
    changed["paths"]["/health"]["get"]["responses"]["200"]["description"] = "Costs ${stageVariables.price}."
    with pytest.raises(ValueError, match=r"must not contain \$\{"):
        dump(rendered(changed))


def test_one_origin_is_named_by_preflights_and_by_gateway_responses() -> None:
    body = rendered()
    response = body["paths"]["/expenses"]["options"][INTEGRATION]["responses"]["default"]
    assert response["responseParameters"]["method.response.header.Access-Control-Allow-Origin"] == f"'{ORIGIN}'"
    assert "responseTemplates" not in response
    headers = body[RESPONSES]["UNAUTHORIZED"]["responseParameters"]
    assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == f"'{ORIGIN}'"


def test_a_request_that_lambda_throttles_is_told_to_come_back() -> None:
    response = rendered()[RESPONSES]["INTEGRATION_FAILURE"]
    assert response["statusCode"] == "503"
    assert response["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"
    problem = json.loads(response["responseTemplates"]["application/json"])
    assert problem["outcome"] == "unchanged"
    assert "did not run" in problem["detail"]


def test_a_timeout_says_that_the_outcome_is_unknown() -> None:
    assert "may or may not" in rendered()[RESPONSES]["INTEGRATION_TIMEOUT"]["responseTemplates"]["application/json"]


def test_of_several_origins_preflights_name_the_one_that_asks() -> None:
    body = rendered(origins=("https://a.example", "https://b.example", "http://localhost:3000"))
    response = body["paths"]["/expenses"]["options"][INTEGRATION]["responses"]["default"]
    template = response["responseTemplates"]["application/json"]
    assert response["responseParameters"]["method.response.header.Access-Control-Allow-Origin"] == "'https://a.example'"
    assert '$origin == "https://b.example" || $origin == "http://localhost:3000"' in template
    assert "$context.responseOverride.header.Access-Control-Allow-Origin = $origin" in template


def importable_by_moto(body: Json) -> Json:
    """What moto wants besides: a description, an address and a method for each mock. It reads no ANY from a file."""
    changed = copy.deepcopy(body)
    changed["info"]["description"] = "A copy for a test."
    for item in changed["paths"].values():
        del item[ANY_METHOD]
        if "options" in item:
            item["options"][INTEGRATION] |= {"uri": "http://127.0.0.1/", "httpMethod": "OPTIONS"}
    return changed


def test_the_document_imports_with_warnings_as_failures() -> None:
    body = importable_by_moto(rendered())
    with mock_aws():
        client = boto3.client("apigateway", region_name="eu-west-1")
        api = client.import_rest_api(failOnWarnings=True, body=json.dumps(body).encode())
        resources = client.get_resources(restApiId=api["id"])["items"]
    imported = {(r["path"], method.lower()) for r in resources for method in r.get("resourceMethods", {})}
    assert imported == {(path, method) for path, item in body["paths"].items() for method in item}
