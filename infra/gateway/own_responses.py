"""The responses that the gateway makes without the Lambda: to preflights, unknown routes, and what it refuses."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from api.gateway.cors import PREFLIGHT_MAX_AGE_SECONDS
from api.gateway.problems import MEDIA_TYPE
from definitions.gateway_responses import NO_SUCH_ROUTE, GatewayResponse

Json = dict[str, Any]

REQUEST_ID = "$context.extendedRequestId"
"""The gateway's own id of a request; `requestId` is one that a client may choose (X-Amzn-RequestId)."""

_JSON_ONLY = ("application/json",)
_USUAL_MEDIA_TYPES = (
    *("application/json", "application/merge-patch+json", "application/x-www-form-urlencoded"),
    *("multipart/form-data", "text/plain"),
)
"""A mock has a template for each media type; a request of yet another one gets the gateway's 415."""


def preflight(
    allowed_headers: Sequence[str], allowed_methods: Sequence[str], parameters: Sequence[Json], origins: Sequence[str]
) -> Json:
    """Return the method OPTIONS of a path: what a web page of another origin may send."""
    headers = {
        "Access-Control-Allow-Headers": ",".join(allowed_headers),
        "Access-Control-Allow-Methods": ",".join(allowed_methods),
        "Access-Control-Allow-Origin": origins[0],
        "Access-Control-Max-Age": str(PREFLIGHT_MAX_AGE_SECONDS),
        "Vary": "Origin",
    }
    return _mock(204, headers, _choose_origin(origins), parameters, _JSON_ONLY)


def no_such_route(exposed_headers: str, parameters: Sequence[Json], origins: Sequence[str]) -> Json:
    """Return the method for every method that the contract does not have: a 404, with a token and without.

    Without it API Gateway reads a bearer token on such a route as a signature of AWS's and responds with 403.
    """
    headers = {
        "Access-Control-Allow-Origin": origins[0],
        "Access-Control-Expose-Headers": exposed_headers,
        "Content-Type": MEDIA_TYPE,
        "Vary": "Origin",
    }
    body = _choose_origin(origins) + json.dumps(NO_SUCH_ROUTE.problem(REQUEST_ID))
    return _mock(NO_SUCH_ROUTE.kind.status, headers, body, parameters, _USUAL_MEDIA_TYPES)


def gateway_response(exposed_headers: str, response: GatewayResponse, origins: Sequence[str]) -> Json:
    """Return a gateway response as the import reads it."""
    headers = {
        # Templates can't compare here. `*` tells a page nothing but what it did wrong: there is no data and no cookie.
        "Access-Control-Allow-Origin": origins[0] if len(origins) == 1 else "*",
        "Access-Control-Expose-Headers": exposed_headers,
        "Content-Type": MEDIA_TYPE,
        "Vary": "Origin",
        **response.headers,
    }
    rendered: Json = {
        "responseParameters": _constants("gatewayresponse", headers),
        # The gateway picks a template by this name whatever the client accepts; Content-Type above is what is sent.
        "responseTemplates": {"application/json": json.dumps(response.problem(REQUEST_ID))},
    }
    if response.sets_status:
        rendered["statusCode"] = str(response.kind.status)
    return rendered


def _mock(
    status: int, headers: Mapping[str, str], template: str, parameters: Sequence[Json], media_types: Sequence[str]
) -> Json:
    response: Json = {"statusCode": str(status), "responseParameters": _constants("method.response", headers)}
    if template:
        response["responseTemplates"] = {"application/json": template}
    return {
        "security": [],
        "parameters": list(parameters),
        "responses": {
            str(status): {
                "description": "Made by the gateway.",
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            # Without a template the mock reads the body that was sent as its own output, and fails.
            "passthroughBehavior": "never",
            "contentHandling": "CONVERT_TO_TEXT",
            "requestTemplates": dict.fromkeys(media_types, f'{{"statusCode":{status}}}'),
            "responses": {"default": response},
        },
    }


def _constants(where: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with their values in single quotes, or API Gateway takes them for expressions."""
    return {f"{where}.header.{name}": f"'{value}'" for name, value in headers.items()}


def _choose_origin(origins: Sequence[str]) -> str:
    """Return a template (VTL) that names the origin that asks, instead of the first one, if it is among the others.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """
    if len(origins) == 1:
        return ""
    asked_by_another = " || ".join(f'$origin == "{other}"' for other in origins[1:])
    return (
        '#set($origin = $input.params().header.get("Origin"))\n'
        # HTTP/2 clients send it in lower case.
        '#if(!$origin)#set($origin = $input.params().header.get("origin"))#end\n'
        f"#if({asked_by_another})"
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end"
    )
