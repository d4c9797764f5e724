"""The document that API Gateway imports."""

import copy
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from infra.gateway_body import PUBLIC_OPERATIONS, UnprotectedOperationError, dump, render
from infra.gateway_responses import GATEWAY_RESPONSES
from infra.openapi import dereference, operations
from tests.infra.checks.body import BODY_CHECKS, INTEGRATION, RESPONSES, Json
from tests.infra.recording import ROOT

POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123"
ALIAS = (
    "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-west-1:123456789012:function:expenses-dev:live/invocations"
)
ORIGINS = ("https://expenses.example.com",)
CONTRACT: Json = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


def rendered(contract: Json = CONTRACT, origins: tuple[str, ...] = ORIGINS) -> Json:
    return render(contract, user_pool_arn=POOL, function_invoke_arn=ALIAS, allowed_origins=origins)


@pytest.mark.parametrize("check", BODY_CHECKS.values(), ids=BODY_CHECKS)
def test_the_rendered_document_passes_the_check(check: Callable[[Json, Json], list[str]]) -> None:
    assert check(rendered(), CONTRACT) == []


def _set(*path: str, value: Any) -> Callable[[Json], None]:
    def plant(body: Json) -> None:
        target: Any = body
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return plant


def _drop(*path: str) -> Callable[[Json], None]:
    def plant(body: Json) -> None:
        target: Any = body
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]

    return plant


_LIST = ("paths", "/expenses", "get")
_PREFLIGHT = ("paths", "/expenses", "options")
_ANSWER = (*_PREFLIGHT, INTEGRATION, "responses", "default")
_SCHEME = ("components", "securitySchemes", "cognito")
_UNQUALIFIED = ALIAS.replace(":live/", "/")

