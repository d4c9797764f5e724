"""Who may call what through the gate before moto."""

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from local.identity.cognito import UserPoolGate
from local.identity.pool_users import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

COGNITO = "AWSCognitoIdentityProviderService."


def moto(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
    return Response("{}")(environ, start_response)


@pytest.fixture
def gate() -> Client:
    return Client(UserPoolGate(moto, Mailbox(lambda _: None)))


@pytest.mark.parametrize("target", [f"{COGNITO}AdminSetUserPassword", "DynamoDB_20120810.Scan"])
@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.168.1.5", 403), ("::ffff:192.168.1.5", 403)],
)
def test_what_needs_credentials_is_for_this_machine_alone(gate: Client, target: str, address: str, status: int) -> None:
    response = gate.post("/", headers={"X-Amz-Target": target}, environ_base={"REMOTE_ADDR": address})

    assert response.status_code == status


@pytest.mark.parametrize("operation", ["GetUser", "DeleteUser", "UpdateUserAttributes", "VerifyUserAttribute"])
def test_what_needs_no_credentials_is_for_every_machine_and_page(gate: Client, operation: str) -> None:
    response = gate.post(
        "/",
        headers={"X-Amz-Target": COGNITO + operation, "Origin": "https://app.example"},
        environ_base={"REMOTE_ADDR": "192.168.1.5"},
    )

    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (200, "*")
