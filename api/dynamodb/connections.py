"""Connections to DynamoDB, whose every wait ends with the deadline of the request that they serve.

A client's timeouts are fixed when it is made, and its read timeout begins anew with each byte: a response that comes a
byte a second never meets it. So each wait on a socket here lasts no longer than what is left at that time.
"""

import io
from http.client import HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from api.deadline import remaining

if TYPE_CHECKING:
    import socket

READ_SECONDS = 3
"""How long a wait for data lasts where no deadline is set."""


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
    ca_certs: str | None
    ca_cert_dir: str | None

    def connect(self) -> None:
        """Trust what the bundle that was asked for has, by its directory where the image's build has made one."""
        if self.ca_certs and Path(directory := f"{self.ca_certs}.d").is_dir():
            self.ca_certs, self.ca_cert_dir = None, directory
        super().connect()


class HTTPConnectionPool(AWSHTTPConnectionPool):
    """Connections without encryption, which a table on this machine may have."""

    ConnectionCls = _HTTPConnection


class HTTPSConnectionPool(AWSHTTPSConnectionPool):
    """Connections to AWS."""

    ConnectionCls = _HTTPSConnection
