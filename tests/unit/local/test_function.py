"""How the function is invoked: with Lambda's context in this process, over HTTP in an emulator."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.function import FUNCTION_TIMEOUT_SECONDS, Context, FunctionLog, UnreachableFunctionError, in_an_emulator

EVENT = {"httpMethod": "GET", "requestContext": {"requestId": "r-1"}}
ROOT = Path(__file__).parents[3]


@contextmanager
def emulator(status: int, body: bytes) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Run an emulator that always sends this response; yield its address and what it received."""
    received: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/", received
        server.shutdown()


def test_an_emulator_receives_the_event_and_returns_the_response() -> None:
    with emulator(200, b'{"statusCode": 204}') as (url, received):
        assert in_an_emulator(url)(EVENT) == {"statusCode": 204}

    assert received == [("/2015-03-31/functions/function/invocations", EVENT)]


def test_a_message_of_the_emulator_itself_is_returned_as_it_is() -> None:
    with emulator(200, b"Task timed out after 3.00 seconds") as (url, _):
        assert in_an_emulator(url)(EVENT) == "Task timed out after 3.00 seconds"


def test_a_function_that_crashed_returns_the_error() -> None:
    with emulator(502, b'{"errorType": "Runtime.ExitError"}') as (url, _):
        assert in_an_emulator(url)(EVENT) == {"errorType": "Runtime.ExitError"}


def test_a_function_that_does_not_start_returns_the_status() -> None:
    with emulator(502, b"") as (url, _):
        assert in_an_emulator(url)(EVENT) == "502 Bad Gateway"


def test_an_unreachable_emulator_is_named() -> None:
    with pytest.raises(UnreachableFunctionError, match=r"127\.0\.0\.1:9 .*refused"):
        in_an_emulator("http://127.0.0.1:9")(EVENT)


def test_the_remaining_time_counts_down_to_the_timeout_and_not_below_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter((1000.0, 1000.0, 1003.5, 1000.0 + FUNCTION_TIMEOUT_SECONDS, 1060.0))
    monkeypatch.setattr(time, "monotonic", lambda: next(instants))
    context = Context()

    assert [context.get_remaining_time_in_millis() for _ in range(4)] == [10_000, 6_500, 0, 0]


def test_the_timeout_is_that_of_a_deployment_by_default() -> None:
    configuration = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]

    assert configuration["timeoutSeconds"]["default"] == FUNCTION_TIMEOUT_SECONDS


def test_the_function_in_a_container_has_that_timeout_too() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]

    assert services["function"]["environment"]["AWS_LAMBDA_FUNCTION_TIMEOUT"] == FUNCTION_TIMEOUT_SECONDS


def test_every_invocation_has_an_id_of_its_own() -> None:
    assert Context().aws_request_id != Context().aws_request_id


def test_the_functions_log_shows_only_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    log = FunctionLog()

    log.write('{"level":"INFO","message":"request"}\n')
    log.write('{"level":"ERROR","message":"unexpected exception"}\n')

    assert capsys.readouterr().err == '{"level":"ERROR","message":"unexpected exception"}\n'


@pytest.mark.parametrize("line", ["tried this", "42", "[]", "{}"])
def test_a_line_of_a_developers_own_is_shown(capsys: pytest.CaptureFixture[str], line: str) -> None:
    FunctionLog().write(f"{line}\n")

    assert capsys.readouterr().err == f"{line}\n"
