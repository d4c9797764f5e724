"""The contract as API Gateway imports it.

The Lambda validates every request and response against the whole contract; the gateway routes, authenticates and
responds to preflights. So the deployed copy carries only that: no schemas, no examples, no prose, nothing that the
import drops, rewrites or refuses. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
from collections.abc import Sequence
from typing import Any

from api.gateway.cors import allowed_headers, allowed_methods, exposed_headers
from api.openapi.document import OperationObject, dereference, operations
from definitions.gateway_responses import GATEWAY_RESPONSES, INTEGRATION_TIMEOUT_SECONDS
from infra.gateway.own_responses import gateway_response, no_such_route, preflight

AUTHORIZER = "cognito"
PUBLIC_OPERATIONS = frozenset({"get_health"})
"""The only operations that need no token."""

ANY_METHOD = "x-amazon-apigateway-any-method"
"""Every method that a path does not name."""

OTHER_PATHS: dict[str, list[dict[str, Any]]] = {
    "/": [],
    "/{proxy+}": [{"name": "proxy", "in": "path", "required": True, "schema": {"type": "string"}}],
}
"""The paths that the contract does not have, and their parameters; a path of the contract comes before `{proxy+}`."""

Json = dict[str, Any]


class UnprotectedOperationError(ValueError):
    """An operation that would be deployed with other protection than the one it is meant to have."""


def render(contract: Json, *, user_pool_arn: str, function_invoke_arn: str, allowed_origins: Sequence[str]) -> Json:
    """Return the document to import, for the parsed contract.

    Raises `UnprotectedOperationError` for an operation that neither asks for the authorizer nor is public on purpose.
    """
    paths: dict[str, Json] = {}
    headers, exposed = allowed_headers(contract), exposed_headers(contract)
    found = list(operations(contract))
    for operation in found:
        item = paths.setdefault(operation.path, {})
        item[operation.method] = _operation(contract, operation, operation.id, function_invoke_arn)
        if operation.method == "get":
            item["head"] = _operation(contract, operation, f"head_{operation.id}", function_invoke_arn)
    for path, item in paths.items():
        in_path = _path_parameters(contract, [operation for operation in found if operation.path == path])
        item["options"] = preflight(headers, allowed_methods(contract, path), in_path, allowed_origins)
        item[ANY_METHOD] = no_such_route(exposed, in_path, allowed_origins)
    for path, parameters in OTHER_PATHS.items():
        paths.setdefault(path, {})[ANY_METHOD] = no_such_route(exposed, parameters, allowed_origins)
    return {
        "openapi": contract["openapi"],
        "info": {"title": contract["info"]["title"], "version": contract["info"]["version"]},
        "paths": paths,
        "components": {"securitySchemes": {AUTHORIZER: _authorizer(user_pool_arn)}},
        "x-amazon-apigateway-gateway-responses": {
            name: gateway_response(exposed, response, allowed_origins) for name, response in GATEWAY_RESPONSES.items()
        },
    }


def dump(body: Json) -> str:
    """Return the document as text, always the same for the same document: it is compared as text.

    Raises `ValueError` if it has `${`, which API Gateway would take for one of its own variables.
    """
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if "${" in text:
        raise ValueError("The gateway's document must not contain ${: API Gateway replaces what follows at import.")
    return text


def methods_without_a_token(contract: Json) -> list[tuple[str, str]]:
    """Return path and method of what anyone may call and the contract names: preflights and public operations."""
    public = [operation for operation in operations(contract) if operation.id in PUBLIC_OPERATIONS]
    return [
        *((path, "OPTIONS") for path in contract["paths"]),
        *((operation.path, operation.method.upper()) for operation in public),
        *((operation.path, "HEAD") for operation in public if operation.method == "get"),
    ]


def _operation(contract: Json, operation: OperationObject, operation_id: str, function_invoke_arn: str) -> Json:
    return {
        "operationId": operation_id,
        "security": _security(operation),
        "parameters": [_parameter(contract, parameter) for parameter in operation.parameters],
        "responses": {
            status: {"description": dereference(contract, response)["description"]}
            for status, response in operation.definition["responses"].items()
        },
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "timeoutInMillis": 1000 * INTEGRATION_TIMEOUT_SECONDS,
            "uri": function_invoke_arn,
        },
    }


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
    # `apiKey` is what API Gateway asks for; it reads the x-amazon properties.
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [user_pool_arn]},
    }


def _path_parameters(contract: Json, operations_of_the_path: Sequence[OperationObject]) -> list[Json]:
    by_name = {
        parameter["name"]: _parameter(contract, parameter)
        for operation in operations_of_the_path
        for parameter in operation.parameters
        if parameter["in"] == "path"
    }
    return list(by_name.values())


def _parameter(contract: Json, parameter: Json) -> Json:
    kind = dereference(contract, parameter["schema"])["type"]
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        # Every value of a repeated parameter reaches the Lambda, but the import knows no arrays.
        "schema": {"type": {"array": "string"}.get(kind, kind)},
    }
