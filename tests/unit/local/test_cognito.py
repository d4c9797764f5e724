"""Who may call what through the gate before moto."""

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from definitions.user_pool import ROTATION_GRACE_SECONDS
from local.identity import cognito
from local.identity.cognito import UserPoolGate
from local.identity.pool_users import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

COGNITO = "AWSCognitoIdentityProviderService."


def moto(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
    return Response('{"AuthenticationResult": {}}')(environ, start_response)


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


@pytest.mark.parametrize(
    ("seconds_later", "status"), [(ROTATION_GRACE_SECONDS, 200), (ROTATION_GRACE_SECONDS + 1, 400)]
)
def test_a_used_refresh_token_ends_after_the_grace_period(
    gate: Client, monkeypatch: pytest.MonkeyPatch, seconds_later: int, status: int
) -> None:
    pool = SimpleNamespace(
        refresh_tokens={"old": ("frontend", "amina", "jti")}, create_refresh_token=lambda *_: ("new", "jti")
    )
    monkeypatch.setattr(cognito, "pool_of", lambda _: pool)
    call = {"ClientId": "frontend", "RefreshToken": "old"}
    statuses = []
    for now in (1000.0, 1000.0 + seconds_later):
        monkeypatch.setattr(time, "monotonic", lambda now=now: now)
        response = gate.post(
            "/",
            headers={"X-Amz-Target": f"{COGNITO}GetTokensFromRefreshToken"},
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
            json=call,
        )
        statuses.append(response.status_code)

    assert statuses == [200, status]
