"""Walks through a running API as a client does, and reports what is not as the contract says: `make smoke`.

It needs the standard library only, and reads the environment:

    API                           the API's address with its stage: https://id.execute-api.eu-west-1.amazonaws.com/v1
    TOKEN                         an ID token; or, to get one from Cognito,
    USER_NAME, PASSWORD, CLIENT   a user, the password and the client's id, and
    REGION                        the pool's region; AWS_REGION where it is missing
    ORIGIN                        the origin of a web page that CORS must allow (optional)
    COGNITO                       another address of Cognito, for a stand-in (optional)

Without TOKEN and USER_NAME it checks only what needs no token. The expense that it records is deleted again, for good.
"""

import os
import sys
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from tools.smoke_journey import check_journey
from tools.smoke_walk import Walk, request

THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class InvalidTarget(ValueError):
    """The environment does not say what to check, or Cognito gives no token; the message says what is missing."""


def checked(name: str, address: str) -> str:
    """Return an address without its last slash. Raises `InvalidTarget` unless a token may be sent there."""
    parts = urlsplit(address)
    if not parts.hostname or (
        parts.scheme != "https" and (parts.scheme, parts.hostname) not in {("http", host) for host in THIS_MACHINE}
    ):
        raise InvalidTarget(f"{name} is {address!r}; it must be an https:// address (http:// for this machine only).")
    return address.rstrip("/")


def check_without_token(walk: Walk, origin: str = "") -> None:
    """Check what only the gateway answers: the authorizer, unknown routes, CORS."""
    walk.check("GET /health needs no token", walk.send("GET", "/health", token=""), 200)
    for what, token in (("without a token", ""), ("with a token that is not valid", "not.a.token")):
        response = walk.send("GET", "/expenses", token=token)
        walk.check(f"GET /expenses {what} is refused", response, 401, the_body_is_a_problem=response.is_problem)
    for what, token in (("without", ""), ("with", walk.token or "not.a.token")):
        response = walk.send("GET", "/nothing", token=token)
        walk.check(
            f"an unknown path {what} a token is not found", response, 404, the_body_is_a_problem=response.is_problem
        )
    preflight = walk.send(
        "OPTIONS",
        "/expenses",
        token="",
        Origin=origin or "https://smoke.example",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization,content-type",
    )
    methods, headers = (
        {name.strip().lower() for name in preflight.headers.get(f"Access-Control-Allow-{kind}", "").split(",")}
        for kind in ("Methods", "Headers")
    )
    allowed = preflight.headers.get("Access-Control-Allow-Origin", "")
    walk.check(
        "a web page's preflight is answered",
        preflight,
        204,
        POST_is_allowed="post" in methods,
        Authorization_and_Content_Type_are_allowed={"authorization", "content-type"} <= headers,
        the_origin_is_allowed=allowed in {origin, "*"} if origin else bool(allowed),
    )


def sign_in(env: Mapping[str, str]) -> str:
    """Return an ID token for the user that the environment names. Raises `InvalidTarget` saying why there is none."""
    region = env.get("REGION") or env.get("AWS_REGION", "")
    missing = [name for name in ("PASSWORD", "CLIENT") if not env.get(name)]
    if not region and not env.get("COGNITO"):
        missing.append("REGION")
    if missing:
        raise InvalidTarget(f"To sign in as USER_NAME, set {', '.join(missing)} too.")
    response = request(
        "POST",
        checked("COGNITO", env.get("COGNITO") or f"https://cognito-idp.{region}.amazonaws.com/"),
        {
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": env["CLIENT"],
            "AuthParameters": {"USERNAME": env["USER_NAME"], "PASSWORD": env["PASSWORD"]},
        },
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
    )
    given = response.json
    if token := (given.get("AuthenticationResult") or {}).get("IdToken"):
        return str(token)
    if challenge := given.get("ChallengeName"):
        raise InvalidTarget(f"Cognito asks for {challenge}, which a password alone does not answer: set TOKEN instead.")
    reason = given.get("message") or given.get("__type") or response.failure or f"status {response.status}"
    raise InvalidTarget(f"Cognito gives no token: {reason}")


def run(env: Mapping[str, str], write: Callable[[str], object] = print) -> int:
    """Make every check that the environment allows, write one line each, and return how many failed.

    Raises `InvalidTarget`.
    """
    if not env.get("API"):
        raise InvalidTarget("Set API to the address of the API, such as API=$(pulumi stack output api_url).")
    api = checked("API", env["API"])
    walk = Walk(api, env.get("TOKEN") or (sign_in(env) if env.get("USER_NAME") else ""), write)
    check_without_token(walk, env.get("ORIGIN", ""))
    if walk.token:
        check_journey(walk)
    else:
        write("No expense was recorded: that needs TOKEN, or USER_NAME and PASSWORD.")
    failed = len(walk.failures)
    write(f"{failed} of {walk.checks} checks failed." if failed else f"All {walk.checks} checks hold.")
    return failed


def main() -> int:
    """Return the exit code: 0 if everything holds, 1 if not, 2 if nothing could be checked."""
    try:
        return 1 if run(os.environ) else 0
    except InvalidTarget as reason:
        print(reason, file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    sys.exit(main())
