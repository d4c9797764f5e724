"""What the gateway answers when it refuses a request by itself: a problem like the API's own (RFC 9457).

Pure data; the local gateway answers from the same table.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PROBLEM_MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """One answer of the gateway's. `status` is what the body says; `overrides_status` makes it the answer's too."""

    type: str
    title: str
    status: int
    detail: str
    overrides_status: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    def problem(self, instance: str) -> dict[str, str | int]:
        """Return the body, for the request with this id."""
        return {
            "type": f"urn:problem-type:expenses:{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }


_UNKNOWN_OUTCOME = (
    "The request may or may not have been carried out. Try again, with the same Idempotency-Key if there was one."
)
_NOT_SIGNED_IN = GatewayResponse(
    type="unauthorized",
    title="Not signed in",
    status=401,
    detail="Send a valid ID token as a bearer token in the Authorization header.",
    headers={"WWW-Authenticate": "Bearer"},
)
_REFUSED = GatewayResponse(type="forbidden", title="Refused", status=403, detail="The request was refused.")
_NO_SUCH_ROUTE = GatewayResponse(
    type="not-found", title="Not found", status=404, detail="Nothing answers this method at this path."
)
_TOO_MANY = GatewayResponse(
    type="too-many-requests",
    title="Too many requests",
    status=429,
    detail="Wait for the number of seconds in Retry-After and try again.",
    headers={"Retry-After": "1"},
)
_LATE = GatewayResponse(
    type="gateway-timeout",
    title="The service did not answer in time",
    status=504,
    detail=_UNKNOWN_OUTCOME,
)
_MISCONFIGURED = GatewayResponse(
    type="internal-error",
    title="The service failed",
    status=500,
    detail="This is an error of the service, not of the request. It has been logged.",
)

GATEWAY_RESPONSES: Mapping[str, GatewayResponse] = {
    # A status given to a DEFAULT_ response becomes that of all its kind, so theirs is only a word in the body.
    "DEFAULT_4XX": GatewayResponse(
        type="invalid-request",
        title="The request is not valid",
        status=400,
        detail="The gateway could not read the request.",
        overrides_status=False,
    ),
    # Of the 5xx that have no line of their own here, 502 is left: the function failed, or its answer is none.
    "DEFAULT_5XX": GatewayResponse(
        type="bad-gateway",
        title="The service gave no answer",
        status=502,
        detail=_UNKNOWN_OUTCOME,
        overrides_status=False,
    ),
    "ACCESS_DENIED": _REFUSED,
    "API_CONFIGURATION_ERROR": _MISCONFIGURED,
    "AUTHORIZER_CONFIGURATION_ERROR": _MISCONFIGURED,
    "AUTHORIZER_FAILURE": _MISCONFIGURED,
    "EXPIRED_TOKEN": _NOT_SIGNED_IN,
    "INTEGRATION_FAILURE": _LATE,
    "INTEGRATION_TIMEOUT": _LATE,
    "INVALID_API_KEY": _REFUSED,
    "INVALID_SIGNATURE": _REFUSED,
    # API Gateway's answer to a route that does not exist, whatever its name says.
    "MISSING_AUTHENTICATION_TOKEN": _NO_SUCH_ROUTE,
    "QUOTA_EXCEEDED": _TOO_MANY,
    "RESOURCE_NOT_FOUND": _NO_SUCH_ROUTE,
    "THROTTLED": _TOO_MANY,
    "UNAUTHORIZED": _NOT_SIGNED_IN,
    "UNSUPPORTED_MEDIA_TYPE": GatewayResponse(
        type="unsupported-media-type",
        title="The media type is not supported",
        status=415,
        detail="Send the body as application/json.",
    ),
    "WAF_FILTERED": _REFUSED,
}
"""By response type. REQUEST_TOO_LARGE is missing because its 413 cannot be customised."""
