"""The user that is there from the start, with a year of expenses."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from local.about import Credentials
from local.demo_expenses import demo_expenses
from local.function import Invoke
from local.proxy_event import Received, proxy_event

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

DEMO_USER = Credentials("demo@example.com", "Demo-password-1")


class SeedError(RuntimeError):
    """The function did not take a demo expense; the message has its answer."""


def sign_up(cognito: "CognitoIdentityProviderClient", user_pool_id: str) -> str:
    """Make the demo user, able to log in at once, and return the user's id."""
    user = cognito.admin_create_user(
        UserPoolId=user_pool_id,
        Username=DEMO_USER.username,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": DEMO_USER.username},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "name", "Value": "Demo"},
        ],
    )
    cognito.admin_set_user_password(
        UserPoolId=user_pool_id, Username=DEMO_USER.username, Password=DEMO_USER.password, Permanent=True
    )
    return next(attribute["Value"] for attribute in user["User"]["Attributes"] if attribute["Name"] == "sub")


def record_a_year(invoke: Invoke, claims: Mapping[str, str], today: date) -> None:
    """Record the demo expenses through the function, as a user whose ID token has these claims would."""
    for expense in demo_expenses(today):
        answer = invoke(_create_expense(claims, expense))
        if not isinstance(answer, dict) or answer.get("statusCode") != 201:
            raise SeedError(f"The function did not record {expense}: {answer}")


def _create_expense(claims: Mapping[str, str], expense: dict[str, Any]) -> dict[str, Any]:
    return proxy_event(
        Received(
            request_id="demo",
            at=datetime.now(UTC),
            source_ip="127.0.0.1",
            protocol="HTTP/1.1",
            method="POST",
            path="/expenses",
            query="",
            headers=[("content-type", "application/json")],
            body=json.dumps(expense).encode(),
            resource="/expenses",
            path_parameters={},
            claims=claims,
        )
    )
