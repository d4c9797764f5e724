"""What must hold of the document that API Gateway imports. Each check returns what it found wrong."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator

from infra.cors import allowed_headers, allowed_methods
from infra.gateway_body import PUBLIC_OPERATIONS
from infra.openapi import METHODS, operations

Json = dict[str, Any]
BodyCheck = Callable[[Json, Json], list[str]]
"""From the document and the contract to what is wrong."""

INTEGRATION = "x-amazon-apigateway-integration"
RESPONSES = "x-amazon-apigateway-gateway-responses"

DROPPED_OR_REFUSED = {
    *("nullable", "discriminator", "readOnly", "writeOnly", "exclusiveMinimum", "exclusiveMaximum"),
    *("example", "examples", "anyOf", "allOf", "not", "deprecated", "callbacks", "links", "servers", "tags"),
}
ARGUMENTS_OF_THE_REST_API = {
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-endpoint-configuration",
    "x-amazon-apigateway-minimum-compression-size",
    "x-amazon-apigateway-policy",
}
PARAMETER_ATTRIBUTES = {"name", "in", "required", "schema", "description"}
NOT_SUPPORTED_FORMATS = {"int32", "int64", "decimal"}


def methods_of(body: Json) -> Iterator[tuple[str, str, Json]]:
    """Every path, method and operation of the document."""
    for path, item in body["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _nodes(node: Any, where: str = "#") -> Iterator[tuple[str, Any, Any]]:
    """Every place, key and value under a node."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield f"{where}/{key}", key, value
        yield from _nodes(value, f"{where}/{key}")


def is_valid_openapi(body: Json, _: Json) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in OpenAPIV30SpecValidator(body).iter_errors()]


def has_an_openapi_version_that_imports(body: Json, _: Json) -> list[str]:
    return [] if body["openapi"] in {"3.0.1", "3.0.2", "3.0.3"} else [f"openapi {body['openapi']} is refused"]


def has_exactly_the_contract_s_operations(body: Json, contract: Json) -> list[str]:
    wanted = {(op.path, op.method, op.id) for op in operations(contract)}
    found = {(path, method, op.get("operationId")) for path, method, op in methods_of(body) if method != "options"}
    return [f"{operation} is missing or too many" for operation in sorted(wanted ^ found, key=str)]


def every_operation_is_protected_or_public_on_purpose(body: Json, _: Json) -> list[str]:
    schemes = body.get("components", {}).get("securitySchemes", {})
    found = []
    for path, method, operation in methods_of(body):
        security = operation.get("security")
        if method == "options" or operation.get("operationId") in PUBLIC_OPERATIONS:
            if security != []:
                found.append(f"{method} {path} asks for {security}, and is public")
        elif security is None or len(security) != 1 or set(security[0]) - schemes.keys() or security[0] == {}:
            found.append(f"{method} {path} has security {security}")
        elif any(scopes for scopes in security[0].values()):
            found.append(f"{method} {path} names scopes: that takes access tokens, and the API takes ID tokens")
    return found


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


def every_operation_goes_to_the_function_s_alias(body: Json, _: Json) -> list[str]:
    found = []
    for path, method, operation in methods_of(body):
        integration = operation.get(INTEGRATION, {})
        if method == "options":
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


def every_path_answers_preflights(body: Json, contract: Json) -> list[str]:
    found = []
    for path, item in body["paths"].items():
        if "options" not in item:
            found.append(f"{path} has no OPTIONS")
            continue
        integration = item["options"][INTEGRATION]
        answer = integration["responses"]["default"]
        sent = {
            key.removeprefix("method.response.header."): value.strip("'")
            for key, value in answer["responseParameters"].items()
        }
        if integration["type"] != "mock" or json.loads(integration["requestTemplates"]["application/json"]) != {
            "statusCode": int(answer["statusCode"])
        }:
            found.append(f"OPTIONS {path} is not a mock that answers by itself")
        if set(sent.get("Access-Control-Allow-Methods", "").split(",")) != set(allowed_methods(contract, path)):
            found.append(f"OPTIONS {path} allows {sent.get('Access-Control-Allow-Methods')}")
        if set(sent.get("Access-Control-Allow-Headers", "").split(",")) != set(allowed_headers(contract)):
            found.append(f"OPTIONS {path} allows the headers {sent.get('Access-Control-Allow-Headers')}")
        if not sent.get("Access-Control-Allow-Origin"):
            found.append(f"OPTIONS {path} allows no origin")
        declared = item["options"]["responses"].get(answer["statusCode"], {}).get("headers", {})
        if declared.keys() != sent.keys():
            found.append(f"OPTIONS {path} sends headers that its response does not declare, or the other way round")
        in_path = {parameter["name"] for parameter in item["options"]["parameters"] if parameter["in"] == "path"}
        if in_path != set(re.findall(r"{(\w+)}", path)):
            found.append(f"OPTIONS {path} does not repeat the path's parameters")
    return found


