"""Lambda's runtime API on loopback, from which a function's process takes events: what Lambda's emulator has, too.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

DEADLINE_SECONDS = 120
"""How long a response may take: a start whose instructions are counted takes half of it."""


class FunctionFailed(RuntimeError):
    """The function's process ended, could not start or responded with an error."""


class Clocks(NamedTuple):
    """What the clocks show when a response comes."""

    wall_ns: int
    """By the clock on the wall."""
    cpu_ns: int
    """By what the function's process has used of the processor."""


def cpu_ns(pid: int) -> int:
    """Return the processor time that another process has used, all of its threads together: see clock_getcpuclockid."""
    return time.clock_gettime_ns(~pid << 3 | 2)


class Function:
    """A function's process."""

    def __init__(self, command: list[str], variables: Mapping[str, str], directory: str) -> None:
        self._errors: bytes | None = None
        self._api = _Api()
        Thread(target=self._api.serve_forever, args=(0.05,), daemon=True).start()
        address = f"127.0.0.1:{self._api.server_address[1]}"
        self.started_ns = time.perf_counter_ns()
        self.process = subprocess.Popen(
            command,
            cwd=directory,
            env={**variables, "AWS_LAMBDA_RUNTIME_API": address},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._api.pid = self.process.pid

    def invoke(self, event: Mapping[str, Any]) -> tuple[dict[str, Any], Clocks]:
        """Return the response to an event, and when it came: whatever the process does afterwards is not in it.

        Raises `FunctionFailed`.
        """
        self._api.events.put(json.dumps(event).encode())
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                path, body, clocks = self._api.responses.get(timeout=0.1)
            except queue.Empty:
                if self.process.poll() is not None:
                    break
                continue
            if not path.endswith("/response"):
                raise FunctionFailed(body.decode(errors="replace"))
            response: dict[str, Any] = json.loads(body)
            return response, clocks
        raise FunctionFailed(self.end())

    def end(self) -> str:
        """End the process if it has not ended, and return what it wrote to stderr."""
        if self._errors is None:
            self.process.terminate()
            _, self._errors = self.process.communicate(timeout=60)
            self._api.events.put(b"")  # for the thread of a connection that still waits for one
            self._api.shutdown()
            self._api.server_close()
        return self._errors.decode(errors="replace")


@contextmanager
def function(command: list[str], variables: Mapping[str, str], directory: str) -> Iterator[Function]:
    """Run a function's process while the block runs."""
    running = Function(command, variables, directory)
    try:
        yield running
    finally:
        running.end()


class _Api(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    pid = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: queue.Queue[bytes] = queue.Queue()
        self.responses: queue.Queue[tuple[str, bytes, Clocks]] = queue.Queue()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a response of two parts waits 40 ms for the other end's delayed ACK
    wbufsize = -1
    server: _Api

    def handle(self) -> None:
        with suppress(ConnectionError):  # a process that is ended while it waits for an event leaves its connection
            super().handle()

    def do_GET(self) -> None:
        event = self.server.events.get()
        self._send(
            200,
            event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + DEADLINE_SECONDS * 1000),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:bench",
            },
        )

    def do_POST(self) -> None:
        clocks = Clocks(time.perf_counter_ns(), cpu_ns(self.server.pid))
        body = self._body()
        self.server.responses.put((self.path, body, clocks))
        self._send(202, b"{}", {})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the class's own name
        """Nothing: requests are many."""
