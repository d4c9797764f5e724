"""Walks through a running API as a client does, and reports what is not as the contract says: `make smoke`.

It needs the standard library only, and reads the environment:

    API                           the API's address with its stage: https://id.execute-api.eu-west-1.amazonaws.com/v1
    TOKEN                         an ID token; or, to get one from Cognito,
    USER_NAME, PASSWORD, CLIENT   a user, the password and the client's id, and
    REGION                        the pool's region; AWS_REGION where it is missing
    ORIGIN                        the origin of a web page that CORS must allow (optional)
    COGNITO                       another address of Cognito, for a stand-in (optional)

Without TOKEN and USER_NAME it checks only what needs no token. The expense that it records is deleted again.
"""

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_SECONDS = 30
PROBLEM = "application/problem+json"
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class InvalidTarget(ValueError):
    """The environment does not say what to check, or Cognito gives no token; the message says what is missing."""


@dataclass(frozen=True)
class Response:
    """What came back. `status` is 0, and `failure` says why, where nothing came."""

    status: int
    headers: Message = field(default_factory=Message)
    body: bytes = b""
    failure: str = ""

    @property
    def json(self) -> dict[str, Any]:
        """The body's object, with exact decimals; empty where the body is not a JSON object."""
        try:
            value = json.loads(self.body, parse_float=Decimal)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_problem(self) -> bool:
        """Whether this is a problem (RFC 9457) that agrees with its own status."""
        media_type = self.headers.get("Content-Type", "").partition(";")[0]
        problem = self.json
        return media_type == PROBLEM and "title" in problem and problem.get("status") in (None, self.status)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is a response like any other: the token goes nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


def request(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """Send a request, with `body` as JSON unless it is None. Never raises: a failure is a response with status 0."""
    data = None if body is None else json.dumps(body).encode()
    # `urlsplit` in `checked` has let only http and https through.
    sent = Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)  # noqa: S310
    if data is None:
        sent.remove_header("Content-type")
    try:
        with build_opener(_NoRedirect).open(sent, timeout=TIMEOUT_SECONDS) as received:
            return Response(received.status, received.headers, received.read())
    except HTTPError as received:
        with received:
            return Response(received.code, received.headers, received.read())
    except (OSError, HTTPException) as failure:
        return Response(0, failure=str(failure) or type(failure).__name__)


def checked(name: str, address: str) -> str:
    """Return an address without its last slash. Raises `InvalidTarget` unless a token may be sent there."""
    parts = urlsplit(address)
    if not parts.hostname or (
        parts.scheme != "https" and (parts.scheme, parts.hostname) not in {("http", host) for host in THIS_MACHINE}
    ):
        raise InvalidTarget(f"{name} is {address!r}; it must be an https:// address (http:// for this machine only).")
    return address.rstrip("/")


@dataclass
class Walk:
    """One walk through an API: `send` calls it, `check` counts what is not as it must be."""

    api: str
    token: str
    write: Callable[[str], object]
    checks: int = 0
    failures: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Response:
        """Call the API with the walk's token, or with another one; an empty one is not sent."""
        bearer = self.token if token is None else token
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if bearer:
            named["Authorization"] = f"Bearer {bearer}"
        return request(method, self.api + path, body, named)

    def check(self, what: str, response: Response, status: int, **expected: bool) -> bool:
        """Note whether a response has this status and all that is expected of it is true, each by a name to print."""
        wrong = [f"not true: {name.replace('_', ' ')}" for name, holds in expected.items() if not holds]
        if not response.status:
            wrong = [f"no response: {response.failure}"]
        elif response.status != status:
            said = response.json.get("detail") or response.json.get("message") or "no detail"
            wrong = [f"status {response.status} instead of {status} ({said})"]
        self.checks += 1
        if wrong:
            self.failures.append(f"{what}: {'; '.join(wrong)}")
        self.write(f"FAILED  {self.failures[-1]}" if wrong else f"ok      {what}")
        return not wrong


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


