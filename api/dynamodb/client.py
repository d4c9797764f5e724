"""The botocore client of DynamoDB, whose every wait ends with the deadline of the request that it serves.

A client's timeouts are fixed when it is made, and its read timeout begins anew with each byte: a response that comes a
byte a second never meets it. So each wait on a socket here lasts no longer than what is left at that time.
"""

import io
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.session import Session

from api.deadline import remaining
from api.dynamodb.responses import ParserFactory, check_integrity

if TYPE_CHECKING:
    import socket

    from mypy_boto3_dynamodb import DynamoDBClient

CONNECT_SECONDS = 1
READ_SECONDS = 3
"""How long a wait for data lasts where no deadline is set."""


def dynamodb_client(session: Session) -> "DynamoDBClient":
    """Return a client for DynamoDB that makes each call once and keeps deadlines.

    It comes from botocore because importing boto3 on top would add a tenth to the cold start and nothing that is used.
    """
    once = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},  # `calls` retries, because it knows the deadline
        tcp_keepalive=True,
    )
    # botocore documents no such component; a test holds it to its effect.
    session.register_component("response_parser_factory", ParserFactory())
    client = session.create_client("dynamodb", config=once)
    client.meta.events.register("before-parse.dynamodb", check_integrity)
    # botocore has no setting for the connections that it makes; a test over real sockets holds this to its effect.
    pools = cast("Any", client)._endpoint.http_session._manager.pool_classes_by_scheme  # noqa: SLF001
    pools.update(http=_HTTPConnectionPool, https=_HTTPSConnectionPool)
    return cast("DynamoDBClient", client)


class _DeadlineReader(io.RawIOBase):
    """What comes through a socket, as long as there is time."""

    def __init__(self, sock: "socket.socket", stream: io.RawIOBase) -> None:
        self._sock = sock
        self._stream = stream
        self._longest = sock.gettimeout() or READ_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = remaining()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(self._longest, left))
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: "socket.socket", *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_DeadlineReader(sock, self.fp.detach()))


class _KeepsDeadline:
    """A connection that neither connects nor sends beyond the deadline, and reads as `_Response` does."""

    response_class = _Response
    timeout: float

    def connect(self) -> None:
        self._keep_deadline()
        super().connect()  # type: ignore[misc]

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._keep_deadline()
        super().request(*args, **kwargs)  # type: ignore[misc]

    def _keep_deadline(self) -> None:
        left = remaining()
        if left <= 0:
            raise TimeoutError
        self.timeout = min(self.timeout, left)


class _HTTPConnection(_KeepsDeadline, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _HTTPSConnection(_KeepsDeadline, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _HTTPConnectionPool(AWSHTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSConnectionPool(AWSHTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection
