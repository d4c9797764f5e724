"""AWS on this machine: moto, in this process, with the tables and the user pool that the deployment has too.

Everything is kept in memory.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from api.settings import Settings
from local.addresses import reachable_url
from local.identity.cognito import UserPoolGate
from local.identity.pool_users import REGION, Mailbox
from local.identity.user_pool import create_user_pool
from local.tables import create_tables


@dataclass(frozen=True, slots=True)
class LocalAws:
    """What has been made, and where it is to be reached."""

    endpoint: str
    user_pool_id: str
    client_id: str

    @property
    def issuer(self) -> str:
        """The issuer (`iss`) in the pool's tokens."""
        return f"https://cognito-idp.{REGION}.amazonaws.com/{self.user_pool_id}"

    @property
    def jwks_url(self) -> str:
        """Where the pool publishes its public keys."""
        return f"{self.endpoint}/{self.user_pool_id}/.well-known/jwks.json"


class _QuietRequestHandler(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


@contextmanager
def running(mailbox: Mailbox, listener: socket.socket) -> Iterator[LocalAws]:
    """Serve empty tables and an empty user pool on this socket until the block is left."""
    gate = UserPoolGate(DomainDispatcherApplication(create_backend_app), mailbox)
    host, port = listener.getsockname()[:2]
    server = make_server(host, port, gate, threaded=True, request_handler=_QuietRequestHandler, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        endpoint = reachable_url(listener)
        create_tables(boto3.client("dynamodb", endpoint_url=endpoint), Settings.example())
        yield LocalAws(endpoint, *create_user_pool(boto3.client("cognito-idp", endpoint_url=endpoint)))
    finally:
        server.shutdown()
