import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.function import UnreachableFunctionError, in_an_emulator
from local.function_log import FunctionLog

EVENT = {"httpMethod": "GET", "requestContext": {"requestId": "r-1"}}


@contextmanager
def emulator(status: int, body: bytes) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Run an emulator that gives this answer; yield its address and what it was sent."""
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


def test_an_emulator_gets_the_event_and_gives_the_answer() -> None:
    with emulator(200, b'{"statusCode": 204}') as (url, received):
        assert in_an_emulator(url)(EVENT) == {"statusCode": 204}

    assert received == [("/2015-03-31/functions/function/invocations", EVENT)]


def test_the_emulators_own_words_are_the_answer_as_they_are() -> None:
    with emulator(200, b"Task timed out after 3.00 seconds") as (url, _):
        assert in_an_emulator(url)(EVENT) == "Task timed out after 3.00 seconds"


def test_a_function_that_cannot_run_is_unreachable() -> None:
    with emulator(502, b"") as (url, _), pytest.raises(UnreachableFunctionError, match=f"{url} .*Bad Gateway"):
        in_an_emulator(url)(EVENT)


def test_an_emulator_that_is_not_there_is_named() -> None:
    with pytest.raises(UnreachableFunctionError, match=r"127\.0\.0\.1:9 .*refused"):
        in_an_emulator("http://127.0.0.1:9")(EVENT)


def test_of_the_functions_log_only_what_went_wrong_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    log = FunctionLog()

    log.write('{"level":"INFO","message":"request"}\n')
    log.write('{"level":"ERROR","message":"unexpected exception"}\n')

    assert capsys.readouterr().err == '{"level":"ERROR","message":"unexpected exception"}\n'
