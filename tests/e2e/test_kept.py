"""What was done is there the next time, however the time before ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.system import COMMAND, ROOT, TIMEOUT_SECONDS, System, running

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash"}
KEPT = ("user_pool_id", "client_id", "cognito_endpoint", "login_url", "demo_user")
SAVED_AFTER_SECONDS = 1


def ended(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command until it ends by itself."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=60)


def test_all_is_there_after_kill_9_with_the_same_token_and_ids(system: System, tmp_path: Path) -> None:
    with running(tmp_path / "first") as first:
        email = first.new_user()
        tokens = first.log_in(email)
        unconfirmed = first.sign_up()
        recorded = first.client(f"Bearer {tokens['IdToken']}").post("/expenses", LUNCH).json
        time.sleep(SAVED_AFTER_SECONDS)
        first.process.kill()

    with running(tmp_path / "second") as second:
        expenses = second.client(f"Bearer {tokens['IdToken']}").get("/expenses").json["items"]
        assert expenses == [recorded]
        assert {name: second.about[name] for name in KEPT} == {name: first.about[name] for name in KEPT}
        assert second.refresh(tokens["RefreshToken"])["IdToken"]
        assert second.log_in(email)["IdToken"]
        second.confirm(unconfirmed)
        assert second.client_of(**second.about["demo_user"]).get("/expenses").json["items"]
        assert "Recording a year" not in second.printed()

        # Another checkout runs beside it, with users of its own.
        assert system.about["user_pool_id"] != second.about["user_pool_id"]
        assert system.client(f"Bearer {tokens['IdToken']}").get("/expenses").status == 401

        # A second process cannot have the same data, nor can it be forgotten meanwhile.
        start = [*COMMAND, "--state", str(second.state), "--port", "0"]
        forget = [sys.executable, "-m", "local.state", str(second.state)]
        with ThreadPoolExecutor() as pool:
            started, forgotten = pool.map(ended, (start, forget))
        assert (started.returncode, started.stdout) == (1, "")
        assert started.stderr.startswith(f"Another process keeps its data in {second.state}")
        assert "EPHEMERAL=1" in started.stderr
        assert (forgotten.returncode, forgotten.stdout) == (1, "")
        assert forgotten.stderr.endswith("what it uses is not forgotten. Stop it first\n")
        assert second.client_of(**second.about["demo_user"]).get("/expenses").json["items"]


def test_it_ends_when_ministack_is_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time; from local import aws, state; from local.addresses import take_port\n"
        "directory = pathlib.Path(sys.argv[1]); lock = state.take(directory)\n"
        "with aws.ministack(take_port('127.0.0.1', 0), directory, lock, is_kept=True): time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not children.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)

    os.kill(int(children.read_text()), signal.SIGKILL)

    assert process.wait(TIMEOUT_SECONDS) != 0


def test_a_request_that_never_ends_does_not_keep_others_from_being_saved(tmp_path: Path) -> None:
    with running(tmp_path / "system") as system:
        endpoint = urlsplit(system.about["cognito_endpoint"])
        with socket.create_connection((endpoint.hostname, endpoint.port)) as connection:
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
                b"X-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n\r\n{"
            )
            email = system.sign_up()
            time.sleep(SAVED_AFTER_SECONDS)
            assert email in (system.state / "state.json").read_text(encoding="utf-8")


def test_the_last_thing_done_before_a_kill_9_of_the_gateway_is_saved(tmp_path: Path) -> None:
    with running(tmp_path / "system") as system:
        email = system.sign_up()
        system.process.kill()
    deadline = time.monotonic() + 3
    while email not in (kept := (system.state / "state.json").read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, len(kept)
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["FRESH", "EPHEMERAL"])
def test_a_choice_that_is_neither_made_nor_not_is_refused(name: str) -> None:
    environment = {**os.environ, name: "no"}
    refused = subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (refused.returncode, refused.stderr) == (1, f"{name} is 'no'; it must be 1, or 0 as if it were not set.\n")


def test_a_damaged_file_is_one_line_and_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "lock").touch()
    (state / "state.json").write_text("{")
    started = ended([*COMMAND, "--port", "0", "--state", str(state)])
    assert (started.returncode, started.stderr.count("\n")) == (1, 1)
    assert "state.json is damaged" in started.stderr
    assert (state / "state.json").read_text() == "{"


SAVING = """
import asyncio, pathlib, sys
from local.ministack.state import State

events = []

async def ministack(scope, receive, send):
    await receive()
    events.append("begins " + scope["path"])
    await asyncio.sleep(0.05)
    events.append("ends " + scope["path"])
    await send({"type": "http.response.start"})

async def main():
    state = State(pathlib.Path(sys.argv[1]))
    state._save = lambda path: events.append("saved") or 0.0
    served = state.watching(ministack)

    async def request(path):
        async def receive():
            return {"type": "http.request", "body": b""}
        async def send(message):
            pass
        await served({"type": "http", "path": path, "headers": []}, receive, send)

    await request("/first")
    second = asyncio.create_task(request("/second"))
    await asyncio.sleep(0.01)
    saving = asyncio.create_task(state.save())
    await asyncio.sleep(0.01)
    third = asyncio.create_task(request("/third"))
    await asyncio.gather(second, saving, third)
    print(*events, sep="\\n")

asyncio.run(main())
"""


def test_what_is_saved_is_of_one_instant_whatever_is_requested_meanwhile(tmp_path: Path) -> None:
    done = ended([str(ROOT / ".venv" / "ministack" / "bin" / "python"), "-c", SAVING, str(tmp_path / "state.json")])
    assert done.stdout.splitlines() == [
        *("begins /first", "ends /first", "begins /second", "ends /second", "saved", "begins /third", "ends /third")
    ], done.stderr
