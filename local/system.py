"""The whole system on this machine, put together."""

import logging
import os
import socket
import sys
from datetime import UTC, datetime

import boto3
import jwt
import uvicorn
from starlette.types import ASGIApp

from local import aws, demo, function
from local.addresses import is_everywhere, reachable_url, take_port, unavailable
from local.banner import About, banner
from local.contract import load
from local.environment import isolate, lambda_environment
from local.gateway.app import gateway
from local.identity.id_token import IdTokenVerifier
from local.identity.pool_users import REGION, Mailbox
from local.options import command_line
from local.routes import local_routes


def run() -> None:
    """Start everything, print the addresses, and serve until a signal ends it."""
    options = command_line()
    listener = _listen(options.host, options.port, "PORT={port} make run")
    aws_listener = _listen(options.host, options.aws_port, "--aws-port {port}")
    isolate(os.environ)
    mailbox = Mailbox(_print)
    with aws.running(mailbox, aws_listener) as made:
        os.environ.update(lambda_environment(made.endpoint, made.client_id))
        invoke = function.in_an_emulator(options.lambda_url) if options.lambda_url else function.in_this_process()
        cognito = boto3.client("cognito-idp", endpoint_url=made.endpoint)
        today = datetime.now(UTC).date()
        user_id = demo.sign_up(cognito, made.user_pool_id)
        try:
            demo.record_a_year(invoke, {"sub": user_id, "aud": made.client_id}, today)
        except (OSError, function.UnreachableFunctionError, demo.SeedError) as error:
            sys.exit(str(error))
        about = About(
            api_url=reachable_url(listener),
            cognito_endpoint=made.endpoint,
            region=REGION,
            user_pool_id=made.user_pool_id,
            client_id=made.client_id,
            demo_user=demo.DEMO_USER,
        )
        verifier = IdTokenVerifier(made.issuer, made.client_id, jwt.PyJWKClient(made.jwks_url).get_jwk_set())
        routes = local_routes(about, mailbox, is_everywhere=is_everywhere(listener))
        _print(banner(about, today, is_everywhere=is_everywhere(listener)))
        _serve(gateway(load(), verifier, invoke, routes), listener)


def _listen(host: str, port: int, how_to_choose: str) -> socket.socket:
    """Take a port, or end this process with a message."""
    try:
        return take_port(host, port)
    except OSError as error:
        sys.exit(unavailable(host, port, error, how_to_choose))


def _serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve on a socket, with a line for each request on the console, until a signal comes."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    config = uvicorn.Config(application, log_config=None, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201
