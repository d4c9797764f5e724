"""How the process begins and ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from local.options import command_line
from tests.e2e.system import COMMAND, ROOT, TIMEOUT_SECONDS, running
from tools.serving import free_port, has_ipv6, wait_until_listening


def finished(*options: str) -> "subprocess.CompletedProcess[str]":
    """Return how the process ended by itself."""
    return subprocess.run(
        [*COMMAND, *options],
        cwd=ROOT,
        env={},
        capture_output=True,
        check=False,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )


def test_ctrl_c_ends_it_at_once_with_status_0(tmp_path: Path) -> None:
    with running(tmp_path / "console") as system, requests.Session() as browser:
        # The browser keeps its connection.
        browser.get(f"{system.about['api_url']}/health", timeout=10)

        began = time.monotonic()
        system.process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        system.process.send_signal(signal.SIGINT)

        assert system.process.wait(TIMEOUT_SECONDS) == 0
        assert time.monotonic() - began < 5
        assert "Traceback" not in system.printed()
        assert "Warning" not in system.printed()


def test_ctrl_c_during_the_start_ends_it_without_a_word(tmp_path: Path) -> None:
    port = free_port()
    options = ("--port", str(port), "--state", str(tmp_path / "state"))
    with (tmp_path / "console").open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, *options], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        # It takes its port first, and is not ready for long after.
        wait_until_listening(f"127.0.0.1:{port}", process, tmp_path / "console")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not children.read_text():
            time.sleep(0.01)
        # A terminal sends it to all processes of the command; an impatient user presses it again.
        for _ in range(3):
            os.killpg(process.pid, signal.SIGINT)

        assert process.wait(TIMEOUT_SECONDS) == 0

    assert (tmp_path / "console").read_text() == ""


def test_a_taken_port_is_one_line_with_a_port_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = finished("--port", str(port))

    hint = run.stderr.removeprefix(f"Port {port} of 127.0.0.1 is in use. Choose another: PORT=")
    assert (run.returncode, run.stdout) == (1, "")
    assert int(hint.removesuffix(" make run\n")) > port


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80 90"])
def test_a_port_in_the_environment_must_be_valid(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    monkeypatch.setattr(sys, "argv", ["local"])

    with pytest.raises(SystemExit) as ended:
        command_line()
    assert ended.value.code == 2
    assert f"'{port}' is not a port; it must be an integer from 0 to 65535" in capsys.readouterr().err


def test_a_host_that_is_not_this_machine_is_one_line() -> None:
    run = finished("--host", "192.0.2.1", "--port", "0")

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("192.0.2.1 is not an address of this machine. Use --host 127.0.0.1")
    assert "PORT" not in run.stderr


HOSTILE = {
    "AWS_PROFILE": "work",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_REGION": "ap-southeast-2",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "TABLE_NAME": "other",
    "LOG_LEVEL": "TRACE",
    "PORT": "",
    "LC_ALL": "C",
    "PYTHONIOENCODING": "ascii",
}
"""What a developer's environment may hold; HOME is missing."""


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_it_works_over_ipv6_in_a_hostile_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "*")  # for this process's own clients, which disagree about how to write [::1]
    environment = {"PATH": os.environ["PATH"], **HOSTILE}

    with running(tmp_path / "console", host="::1", environment=environment) as system:
        user = system.client_of(system.new_user(name="Zoë"))
        recorded = user.post("/expenses", {"category": "Food", "amount": 1, "payment_method": "Cash"})

        assert recorded.status == 201
        assert system.about["api_url"].startswith("http://[::1]:")
        assert "Traceback" not in system.printed()
