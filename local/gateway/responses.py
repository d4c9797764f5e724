"""The gateway's own responses, as the deployed one has them: problems, and preflights."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from api.gateway.cors import PREFLIGHT_MAX_AGE_SECONDS, allowed_headers, allowed_methods, exposed_headers
from definitions.gateway_responses import GATEWAY_RESPONSES, PROBLEM_MEDIA_TYPE
from local.contract import load

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
MAX_BODY_BYTES = 10_485_760
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the gateway answers by itself: the name of the response type, and the status."""

    response_type: str
    status: int


UNAUTHORIZED = Refusal("UNAUTHORIZED", 401)
NO_SUCH_ROUTE = Refusal("MISSING_AUTHENTICATION_TOKEN", 404)
FUNCTION_FAILED = Refusal("DEFAULT_5XX", 502)
FUNCTION_UNREACHABLE = Refusal("INTEGRATION_FAILURE", 503)
TIMED_OUT = Refusal("INTEGRATION_TIMEOUT", 504)


class RefusedError(Exception):
    """The gateway refuses the request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def problem(refusal: Refusal, request_id: str) -> Response:
    """Return the problem that describes a refusal, for the request with this (extended) id."""
    response = GATEWAY_RESPONSES[refusal.response_type]
    return JSONResponse(
        response.problem(instance=request_id),
        refusal.status,
        ANY_ORIGIN | {"Access-Control-Expose-Headers": exposed_headers(load())} | dict(response.headers),
        PROBLEM_MEDIA_TYPE,
    )


def too_large() -> Response:
    """Return the one response that can't be customised on AWS, so it is no problem and has no CORS headers."""
    return JSONResponse({"message": f"HTTP content length exceeded {MAX_BODY_BYTES} bytes."}, 413)


def preflight(contract: dict[str, Any], path: str) -> Response:
    """Return what a web page of any origin may send to a path of the contract."""
    return Response(
        status_code=204,
        headers=ANY_ORIGIN
        | {
            "Access-Control-Allow-Headers": ",".join(allowed_headers(contract)),
            "Access-Control-Allow-Methods": ",".join(allowed_methods(contract, path)),
            "Access-Control-Max-Age": str(PREFLIGHT_MAX_AGE_SECONDS),
        },
    )
