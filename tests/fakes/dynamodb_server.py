"""A DynamoDB behind a socket of this machine, which can be made to hang, drip, break off or refuse.

It serves DynamoDB's protocol, JSON over HTTP, in front of a `FakeDynamoDB`.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

import json
import re
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import ClientError

from tests.fakes.dynamodb import FakeDynamoDB

DRIP_SECONDS = 0.05
NAMESPACE = "com.amazonaws.dynamodb.v20120810#"


@dataclass
class Exchange:
    """One request, before it is responded to."""

    handler: BaseHTTPRequestHandler
    make: Callable[[], tuple[int, bytes]]
    """Makes the operation, and returns the status and the body of DynamoDB's response."""
    is_over: threading.Event
    """Set when the server closes."""
    asked: Mapping[str, Any]
    """The arguments of the operation."""

    def respond(self) -> None:
        self.send(*self.make())

    def send(self, status: int, body: bytes, *, checksum: bool = True, length: int | None = None) -> None:
        self._head(status, body, checksum=checksum, length=length)
        self.handler.wfile.write(body)

    def send_damaged(self, status: int, body: bytes) -> None:
        """Send a body of which an octet has changed on the way."""
        self._head(status, body)
        self.handler.wfile.write(body.replace(b"Food", b"Fool"))

    def drip(self, status: int, body: bytes) -> None:
        """Send the body a byte at a time, as slowly as never to end."""
        self._head(status, body)
        for octet in body:
            if self.is_over.wait(DRIP_SECONDS):
                return
            self.handler.wfile.write(bytes([octet]))

    def hang(self) -> None:
        self.is_over.wait(20)
        self.handler.close_connection = True

    def reset(self) -> None:
        """Break the connection off without a response."""
        linger = struct.pack("ii", 1, 0)
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.handler.connection.shutdown(socket.SHUT_RD)
        self.handler.close_connection = True

    def _head(self, status: int, body: bytes, *, checksum: bool = True, length: int | None = None) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", "application/x-amz-json-1.0")
        self.handler.send_header("Content-Length", str(len(body) if length is None else length))
        self.handler.send_header("x-amzn-RequestId", "AWS-REQUEST-1")
        if checksum:
            self.handler.send_header("x-amz-crc32", str(zlib.crc32(body)))
        self.handler.end_headers()


Behaviour = Callable[[Exchange], None]


@dataclass
class DynamoDBServer:
    """A running server; `plan` has, by operation, how the next requests are responded to, and then all others well."""

    endpoint: str
    plan: dict[str, list[Behaviour]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    """The operations that were asked for, in order."""
    connections: int = 0
    """How many have been made."""


def hang_before(exchange: Exchange) -> None:
    exchange.hang()


def hang_after(exchange: Exchange) -> None:
    exchange.make()
    exchange.hang()


def reset_before(exchange: Exchange) -> None:
    exchange.reset()


def reset_after(exchange: Exchange) -> None:
    exchange.make()
    exchange.reset()


def drip_head(exchange: Exchange) -> None:
    for octet in b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 1\r\n" * 100:
        if exchange.is_over.wait(DRIP_SECONDS):
            return
        exchange.handler.wfile.write(bytes([octet]))


def drip(exchange: Exchange) -> None:
    status, body = exchange.make()
    exchange.drip(status, body + b" " * 1000)


def refuse(status: int, code: str) -> Behaviour:
    """Return the behaviour that responds with one of DynamoDB's errors without making the operation."""
    body = json.dumps({"__type": NAMESPACE + code, "message": "refused"}).encode()
    return lambda exchange: exchange.send(status, body)


def read_nothing(exchange: Exchange) -> None:
    """Respond to BatchGetItem as DynamoDB does when it has no time for any of the keys.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
    """
    exchange.send(200, json.dumps({"Responses": {}, "UnprocessedKeys": exchange.asked["RequestItems"]}).encode())


def cancel(*reasons: str) -> Behaviour:
    """Return the behaviour that responds with a cancelled transaction, with the code of each write's reason."""
    told = {"__type": NAMESPACE + "TransactionCanceledException", "Message": "cancelled"}
    body = json.dumps({**told, "CancellationReasons": [{"Code": reason} for reason in reasons]}).encode()
    return lambda exchange: exchange.send(400, body)


@contextmanager
def serving(table: FakeDynamoDB, tls: ssl.SSLContext | None = None) -> Iterator[DynamoDBServer]:
    """Serve a table while the block runs, over TLS where a context with a certificate is given."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a body would wait 40 ms for the head to be acknowledged

        def setup(self) -> None:
            super().setup()
            served.connections += 1

        def do_GET(self) -> None:
            """Respond as DynamoDB does to who asks whether it is there."""
            Exchange(self, lambda: (200, b"healthy"), is_over, {}).respond()

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.requests.append(operation)
            planned = served.plan.get(operation)
            behaviour = planned.pop(0) if planned else Exchange.respond
            try:
                behaviour(Exchange(self, lambda: _make(table, operation, arguments), is_over, arguments))
            except OSError:  # the client has gone
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    served = DynamoDBServer(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _make(table: FakeDynamoDB, operation: str, arguments: dict[str, Any]) -> tuple[int, bytes]:
    """Make an operation; return the status and the body of the response."""
    method = getattr(table, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
    try:
        return 200, json.dumps(method(**arguments)).encode()
    except ClientError as error:
        response: Any = error.response
        more = {name: response[name] for name in ("Item", "CancellationReasons") if name in response}
        return 400, json.dumps({"__type": NAMESPACE + response["Error"]["Code"], "message": "refused", **more}).encode()
