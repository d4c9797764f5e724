"""The whole system on this machine, put together."""

import contextlib
import logging
import os
import signal
import socket
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import boto3
import jwt
import uvicorn
from starlette.types import ASGIApp

from api.settings import Settings
from local import aws, demo, function
from local.addresses import is_everywhere, listen, network_url, reachable_url, take_port
from local.banner import About, banner
from local.contract import load
from local.environment import REGION, isolate, lambda_environment
from local.gateway.app import gateway
from local.identity.id_token import IdTokenVerifier
from local.identity.user_pool import CLIENT_ID, ensure_user_pool, login_url
from local.routes import local_routes
from local.tables import ChangedTableError, ensure_tables

CHANGED = "{} What is kept in {} does not fit it: `make run FRESH=1` forgets that and starts anew."


def run(options: Namespace, listener: socket.socket, directory: Path, lock: int) -> None:
    """Start everything, print the addresses, and serve until a signal ends it."""
    aws_listener = _listen_again(options.host, options.aws_port, directory / "aws-port")
    isolate(os.environ)
    with aws.ministack(aws_listener, directory, lock, is_kept=not options.ephemeral) as endpoint:
        os.environ.update(lambda_environment(endpoint, CLIENT_ID))
        invoke = function.in_an_emulator(options.lambda_url) if options.lambda_url else function.in_this_process()
        today = datetime.now(UTC).date()
        cognito = boto3.client("cognito-idp", endpoint_url=endpoint)
        try:
            ensure_tables(boto3.client("dynamodb", endpoint_url=endpoint), Settings.example())
            user_pool_id = ensure_user_pool(cognito, rotates=not options.lite)
            demo.make_once(cognito, user_pool_id, invoke, today, _print)
        except ChangedTableError as error:
            sys.exit(CHANGED.format(error, directory))
        except (OSError, function.UnreachableFunctionError, demo.SeedError) as error:
            sys.exit(str(error))
        about = About(
            api_url=reachable_url(listener),
            cognito_endpoint=endpoint,
            login_url=login_url(endpoint),
            region=REGION,
            user_pool_id=user_pool_id,
            client_id=CLIENT_ID,
            demo_user=demo.DEMO_USER,
        )
        keys = jwt.PyJWKClient(f"{endpoint}/{user_pool_id}/.well-known/jwks.json").get_jwk_set()
        verifier = IdTokenVerifier(f"https://cognito-idp.{REGION}.amazonaws.com/{user_pool_id}", CLIENT_ID, keys)
        routes = local_routes(about, is_everywhere=is_everywhere(listener))
        _print(banner(about, today, network_url=network_url(listener), is_kept=not options.ephemeral))
        _serve(gateway(load(), verifier, invoke, routes), listener)


def _listen_again(host: str, port: int, memory: Path) -> socket.socket:
    """Take this port, or for 0 that of the last time, which front ends have built in, or any if that is taken."""
    try:
        listener = take_port(host, port or int(memory.read_text()))
    except (OSError, ValueError, OverflowError):
        listener = listen(host, port, "AWS_PORT={port} make run")
    with contextlib.suppress(OSError):  # such as a full disk: then it is another one the next time
        memory.write_text(str(listener.getsockname()[1]))
    return listener


def _serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve on a socket, with a line for each request on the console, until a signal comes."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    config = uvicorn.Config(application, log_config=None, timeout_graceful_shutdown=1)
    server = _Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, server.handle_exit)
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at the first signal. At a second one Uvicorn would cancel what is ending already, with a traceback."""
        if not self.should_exit:
            super().handle_exit(sig, frame)


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201