DEFECTS: dict[str, tuple[str, Callable[[Json], None]]] = {
    "an operation without a description of its answers": ("is_valid_openapi", _drop(*_LIST, "responses")),
    "OpenAPI 3.1": ("has_an_openapi_version_that_imports", _set("openapi", value="3.1.0")),
    "a forgotten operation": ("has_exactly_the_contract_s_operations", _drop(*_LIST)),
    "an open operation": ("every_operation_is_protected_or_public_on_purpose", _set(*_LIST, "security", value=[])),
    "an authorizer that exists nowhere": (
        "every_operation_is_protected_or_public_on_purpose",
        _set(*_LIST, "security", value=[{"congito": []}]),
    ),
    "two authorizers": (
        "every_operation_is_protected_or_public_on_purpose",
        _set(*_LIST, "security", value=[{"cognito": []}, {}]),
    ),
    "scopes, so access tokens": (
        "every_operation_is_protected_or_public_on_purpose",
        _set(*_LIST, "security", value=[{"cognito": ["openid"]}]),
    ),
    "the contract's own security scheme": (
        "every_security_scheme_is_a_cognito_authorizer",
        _set(*_SCHEME, "type", value="http"),
    ),
    "a scheme without the AWS extension": (
        "every_security_scheme_is_a_cognito_authorizer",
        _drop(*_SCHEME, "x-amazon-apigateway-authorizer"),
    ),
    "the unqualified function": (
        "every_operation_goes_to_the_function_s_alias",
        _set(*_LIST, INTEGRATION, "uri", value=_UNQUALIFIED),
    ),
    "a GET to the function": (
        "every_operation_goes_to_the_function_s_alias",
        _set(*_LIST, INTEGRATION, "httpMethod", value="GET"),
    ),
    "a payload of HTTP APIs": (
        "every_operation_goes_to_the_function_s_alias",
        _set(*_LIST, INTEGRATION, "payloadFormatVersion", value="2.0"),
    ),
    "a timeout over 29 s": (
        "every_operation_goes_to_the_function_s_alias",
        _set(*_LIST, INTEGRATION, "timeoutInMillis", value=30_000),
    ),
    "no OPTIONS": ("every_path_answers_preflights", _drop(*_PREFLIGHT)),
    "a method that preflight forgets": (
        "every_path_answers_preflights",
        _set(*_ANSWER, "responseParameters", "method.response.header.Access-Control-Allow-Methods", value="'GET'"),
    ),
    "a header that preflight forgets": (
        "every_path_answers_preflights",
        _set(
            *_ANSWER,
            *("responseParameters", "method.response.header.Access-Control-Allow-Headers"),
            value="'Authorization,Content-Type'",
        ),
    ),
    "an undeclared preflight header": (
        "every_path_answers_preflights",
        _drop(*_PREFLIGHT, "responses", "204", "headers", "Vary"),
    ),
    "a preflight without the path's parameter": (
        "every_path_answers_preflights",
        _set("paths", "/expenses/{expense_id}", "options", "parameters", value=[]),
    ),
    "credentials allowed": (
        "no_answer_lets_pages_send_credentials",
        _set(*_ANSWER, "responseParameters", "method.response.header.Access-Control-Allow-Credentials", value="'true'"),
    ),
    "a gateway response without CORS": (
        "every_gateway_response_is_a_problem_with_cors",
        _drop(RESPONSES, "THROTTLED", "responseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"),
    ),
    "a gateway response in another form": (
        "every_gateway_response_is_a_problem_with_cors",
        _set(RESPONSES, "THROTTLED", "responseTemplates", "application/json", value='{"message":"no"}'),
    ),
    "a status for all of a kind": (
        "the_defaults_keep_each_answer_s_own_status",
        _set(RESPONSES, "DEFAULT_4XX", "statusCode", value="400"),
    ),
    "no default at all": ("the_defaults_keep_each_answer_s_own_status", _drop(RESPONSES, "DEFAULT_5XX")),
    "403 for an unknown route": (
        "the_gateway_s_own_refusals_have_the_right_status",
        _set(RESPONSES, "MISSING_AUTHENTICATION_TOKEN", "statusCode", value="403"),
    ),
    "a throttle that does not say when to come back": (
        "the_gateway_s_own_refusals_have_the_right_status",
        _drop(RESPONSES, "THROTTLED", "responseParameters", "gatewayresponse.header.Retry-After"),
    ),
    "a constant without quotes": (
        "constant_headers_are_quoted",
        _set(RESPONSES, "THROTTLED", "responseParameters", "gatewayresponse.header.Retry-After", value="1"),
    ),
    "a number where texts belong": (
        "maps_of_texts_have_only_texts",
        _set(RESPONSES, "THROTTLED", "statusCode", value=429),
    ),
    "a default in a schema": (
        "nothing_in_it_is_dropped_or_refused",
        _set(*_LIST, "parameters", value=[{"name": "n", "in": "query", "schema": {"type": "string", "default": "x"}}]),
    ),
    "a nullable schema": (
        "nothing_in_it_is_dropped_or_refused",
        _set("components", "schemas", value={"Notes": {"type": "string", "nullable": True}}),
    ),
    "a schema name with a hyphen": (
        "nothing_in_it_is_dropped_or_refused",
        _set("components", "schemas", value={"Expense-Page": {"type": "object"}}),
    ),
    "a format that is not supported": (
        "nothing_in_it_is_dropped_or_refused",
        _set("components", "schemas", value={"Amount": {"type": "number", "format": "decimal"}}),
    ),
    "an inline body schema": (
        "nothing_in_it_is_dropped_or_refused",
        _set(*_LIST, "responses", "200", "content", value={"application/json": {"schema": {"type": "object"}}}),
    ),
    "a reference to a shared response": (
        "nothing_in_it_is_dropped_or_refused",
        _set(*_LIST, "responses", "400", value={"$ref": "#/components/responses/BadRequest"}),
    ),
    "parameters on the path": (
        "every_parameter_is_one_that_imports",
        _set("paths", "/expenses", "parameters", value=[]),
    ),
    "a cookie": (
        "every_parameter_is_one_that_imports",
        _set(*_LIST, "parameters", value=[{"name": "c", "in": "cookie", "schema": {"type": "string"}}]),
    ),
    "a list as a parameter": (
        "every_parameter_is_one_that_imports",
        _set(*_LIST, "parameters", value=[{"name": "n", "in": "query", "schema": {"type": "array"}}]),
    ),
    "a path that API Gateway keeps for itself": ("every_path_segment_is_allowed", _set("paths", "/ping", value={})),
    "a parameter that is half a segment": (
        "every_path_segment_is_allowed",
        _set("paths", "/expenses/{id}.csv", value={}),
    ),
    "security for all at once": ("security_is_written_on_every_operation", _set("security", value=[{"cognito": []}])),
    "security left out": ("security_is_written_on_every_operation", _drop(*_LIST, "security")),
    "binary media types in the document": (
        "the_rest_api_s_arguments_are_not_in_it",
        _set("x-amazon-apigateway-binary-media-types", value=["*/*"]),
    ),
    "a description in the document": (
        "the_rest_api_s_arguments_are_not_in_it",
        _set("info", "description", value="An API"),
    ),
    "a variable of API Gateway's": (
        "has_no_variable_of_api_gateway",
        _set(*_LIST, "description", value="costs ${AWS::AccountId}"),
    ),
    "a document over 6 MB": ("fits_into_six_megabytes", _set(*_LIST, "description", value="x" * 6_000_000)),
}


@pytest.mark.parametrize(("check", "plant"), DEFECTS.values(), ids=DEFECTS)
def test_a_planted_defect_is_found(check: str, plant: Callable[[Json], None]) -> None:
    body = rendered()
    plant(body)
    assert BODY_CHECKS[check](body, CONTRACT)


def test_every_check_has_a_defect_that_it_finds() -> None:
    assert {check for check, _ in DEFECTS.values()} == BODY_CHECKS.keys()


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
