"""The contract as API Gateway imports it.

The Lambda validates every request and answer against the whole contract; the gateway routes, authenticates and answers
preflights. So the deployed copy carries only that: no schemas, no examples, no prose, nothing that the import drops,
rewrites or refuses. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
from collections.abc import Sequence
from typing import Any

from api.gateway.cors import EXPOSED_HEADERS, PREFLIGHT_MAX_AGE_SECONDS, allowed_headers, allowed_methods
from api.openapi.document import OperationObject, dereference, operations
from definitions.gateway_responses import GATEWAY_RESPONSES, PROBLEM_MEDIA_TYPE, GatewayResponse

AUTHORIZER = "cognito"
PUBLIC_OPERATIONS = frozenset({"get_health"})
"""The only operations that answer without a token."""

INTEGRATION_TIMEOUT_MS = 29_000

Json = dict[str, Any]


class UnprotectedOperationError(ValueError):
    """An operation that would be deployed with other protection than the one it is meant to have."""


def render(contract: Json, *, user_pool_arn: str, function_invoke_arn: str, allowed_origins: Sequence[str]) -> Json:
    """Turn the parsed contract into the document to import.

    Raises `UnprotectedOperationError` for an operation that neither asks for the authorizer nor is public on purpose.
    """
    paths: dict[str, Json] = {}
    for operation in operations(contract):
        paths.setdefault(operation.path, {})[operation.method] = {
            "operationId": operation.id,
            "security": _security(operation),
            "parameters": _parameters(contract, operation.parameters),
            "responses": _responses(contract, operation),
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy",
                "httpMethod": "POST",
                "timeoutInMillis": INTEGRATION_TIMEOUT_MS,
                "uri": function_invoke_arn,
            },
        }
    for path, item in paths.items():
        item["options"] = _preflight(contract, path, allowed_origins)
    return {
        "openapi": contract["openapi"],
        "info": {"title": contract["info"]["title"], "version": contract["info"]["version"]},
        "paths": paths,
        "components": {"securitySchemes": {AUTHORIZER: _authorizer(user_pool_arn)}},
        "x-amazon-apigateway-gateway-responses": {
            name: _gateway_response(response, allowed_origins) for name, response in GATEWAY_RESPONSES.items()
        },
    }


def dump(body: Json) -> str:
    """Turn the document into text, always the same for the same document: it is compared as text.

    Raises `ValueError` if it has `${`, which API Gateway would take for one of its own variables.
    """
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if "${" in text:
        raise ValueError("The gateway's document must not contain ${: API Gateway replaces what follows at import.")
    return text


def _security(operation: OperationObject) -> list[dict[str, list[str]]]:
    """Write out the operation's own security: API Gateway does not inherit it reliably."""
    expected: list[dict[str, list[str]]] = [] if operation.id in PUBLIC_OPERATIONS else [{AUTHORIZER: []}]
    if operation.security != expected:
        raise UnprotectedOperationError(
            f"{operation.method.upper()} {operation.path} ({operation.id}) has security {operation.security!r} "
            f"in the contract; it must be {expected!r}. PUBLIC_OPERATIONS lists what needs no token."
        )
    return expected


def _authorizer(user_pool_arn: str) -> Json:
    # `apiKey` is what API Gateway asks for; it reads the x-amazon members.
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [user_pool_arn]},
    }


def _parameters(contract: Json, parameters: Sequence[Json]) -> list[Json]:
    return [
        {
            "name": parameter["name"],
            "in": parameter["in"],
            "required": parameter.get("required", False),
            "schema": {"type": dereference(contract, parameter["schema"])["type"]},
        }
        for parameter in parameters
    ]


def _responses(contract: Json, operation: OperationObject) -> Json:
    return {
        status: {"description": dereference(contract, response)["description"]}
        for status, response in operation.definition["responses"].items()
    }


def _static(value: str) -> str:
    """Put a header's constant value between single quotes, or API Gateway takes it for an expression."""
    return f"'{value}'"


def _preflight(contract: Json, path: str, origins: Sequence[str]) -> Json:
    headers = {
        "Access-Control-Allow-Headers": ",".join(allowed_headers(contract)),
        "Access-Control-Allow-Methods": ",".join(allowed_methods(contract, path)),
        "Access-Control-Allow-Origin": origins[0],
        "Access-Control-Max-Age": str(PREFLIGHT_MAX_AGE_SECONDS),
        "Vary": "Origin",
    }
    answer: Json = {
        "statusCode": "204",
        "responseParameters": {f"method.response.header.{name}": _static(value) for name, value in headers.items()},
    }
    if len(origins) > 1:
        answer["responseTemplates"] = {"application/json": _choose_origin(origins[1:])}
    in_path = {
        parameter["name"]: parameter
        for operation in operations(contract)
        if operation.path == path
        for parameter in operation.parameters
        if parameter["in"] == "path"
    }
    return {
        "security": [],
        "parameters": _parameters(contract, list(in_path.values())),
        "responses": {
            "204": {
                "description": "What a web page of another origin may send.",
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_match",
            "contentHandling": "CONVERT_TO_TEXT",
            "requestTemplates": {"application/json": '{"statusCode":204}'},
            "responses": {"default": answer},
        },
    }


def _choose_origin(others: Sequence[str]) -> str:
    """Write a template (VTL) that answers with the asking origin instead of the first one if it is among the others.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """
    asked_by_another = " || ".join(f'$origin == "{other}"' for other in others)
    return (
        '#set($origin = $input.params().header.get("Origin"))\n'
        # HTTP/2 clients send it in lower case.
        '#if(!$origin)#set($origin = $input.params().header.get("origin"))#end\n'
        f"#if({asked_by_another})"
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end"
    )


def _gateway_response(response: GatewayResponse, origins: Sequence[str]) -> Json:
    headers = {
        # Templates can't compare here. `*` tells a page nothing but what it did wrong: there is no data and no cookie.
        "Access-Control-Allow-Origin": origins[0] if len(origins) == 1 else "*",
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Content-Type": PROBLEM_MEDIA_TYPE,
        "Vary": "Origin",
        **response.headers,
    }
    rendered: Json = {
        "responseParameters": {f"gatewayresponse.header.{name}": _static(value) for name, value in headers.items()},
        # The gateway picks a template by this name whatever the client accepts; Content-Type above is what is sent.
        "responseTemplates": {"application/json": json.dumps(response.problem("$context.requestId"))},
    }
    if response.overrides_status:
        rendered["statusCode"] = str(response.status)
    return rendered