def no_answer_lets_pages_send_credentials(body: Json, _: Json) -> list[str]:
    return [where for where, _key, _value in _nodes(body) if "allow-credentials" in where.lower()]


def every_gateway_response_is_a_problem_with_cors(body: Json, contract: Json) -> list[str]:
    types = set(contract["components"]["schemas"]["ProblemType"]["enum"])
    found = []
    for name, response in body[RESPONSES].items():
        headers = response["responseParameters"]
        if "gatewayresponse.header.Access-Control-Allow-Origin" not in headers:
            found.append(f"{name} lacks CORS")
        if headers.get("gatewayresponse.header.Content-Type") != "'application/problem+json'":
            found.append(f"{name} is not sent as a problem")
        problem = json.loads(response["responseTemplates"]["application/json"])
        if problem.keys() != {"type", "title", "status", "detail", "instance"} or problem.get("type") not in types:
            found.append(f"{name} is no problem of the contract: {problem}")
        if problem.get("instance") != "$context.requestId":
            found.append(f"{name} does not say which request it was")
        if not name.startswith("DEFAULT_") and response.get("statusCode") != str(problem.get("status")):
            found.append(f"{name} says {problem.get('status')} and is sent as {response.get('statusCode')}")
    return found


def the_defaults_keep_each_answer_s_own_status(body: Json, _: Json) -> list[str]:
    defaults = {"DEFAULT_4XX", "DEFAULT_5XX"}
    missing = [f"{name} is missing" for name in sorted(defaults - body[RESPONSES].keys())]
    return missing + [
        f"{name} sets statusCode, which rewrites every answer of its kind"
        for name in sorted(defaults & body[RESPONSES].keys())
        if "statusCode" in body[RESPONSES][name]
    ]


def the_gateway_s_own_refusals_have_the_right_status(body: Json, _: Json) -> list[str]:
    wanted = {
        "MISSING_AUTHENTICATION_TOKEN": "404",
        "UNAUTHORIZED": "401",
        "THROTTLED": "429",
        "INTEGRATION_TIMEOUT": "504",
        "INTEGRATION_FAILURE": "504",
    }
    found = [
        f"{name} must be {status}"
        for name, status in wanted.items()
        if body[RESPONSES].get(name, {}).get("statusCode") != status
    ]
    if "gatewayresponse.header.Retry-After" not in body[RESPONSES].get("THROTTLED", {}).get("responseParameters", {}):
        found.append("THROTTLED has no Retry-After")
    if "REQUEST_TOO_LARGE" in body[RESPONSES]:
        found.append("REQUEST_TOO_LARGE cannot be customised")
    return found


def constant_headers_are_quoted(body: Json, _: Json) -> list[str]:
    return [
        f"{where}: {value} needs single quotes"
        for where, key, value in _nodes(body)
        if isinstance(key, str)
        and key.startswith(("method.response.header.", "gatewayresponse.header."))
        and not re.fullmatch(r"'[^']*'", str(value))
    ]


def maps_of_texts_have_only_texts(body: Json, _: Json) -> list[str]:
    maps = {"responseParameters", "responseTemplates", "requestTemplates", "requestParameters"}
    return [
        f"{where}/{name} is not a text"
        for where, key, value in _nodes(body)
        if key in maps
        for name, text in value.items()
        if not isinstance(text, str)
    ] + [
        f"{where} is not a text" for where, key, value in _nodes(body) if key == "statusCode" and type(value) is not str
    ]


def nothing_in_it_is_dropped_or_refused(body: Json, _: Json) -> list[str]:
    found = [where for where, key, _value in _nodes(body) if key in DROPPED_OR_REFUSED]
    # Elsewhere `default` is an integration's answer.
    found += [where for where, key, _value in _nodes(body) if key == "default" and "/schema" in where]
    found += [
        f"{where} has a format"
        for where, key, value in _nodes(body)
        if key == "format" and value in NOT_SUPPORTED_FORMATS
    ]
    found += [
        f"{where} refers to {value}"
        for where, key, value in _nodes(body)
        if key == "$ref" and not str(value).startswith("#/components/schemas/")
    ]
    found += [
        f"the schema name {name} has more than letters and digits"
        for name in body["components"].get("schemas", {})
        if not re.fullmatch(r"[A-Za-z0-9]+", name)
    ]
    found += [
        f"{where} has a schema in place: API Gateway gives it a name by chance"
        for where, key, value in _nodes(body)
        if key == "application/json" and isinstance(value, dict) and "$ref" not in value.get("schema", {"$ref": ""})
    ]
    return found


def every_parameter_is_one_that_imports(body: Json, _: Json) -> list[str]:
    found = [f"{path} has parameters of its own" for path, item in body["paths"].items() if "parameters" in item]
    for path, method, operation in methods_of(body):
        for parameter in operation.get("parameters", []):
            extra = parameter.keys() - PARAMETER_ATTRIBUTES
            if extra or "$ref" in parameter:
                found.append(f"{method} {path} {parameter.get('name')} has {sorted(extra)}")
            if parameter.get("in") not in {"path", "query", "header"}:
                found.append(f"{method} {path} has a parameter in {parameter.get('in')}")
            if parameter.get("schema", {}).get("type") in {"array", "object", None}:
                found.append(f"{method} {path} {parameter.get('name')} is not flat")
    return found


def every_path_segment_is_allowed(body: Json, _: Json) -> list[str]:
    segment = re.compile(r"{\w+\+?}|[A-Za-z0-9_.,:-]+")
    return [
        f"{path} is refused"
        for path in body["paths"]
        if path in {"/ping", "/sping"} or not all(segment.fullmatch(part) for part in path.split("/")[1:])
    ]


def security_is_written_on_every_operation(body: Json, _: Json) -> list[str]:
    found = ["the document has security of its own, which may or may not be inherited"] if "security" in body else []
    return found + [f"{method} {path} has no security" for path, method, op in methods_of(body) if "security" not in op]


def the_rest_api_s_arguments_are_not_in_it(body: Json, _: Json) -> list[str]:
    found = [key for key in ARGUMENTS_OF_THE_REST_API if key in body]
    return found + (["info has a description"] if "description" in body["info"] else [])


def has_no_variable_of_api_gateway(body: Json, _: Json) -> list[str]:
    return ["${ is replaced at import"] if "${" in json.dumps(body) else []


def fits_into_six_megabytes(body: Json, _: Json) -> list[str]:
    size = len(json.dumps(body))
    return [f"the document has {size} bytes"] if size > 6_000_000 else []


BODY_CHECKS: Mapping[str, BodyCheck] = {
    check.__name__: check
    for check in (
        is_valid_openapi,
        has_an_openapi_version_that_imports,
        has_exactly_the_contract_s_operations,
        every_operation_is_protected_or_public_on_purpose,
        every_security_scheme_is_a_cognito_authorizer,
        every_operation_goes_to_the_function_s_alias,
        every_path_answers_preflights,
        no_answer_lets_pages_send_credentials,
        every_gateway_response_is_a_problem_with_cors,
        the_defaults_keep_each_answer_s_own_status,
        the_gateway_s_own_refusals_have_the_right_status,
        constant_headers_are_quoted,
        maps_of_texts_have_only_texts,
        nothing_in_it_is_dropped_or_refused,
        every_parameter_is_one_that_imports,
        every_path_segment_is_allowed,
        security_is_written_on_every_operation,
        the_rest_api_s_arguments_are_not_in_it,
        has_no_variable_of_api_gateway,
        fits_into_six_megabytes,
    )
}
