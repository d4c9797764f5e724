"""The responses that the gateway makes without the Lambda: problems like the API's own (RFC 9457).

Pure data; the local gateway responds from the same table.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.gateway import problems
from api.gateway.problems import Kind

INTEGRATION_TIMEOUT_SECONDS = 29
"""How long the gateway waits for the Lambda.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """One response of the gateway's. Without `sets_status` the gateway chooses it, and the body does not name it."""

    kind: Kind
    detail: str
    sets_status: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    """Whether the request took effect, where the contract's problem says so: with 503."""

    def problem(self, instance: str) -> dict[str, object]:
        """Return the body; `instance` is the id of the request, or the expression that stands for it."""
        problem = self.kind.problem(self.detail, instance)
        outcome = {"outcome": self.outcome} if self.outcome else {}
        return {name: value for name, value in problem.items() if self.sets_status or name != "status"} | outcome


_UNKNOWN_OUTCOME = (
    "The request may or may not have been carried out. Try again, with the same Idempotency-Key if there was one."
)
_UNAUTHORIZED = GatewayResponse(
    problems.UNAUTHORIZED,
    "Send a valid ID token as a bearer token in the Authorization header.",
    headers={"WWW-Authenticate": "Bearer"},
)
_FORBIDDEN = GatewayResponse(problems.FORBIDDEN, "The request was refused.")
NO_SUCH_ROUTE = GatewayResponse(problems.NOT_FOUND, "Nothing answers this method at this path.")
_TOO_MANY_REQUESTS = GatewayResponse(
    problems.TOO_MANY_REQUESTS,
    "Wait for the number of seconds in Retry-After and try again.",
    headers={"Retry-After": "1"},
)
_MISCONFIGURED = GatewayResponse(problems.INTERNAL_ERROR, problems.INTERNAL_ERROR_DETAIL)

GATEWAY_RESPONSES: Mapping[str, GatewayResponse] = {
    # A status given to a DEFAULT_ response becomes that of all its kind, and no variable holds the one that is sent.
    "DEFAULT_4XX": GatewayResponse(
        problems.INVALID_REQUEST, "The gateway could not read the request.", sets_status=False
    ),
    # Of the 5xx that have no line of their own here, 502 is left: the function failed, or its response is not valid.
    "DEFAULT_5XX": GatewayResponse(problems.BAD_GATEWAY, _UNKNOWN_OUTCOME, sets_status=False),
    "ACCESS_DENIED": _FORBIDDEN,
    "API_CONFIGURATION_ERROR": _MISCONFIGURED,
    "AUTHORIZER_CONFIGURATION_ERROR": _MISCONFIGURED,
    "AUTHORIZER_FAILURE": _MISCONFIGURED,
    "EXPIRED_TOKEN": _UNAUTHORIZED,
    # Lambda throttles: no function was free to run the request.
    "INTEGRATION_FAILURE": GatewayResponse(
        problems.SERVICE_UNAVAILABLE,
        "The request did not run: nothing was changed. Wait for the number of seconds in Retry-After and try again.",
        headers={"Retry-After": "1"},
        outcome="unchanged",
    ),
    "INTEGRATION_TIMEOUT": GatewayResponse(problems.GATEWAY_TIMEOUT, _UNKNOWN_OUTCOME),
    "INVALID_API_KEY": _FORBIDDEN,
    "INVALID_SIGNATURE": _FORBIDDEN,
    # API Gateway's response to a route that does not exist, whatever its name says.
    "MISSING_AUTHENTICATION_TOKEN": NO_SUCH_ROUTE,
    "QUOTA_EXCEEDED": _TOO_MANY_REQUESTS,
    "RESOURCE_NOT_FOUND": NO_SUCH_ROUTE,
    "THROTTLED": _TOO_MANY_REQUESTS,
    "UNAUTHORIZED": _UNAUTHORIZED,
    "UNSUPPORTED_MEDIA_TYPE": GatewayResponse(problems.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json."),
    "WAF_FILTERED": _FORBIDDEN,
}
"""By response type. REQUEST_TOO_LARGE is missing because its 413 cannot be customised."""
