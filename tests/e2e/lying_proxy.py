"""A server before the running system that passes everything on, but for one planted lie."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

HOP_BY_HOP = {"connection", "content-length", "date", "host", "server", "transfer-encoding", "content-encoding"}


@dataclass(frozen=True)
class Call:
    """A request on its way to the system. `path` has the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """A response on its way back."""

    status: int
    headers: dict[str, str]
    body: bytes = b""

    def with_json(self, **values: Any) -> "Response":
        """Return this response with other values in its body."""
        return replace(self, body=json.dumps({**json.loads(self.body), **values}).encode())

    def with_header(self, name: str, value: str) -> "Response":
        """Return this response with another header."""
        others = {other: kept for other, kept in self.headers.items() if other.lower() != name.lower()}
        return replace(self, headers={**others, name: value})


@dataclass(frozen=True)
class Lie:
    """What is changed on the way there and back; `ask` may respond by itself, and the system then sees nothing."""

    ask: Callable[[Call], Call | Response] = field(default=lambda call: call)
    tell: Callable[[Call, Response], Response] = field(default=lambda _call, response: response)


@contextmanager
def lying(url: str, lie: Lie) -> Iterator[str]:
    """Serve a system under another address, which is given, with a lie."""

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            call = lie.ask(Call(self.command, self.path, headers, body))
            response = call if isinstance(call, Response) else lie.tell(call, _passed_on(url, call))
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815 - names of http.server's

        def log_message(self, *_: Any) -> None:
            """Keep the terminal clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _passed_on(url: str, call: Call) -> Response:
    response = requests.request(call.method, url + call.path, data=call.body, headers=call.headers, timeout=30)
    headers = {name: value for name, value in response.headers.items() if name.lower() not in HOP_BY_HOP}
    return Response(response.status_code, headers, response.content)
