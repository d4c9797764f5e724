"""What the gate before MiniStack serves to other machines, which a test has none of: their addresses are made up."""

import json
import subprocess
from typing import Any

import pytest

from tests.e2e.system import ROOT

HERE, NEIGHBOUR = "192.0.2.1", "192.0.2.9"
PROGRAM = """
import asyncio, json, sys
from local.ministack.gate import gate

async def ministack(scope, receive, send):
    print("served")

async def send(message):
    if "body" not in message:
        print(message.get("status", message["type"]))

scope = json.loads(sys.argv[1])
scope["headers"] = [(name.encode(), value.encode()) for name, value in scope["headers"].items()]
asyncio.run(gate(ministack)({**scope, "query_string": b""}, None, send))
"""


def outcome(client: str, target: str = "", host: str = HERE, **scope: Any) -> str:
    """Return what becomes of a request that a machine sends to this one: a status, or `served`."""
    request: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "client": [client, 1],
        "server": [HERE, 8001],
    }
    headers = {"host": host, "x-amz-target": target}
    python = str(ROOT / ".venv" / "ministack" / "bin" / "python")
    command = [python, "-c", PROGRAM, json.dumps({**request, "headers": headers, **scope})]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip()


@pytest.mark.parametrize("target", ["DynamoDB_20120810.Scan", "AWSCognitoIdentityProviderService.AdminSetUserPassword"])
def test_only_this_machine_calls_what_needs_credentials(target: str) -> None:
    assert [outcome(client, target) for client in ("127.0.0.1", "::1", HERE, NEIGHBOUR)] == [*["served"] * 3, "403"]


def test_other_machines_sign_in() -> None:
    assert outcome(NEIGHBOUR, "AWSCognitoIdentityProviderService.InitiateAuth") == "served"


def test_other_machines_see_no_code() -> None:
    assert outcome(NEIGHBOUR, method="GET", path="/_local/codes/amina@example.com") == "403"


def test_a_name_that_a_site_can_have_is_not_served() -> None:
    assert outcome("127.0.0.1", "DynamoDB_20120810.Scan", host="evil.local") == "403"


def test_no_websocket_is_opened() -> None:
    assert outcome("127.0.0.1", type="websocket") == "websocket.close"
