"""What each peer checks, found out by asking it: a peer that checks less has less to do."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench.environments import Environment
from bench.events import NEW, THREE_VIOLATIONS, event
from bench.runtime_api import Function, FunctionFailed, function
from bench.stub import INVALID_ID

FINEST = "0.10000000000000000001"
"""An amount that no double has."""


@dataclass(frozen=True)
class Checks:
    """What a peer does with requests, and with a service's response, that are not as the contract says."""

    reported: int
    """How many of three violations the response to a request names."""
    validates_responses: bool
    """Whether an expense that is not valid is kept from the client."""
    refuses_unknown: bool
    """Whether a property that the contract does not name is refused."""
    refuses_duplicates: bool
    """Whether a JSON object with the same name twice is refused."""
    is_exact: bool
    """Whether an amount is refused or kept as it was sent, and never becomes another one."""


def checks(environment: Environment) -> Checks:
    """Ask a peer, in an environment in which it calls DynamoDB's stand-in."""
    with function(environment.command, environment.variables, str(environment.directory)) as running:
        return Checks(
            reported=_reported(_respond(running, event("POST", "/expenses", THREE_VIOLATIONS))),
            validates_responses=_status(running, event("GET", "/expenses/{expense_id}", None, INVALID_ID)) >= 500,
            refuses_unknown=_status(running, event("POST", "/expenses", {**NEW, "colour": 1})) == 400,
            refuses_duplicates=_status(running, _sending(json.dumps(NEW)[:-1] + ', "amount": 13}')) == 400,
            is_exact=_is_exact(_respond(running, _sending(json.dumps(NEW).replace("12.5", FINEST)))),
        )


def _sending(body: str) -> dict[str, Any]:
    return {**event("POST", "/expenses", NEW), "body": body}


def _respond(running: Function, request: Mapping[str, Any]) -> tuple[int, str]:
    """Return the status and the body of a response; 500 is what API Gateway makes of an exception."""
    try:
        response, _ = running.invoke(request)
    except FunctionFailed:
        return 500, ""
    body = response["body"] or ""
    return response["statusCode"], base64.b64decode(body).decode() if response.get("isBase64Encoded") else body


def _status(running: Function, request: Mapping[str, Any]) -> int:
    return _respond(running, request)[0]


def _reported(response: tuple[int, str]) -> int:
    status, body = response
    if status != 400:
        return 0
    errors = json.loads(body).get("errors")
    return len(errors) if isinstance(errors, list) else 1


def _is_exact(response: tuple[int, str]) -> bool:
    status, body = response
    if status == 400:
        return True
    return status == 201 and json.loads(body, parse_float=Decimal)["amount"] == Decimal(FINEST)
