"""The document that API Gateway imports."""

import copy
import json
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from api.openapi.document import dereference, operations
from definitions.gateway_responses import GATEWAY_RESPONSES
from infra.gateway_body import PUBLIC_OPERATIONS, UnprotectedOperationError, dump
from tests.infra.checks import DOCUMENT_CHECKS, DocumentCheck
from tests.infra.document import INTEGRATION, RESPONSES, Json
from tests.infra.rendering import CONTRACT, ORIGINS, rendered


@pytest.mark.parametrize("check", DOCUMENT_CHECKS.values(), ids=DOCUMENT_CHECKS)
def test_the_rendered_document_passes_the_check(check: DocumentCheck) -> None:
    assert check(rendered(), CONTRACT) == []


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


@given(st.sampled_from([op.id for op in operations(CONTRACT)]), st.lists(st.dictionaries(st.text(), st.just([]))))
def test_no_security_but_the_expected_one_is_ever_rendered(operation_id: str, security: list[dict[str, Any]]) -> None:
    expected: list[dict[str, Any]] = [] if operation_id in PUBLIC_OPERATIONS else [{"cognito": []}]
    changed = without_security(CONTRACT, operation_id, security)
    if security == expected:
        assert rendered(changed) == rendered()
    else:
        with pytest.raises(UnprotectedOperationError):
            rendered(changed)


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
    answer = body["paths"]["/expenses"]["options"][INTEGRATION]["responses"]["default"]
    assert answer["responseParameters"]["method.response.header.Access-Control-Allow-Origin"] == f"'{ORIGINS[0]}'"
    assert "responseTemplates" not in answer
    headers = body[RESPONSES]["UNAUTHORIZED"]["responseParameters"]
    assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == f"'{ORIGINS[0]}'"


def test_of_several_origins_preflights_name_the_one_that_asks() -> None:
    body = rendered(origins=("https://a.example", "https://b.example", "http://localhost:3000"))
    answer = body["paths"]["/expenses"]["options"][INTEGRATION]["responses"]["default"]
    template = answer["responseTemplates"]["application/json"]
    assert answer["responseParameters"]["method.response.header.Access-Control-Allow-Origin"] == "'https://a.example'"
    assert '$origin == "https://b.example" || $origin == "http://localhost:3000"' in template
    assert "$context.responseOverride.header.Access-Control-Allow-Origin = $origin" in template


def contract_titles() -> dict[str, str]:
    titles = {}
    for response in CONTRACT["components"]["responses"].values():
        for example in response["content"]["application/problem+json"]["examples"].values():
            problem = dereference(CONTRACT, example)["value"]
            titles[problem["type"]] = problem["title"]
    return titles


@pytest.mark.parametrize("response", GATEWAY_RESPONSES.values(), ids=GATEWAY_RESPONSES)
def test_a_gateway_response_has_the_title_that_the_contract_gives_its_type(response: Any) -> None:
    problem = response.problem("a-request")
    assert problem["title"] == contract_titles()[problem["type"]]


def importable_by_moto(body: Json) -> Json:
    """What moto wants besides: it takes no document without a description, no mock without an address."""
    changed = copy.deepcopy(body)
    changed["info"]["description"] = "A copy for a test."
    for item in changed["paths"].values():
        item["options"][INTEGRATION] |= {"uri": "http://127.0.0.1/", "httpMethod": "OPTIONS"}
    return changed


def test_the_document_imports_with_warnings_as_failures() -> None:
    body = rendered()
    with mock_aws():
        client = boto3.client("apigateway", region_name="eu-west-1")
        api = client.import_rest_api(failOnWarnings=True, body=json.dumps(importable_by_moto(body)).encode())
        resources = client.get_resources(restApiId=api["id"])["items"]
    imported = {(r["path"], method.lower()) for r in resources for method in r.get("resourceMethods", {})}
    assert imported == {(path, method) for path, item in body["paths"].items() for method in item}
