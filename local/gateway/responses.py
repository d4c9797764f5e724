"""The gateway's own responses, as the deployed one has them: problems, and preflights."""

from typing import Any

from starlette.responses import JSONResponse, Response

from api.gateway.cors import PREFLIGHT_MAX_AGE_SECONDS, allowed_headers, allowed_methods, exposed_headers
from api.gateway.problems import MEDIA_TYPE
from definitions.gateway_responses import GATEWAY_RESPONSES
from local.contract import load
from local.gateway.limits import MAX_BODY_BYTES

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}

NOT_READABLE = "DEFAULT_4XX"
UNAUTHORIZED = "UNAUTHORIZED"
NO_SUCH_ROUTE = "MISSING_AUTHENTICATION_TOKEN"
FUNCTION_FAILED = "DEFAULT_5XX"
FUNCTION_UNREACHABLE = "INTEGRATION_FAILURE"
TIMED_OUT = "INTEGRATION_TIMEOUT"


class RefusedError(Exception):
    """The gateway refuses the request."""

    def __init__(self, response_type: str, status: int | None = None) -> None:
        """`response_type` is API Gateway's name for the reason, such as `UNAUTHORIZED`; `status` if not its own."""
        super().__init__(response_type)
        self.response_type = response_type
        self.status = status


def problem(response_type: str, request_id: str, status: int | None = None) -> Response:
    """Return the gateway's response of this type, a problem, to the request with this (extended) id.

    A `DEFAULT_` type stands for several statuses, of which `status` is the one to send.
    """
    response = GATEWAY_RESPONSES[response_type]
    return JSONResponse(
        response.problem(instance=request_id),
        status or response.kind.status,
        ANY_ORIGIN | {"Access-Control-Expose-Headers": exposed_headers(load())} | dict(response.headers),
        MEDIA_TYPE,
    )


def too_large() -> Response:
    """Return the one response that can't be customised on AWS, so it is no problem and has no CORS headers."""
    return JSONResponse({"message": f"HTTP content length exceeded {MAX_BODY_BYTES} bytes."}, 413)


def too_large_for_lambda() -> Response:
    """Return the response to what the gateway takes and Lambda does not; it can't be customised either."""
    return JSONResponse({"message": "Request Entity Too Large"}, 413)


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
