"""How the process begins and ends."""

import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests

from tests.e2e.system import PATIENCE_SECONDS, ROOT, command, running


def finished(*options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Return how the process ended by itself."""
    return subprocess.run(
        command(*options),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_until_taken(port: int) -> None:
    """Wait for the first thing that the system does: it takes its port, and is not ready for long after."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"Nothing took port {port}.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "console") as system, requests.Session() as browser:
        # The browser keeps its connection.
        browser.get(f"{system.about['api_url']}/health", timeout=10)

        began = time.monotonic()
        system.process.send_signal(number)

        assert system.process.wait(PATIENCE_SECONDS) == 0
        assert time.monotonic() - began < 5
        assert "Traceback" not in system.printed()
        assert "Warning" not in system.printed()


def test_ctrl_c_during_the_start_ends_it_too(tmp_path: Path) -> None:
    port = free_port()
    with (tmp_path / "console").open("wb") as output:
        process = subprocess.Popen(command("--port", str(port)), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        wait_until_taken(port)
        process.send_signal(signal.SIGINT)

        assert process.wait(PATIENCE_SECONDS) == 0

    assert (tmp_path / "console").read_text() == ""


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = finished("--port", str(port))

    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr == (
        f"Port {port} of 127.0.0.1 can't be had: address already in use. Choose another: PORT={port + 1} make run\n"
    )


def test_the_port_may_come_from_the_environment_and_must_be_one() -> None:
    run = finished(PORT="http")

    assert run.returncode == 2
    assert "http" in run.stderr
