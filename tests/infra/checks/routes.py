"""What must hold of the routes of the document that API Gateway imports."""

import re

from api.openapi.document import operations
from infra.gateway.body import ANY_METHOD, PUBLIC_OPERATIONS
from tests.infra.document import INTEGRATION, Json, is_mock, methods_of


def has_exactly_the_contract_s_operations(body: Json, contract: Json) -> list[str]:
    wanted = {(op.path, op.method) for op in operations(contract)}
    wanted |= {(path, "head") for path, method in wanted if method == "get"}
    found = {(path, method) for path, method, op in methods_of(body) if not is_mock(op)}
    return [f"{operation} is missing or too many" for operation in sorted(wanted ^ found)]


def a_head_is_protected_as_its_get_is(body: Json, _: Json) -> list[str]:
    return [
        f"{path} has another security for HEAD than for GET"
        for path, item in body["paths"].items()
        if "get" in item and item["head"]["security"] != item["get"]["security"]
    ]


def every_operation_is_protected_or_public_on_purpose(body: Json, _: Json) -> list[str]:
    schemes = body.get("components", {}).get("securitySchemes", {})
    public = {name for operation in PUBLIC_OPERATIONS for name in (operation, f"head_{operation}")}
    found = []
    for path, method, operation in methods_of(body):
        security = operation.get("security")
        if is_mock(operation) or operation.get("operationId") in public:
            if security != []:
                found.append(f"{method} {path} asks for {security}, and is public")
        elif security is None or len(security) != 1 or set(security[0]) - schemes.keys() or security[0] == {}:
            found.append(f"{method} {path} has security {security}")
        elif any(scopes for scopes in security[0].values()):
            found.append(f"{method} {path} names scopes: that takes access tokens, and the API takes ID tokens")
    return found


def what_the_contract_does_not_have_is_answered_by_a_mock(body: Json, contract: Json) -> list[str]:
    wanted = {"/", "/{proxy+}", *contract["paths"]}
    found = {path for path, method, op in methods_of(body) if method == ANY_METHOD and is_mock(op)}
    return [f"{path} does not answer other methods" for path in sorted(wanted - found)]


def every_security_scheme_is_a_cognito_authorizer(body: Json, _: Json) -> list[str]:
    found = []
    for name, scheme in body["components"]["securitySchemes"].items():
        authorizer = scheme.get("x-amazon-apigateway-authorizer", {})
        if (scheme["type"], scheme.get("in"), scheme.get("name")) != ("apiKey", "header", "Authorization"):
            found.append(f"{name} is not an apiKey in the header Authorization: the import ignores it")
        if scheme.get("x-amazon-apigateway-authtype") != "cognito_user_pools":
            found.append(f"{name} has another authtype than cognito_user_pools")
        arns = authorizer.get("providerARNs", [])
        if authorizer.get("type") != "cognito_user_pools" or not all(":userpool/" in arn for arn in arns) or not arns:
            found.append(f"{name} has no user pool")
    return found


def security_is_written_on_every_operation(body: Json, _: Json) -> list[str]:
    found = ["the document has security of its own, which may or may not be inherited"] if "security" in body else []
    return found + [f"{method} {path} has no security" for path, method, op in methods_of(body) if "security" not in op]


def every_operation_goes_to_the_function_s_alias(body: Json, _: Json) -> list[str]:
    found = []
    for path, method, operation in methods_of(body):
        integration = operation.get(INTEGRATION, {})
        if is_mock(operation):
            continue
        if integration.get("type") != "aws_proxy" or integration.get("httpMethod") != "POST":
            found.append(f"{method} {path} is not a POST to aws_proxy")
        if not re.search(r":function:[\w-]+:[a-z]+/invocations$", integration.get("uri", "")):
            found.append(f"{method} {path} goes to {integration.get('uri')}, which is no alias")
        if "payloadFormatVersion" in integration:
            found.append(f"{method} {path} has a payloadFormatVersion, which is for HTTP APIs")
        if not 50 <= integration.get("timeoutInMillis", 29_000) <= 29_000:
            found.append(f"{method} {path} waits longer than API Gateway may")
    return found
