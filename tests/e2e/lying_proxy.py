"""What stands between `make smoke` and a system, and passes everything on, but for one planted lie."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.message import Message
from io import BytesIO
from typing import Any
from urllib.request import HTTPHandler, Request
from urllib.response import addinfourl

from starlette.testclient import TestClient


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


class LyingProxy(HTTPHandler):
    """Sends what urllib is asked for to a system in this process, with a lie."""

    def __init__(self, system: TestClient, lie: Lie) -> None:
        super().__init__()
        self._system = system
        self._lie = lie

    def http_open(self, request: Request) -> Any:
        """Return the response as urllib has it from a socket."""
        body = request.data if isinstance(request.data, bytes) else b""
        call = self._lie.ask(Call(request.get_method(), request.selector, dict(request.header_items()), body))
        response = call if isinstance(call, Response) else self._lie.tell(call, self._passed_on(call))
        headers = Message()
        for name, value in response.headers.items():
            headers[name] = value
        received: Any = addinfourl(BytesIO(response.body), headers, request.full_url, response.status)
        received.msg = ""  # the reason, which urllib takes from every response
        return received

    def _passed_on(self, call: Call) -> Response:
        response = self._system.request(call.method, call.path, content=call.body, headers=call.headers)
        return Response(response.status_code, dict(response.headers), response.content)
