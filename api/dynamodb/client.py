"""The botocore client of DynamoDB, whose every wait ends with the deadline of the request that it serves.

A client's timeouts are fixed when it is made, and its read timeout begins anew with each byte: a response that comes a
byte a second never meets it. So each wait on a socket here lasts no longer than what is left at that time.
"""

import io
import zlib
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, cast

import orjson
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.session import Session

from api.deadline import remaining

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

CONNECT_SECONDS = 1
READ_SECONDS = 3
"""How long a wait for data lasts where no deadline is set."""


class DamagedResponse(Exception):
    """A response of DynamoDB that is cut short or garbled, though its status says that all is well."""


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
    client = session.create_client("dynamodb", config=once)
    client.meta.events.register("before-parse.dynamodb", _check_integrity)
    # botocore has no setting for the connections that it makes; a test over real sockets holds this to its effect.
    pools = cast("Any", client)._endpoint.http_session._manager.pool_classes_by_scheme  # noqa: SLF001
    pools.update(http=_HTTPConnectionPool, https=_HTTPSConnectionPool)
    return cast("DynamoDBClient", client)


def _check_integrity(response_dict: "Mapping[str, Any]", operation_model: Any, **_: object) -> None:
    """Raise `DamagedResponse` unless a response is all there; botocore takes what is not JSON for an empty object."""
    body, headers = response_dict["body"], response_dict["headers"]
    if response_dict["status_code"] >= 500:
        return
    if checksum := headers.get("x-amz-crc32"):
        if zlib.crc32(body) != int(checksum):
            raise DamagedResponse("The checksum of the response is not that of its body.")
        return
    if int(headers.get("Content-Length", len(body))) != len(body):
        raise DamagedResponse("The response has been cut short.")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    required = _REQUIRED.get(operation_model.name, set()) if response_dict["status_code"] == 200 else set()
    if not isinstance(content, dict) or None in content.values() or not required <= content.keys():
        raise DamagedResponse("The response is not what DynamoDB responds.")


_REQUIRED = {"BatchGetItem": {"Responses"}, "Query": {"Items"}, "Scan": {"Items"}}
"""What a response always has, by operation; a GetItem that finds nothing has nothing."""


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
