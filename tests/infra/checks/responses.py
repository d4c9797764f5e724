"""What must hold of what the gateway responds by itself: preflights, unknown routes, and its own problems."""

import json
import re

from api.gateway.cors import allowed_headers, allowed_methods
from infra.gateway.body import ANY_METHOD
from tests.infra.document import INTEGRATION, RESPONSES, Json, nodes

REQUEST_ID = "$context.extendedRequestId"

SUPPORTED = {
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN"),
    *("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY", "INVALID_SIGNATURE"),
    *("MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED"),
    *("UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
}
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

Without REQUEST_TOO_LARGE, whose 413 cannot be customised.
"""


def every_path_answers_preflights(body: Json, contract: Json) -> list[str]:
    found = []
    for path in contract["paths"]:
        item = body["paths"][path]
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


def every_unknown_route_is_a_404_problem_with_cors(body: Json, _: Json) -> list[str]:
    found = []
    for path, item in body["paths"].items():
        integration = item[ANY_METHOD][INTEGRATION]
        response = integration["responses"]["default"]
        headers = response["responseParameters"]
        problem = json.loads(response["responseTemplates"]["application/json"].rpartition("#end")[2])
        if {response["statusCode"], str(problem["status"]), *item[ANY_METHOD]["responses"]} != {"404"}:
            found.append(f"{path} answers {response['statusCode']}")
        if set(integration["requestTemplates"].values()) != {'{"statusCode":404}'}:
            found.append(f"{path} has a template that answers otherwise")
        if headers.get("method.response.header.Content-Type") != "'application/problem+json'":
            found.append(f"{path} does not answer with a problem")
        if problem["instance"] != REQUEST_ID:
            found.append(f"{path} does not say which request it was")
        if "method.response.header.Access-Control-Allow-Origin" not in headers:
            found.append(f"{path} lacks CORS")
    return found


def no_answer_lets_pages_send_credentials(body: Json, _: Json) -> list[str]:
    return [where for where, _key, _value in nodes(body) if "allow-credentials" in where.lower()]


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
        # No variable holds the status that a DEFAULT_ response is sent with.
        named = {"type", "title", "detail", "instance"} | (set() if name.startswith("DEFAULT_") else {"status"})
        if problem.keys() - {"outcome"} != named or problem.get("type") not in types:
            found.append(f"{name} is no problem of the contract: {problem}")
        if problem.get("instance") != REQUEST_ID:
            found.append(f"{name} does not say which request it was")
        if "status" in problem and response.get("statusCode") != str(problem["status"]):
            found.append(f"{name} says {problem['status']} and is sent as {response.get('statusCode')}")
    return found


def the_defaults_keep_each_answer_s_own_status(body: Json, _: Json) -> list[str]:
    defaults = {"DEFAULT_4XX", "DEFAULT_5XX"}
    missing = [f"{name} is missing" for name in sorted(defaults - body[RESPONSES].keys())]
    return missing + [
        f"{name} sets statusCode, which rewrites every response of its kind"
        for name in sorted(defaults & body[RESPONSES].keys())
        if "statusCode" in body[RESPONSES][name]
    ]


def the_gateway_s_own_refusals_have_the_right_status(body: Json, _: Json) -> list[str]:
    wanted = {
        "MISSING_AUTHENTICATION_TOKEN": "404",
        "UNAUTHORIZED": "401",
        "THROTTLED": "429",
        "INTEGRATION_TIMEOUT": "504",
        "INTEGRATION_FAILURE": "503",
    }
    found = [
        f"{name} must be {status}"
        for name, status in wanted.items()
        if body[RESPONSES].get(name, {}).get("statusCode") != status
    ]
    found += [
        f"{name} has no Retry-After"
        for name in ("THROTTLED", "INTEGRATION_FAILURE")
        if "gatewayresponse.header.Retry-After" not in body[RESPONSES].get(name, {}).get("responseParameters", {})
    ]
    return found + [f"{name} cannot be customised" for name in sorted(body[RESPONSES].keys() - SUPPORTED)]


def constant_headers_are_quoted(body: Json, _: Json) -> list[str]:
    return [
        f"{where}: {value} needs single quotes"
        for where, key, value in nodes(body)
        if isinstance(key, str)
        and key.startswith(("method.response.header.", "gatewayresponse.header."))
        and not re.fullmatch(r"'[^']*'", str(value))
    ]