def check_journey(walk: Walk) -> None:
    """Record, find, change and delete an expense of the token's user."""
    key = f"smoke-{secrets.token_hex(8)}"
    category = f"Test {key}"
    created = walk.send("POST", "/expenses", _expense(category), Idempotency_Key=key)
    expense_id = created.json.get("expense_id")
    path = f"/expenses/{quote(str(expense_id))}"
    try:
        if _check_created(walk, key, category, created):
            _check_lists(walk, category, created.json)
            _check_changes(walk, path, created)
            walk.check("the expense is deleted", walk.send("DELETE", path), 204)
            gone = walk.send("GET", path)
            walk.check("a deleted expense is not found", gone, 404, the_body_is_a_problem=gone.is_problem)
            _check_list(walk, "a deleted expense is listed no more", {"category": category}, [])
    finally:
        if expense_id and (left := walk.send("DELETE", path)).status not in {204, 404}:
            walk.check(f"what was recorded is deleted ({path} of the user is left)", left, 204)


def _expense(category: str) -> dict[str, Any]:
    return {"category": category, "amount": 12.34, "payment_method": "Cash", "date": "2025-06-14", "notes": "☕ smoke"}


def _check_created(walk: Walk, key: str, category: str, created: Response) -> bool:
    expense = created.json
    sent = _expense(category) | {"amount": Decimal("12.34"), "month": "June", "year": 2025}
    recorded = walk.check(
        "an expense is recorded",
        created,
        201,
        the_body_is_what_was_sent=sent.items() <= expense.items(),
        there_is_an_ETag="ETag" in created.headers,
        Location_leads_to_it=created.headers.get("Location", "").endswith(f"expenses/{expense.get('expense_id')}"),
    )
    again = walk.send("POST", "/expenses", _expense(category), Idempotency_Key=key)
    walk.check("the same request again records nothing", again, 201, the_body_is_the_first_one=again.json == expense)
    refused = walk.send("POST", "/expenses", {"amount": "12"})
    violations = refused.json.get("errors")
    violations = violations if isinstance(violations, list) else []
    pointers = [violation.get("pointer") for violation in violations if isinstance(violation, dict)]
    walk.check(
        "every violation of the contract is reported",
        refused,
        400,
        the_body_is_a_problem=refused.is_problem,
        errors_has_all_three=all(pointer in pointers for pointer in ("/amount", "/category", "/payment_method")),
    )
    return recorded


def _check_lists(walk: Walk, category: str, expense: dict[str, Any]) -> None:
    mine = {"category": category}
    _check_list(walk, "it is found by its category", mine, [expense])
    _check_list(walk, "it is found by category and month", mine | {"month": "June"}, [expense])
    _check_list(walk, "it is found by category, month and year", mine | {"month": "June", "year": "2025"}, [expense])
    _check_list(walk, "another month does not have it", mine | {"month": "May"}, [])
    _check_list(walk, "another year does not have it", mine | {"year": "2024"}, [])
    _check_list(walk, "another category does not have it", {"category": f"{category}, not"}, [])


def _check_list(walk: Walk, what: str, filters: dict[str, str], items: list[dict[str, Any]]) -> None:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in filters.items())
    response = walk.send("GET", f"/expenses?{query}")
    walk.check(what, response, 200, items_are_exactly_these=response.json.get("items") == items)


def _check_changes(walk: Walk, path: str, created: Response) -> None:
    read = walk.send("GET", path)
    walk.check("it is looked up by its id", read, 200, the_body_is_the_recorded_one=read.json == created.json)
    etag = read.headers.get("ETag", "")
    changed = walk.send("PATCH", path, {"amount": 10.01}, If_Match=etag)
    walk.check(
        "it is changed on condition of its version",
        changed,
        200,
        the_amount_is_the_new_one=changed.json.get("amount") == Decimal("10.01"),
        the_notes_are_the_old_ones=changed.json.get("notes") == created.json.get("notes"),
        the_ETag_is_a_new_one=changed.headers.get("ETag", "") not in {"", etag},
    )
    stale = walk.send("PATCH", path, {"amount": 1}, If_Match=etag)
    walk.check("a change of an old version is refused", stale, 412, the_body_is_a_problem=stale.is_problem)
    after = walk.send("GET", path)
    walk.check("what was refused changed nothing", after, 200, the_body_is_the_changed_one=after.json == changed.json)


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
