"""The document that API Gateway imports passes each check, and each check finds the defect that it is there for."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.gateway.body import ANY_METHOD
from tests.infra.checks import checks_of, form, responses, routes
from tests.infra.document import ALIAS, CONTRACT, INTEGRATION, RESPONSES, Json, rendered

CHECKS = checks_of(form, responses, routes)


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
    "a HEAD without a token": ("a_head_is_protected_as_its_get_is", _set(*_LIST[:2], "head", "security", value=[])),
    "an unknown method that AWS reads as signed": (
        "what_the_contract_does_not_have_is_answered_by_a_mock",
        _drop("paths", "/expenses", ANY_METHOD),
    ),
    "an unknown path that reaches the function": (
        "what_the_contract_does_not_have_is_answered_by_a_mock",
        _set("paths", "/{proxy+}", ANY_METHOD, INTEGRATION, "type", value="aws_proxy"),
    ),
    "an unknown path that is forbidden": (
        "every_unknown_route_is_a_404_problem_with_cors",
        _set("paths", "/{proxy+}", ANY_METHOD, INTEGRATION, "responses", "default", "statusCode", value="403"),
    ),
    "a status that may be another": (
        "every_gateway_response_is_a_problem_with_cors",
        _set(
            *(RESPONSES, "DEFAULT_5XX", "responseTemplates", "application/json"),
            value='{"type":"urn:problem-type:expenses:bad-gateway","title":"t","status":502,"detail":"d","instance":"i"}',
        ),
    ),
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
    "a response that cannot be customised": (
        "the_gateway_s_own_refusals_have_the_right_status",
        _set(RESPONSES, "REQUEST_TOO_LARGE", value={"statusCode": "413", "responseParameters": {}}),
    ),
    "a constant without quotes": (
        "constant_headers_are_quoted",
        _set(RESPONSES, "THROTTLED", "responseParameters", "gatewayresponse.header.Retry-After", value="1"),
    ),
    "a number where strings belong": (
        "maps_of_strings_have_only_strings",
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


@pytest.mark.parametrize("check", CHECKS)
def test_the_rendered_document_passes_the_check(check: str) -> None:
    assert CHECKS[check](rendered(), CONTRACT) == []
    assert CHECKS[check](rendered(origins=("https://a.example", "capacitor://localhost")), CONTRACT) == []


@pytest.mark.parametrize(("check", "plant"), DEFECTS.values(), ids=DEFECTS)
def test_a_planted_defect_is_found(check: str, plant: Callable[[Json], None]) -> None:
    body = rendered()
    plant(body)
    assert CHECKS[check](body, CONTRACT)


def test_every_check_has_a_defect_that_it_finds() -> None:
    assert {check for check, _ in DEFECTS.values()} == CHECKS.keys()
