"""The whole system on this machine, put together."""

import os
import sys
from datetime import UTC, datetime

import boto3
import jwt

from local import aws, demo_user, function, server
from local.about import About
from local.banner import banner
from local.contract import load
from local.environment import isolate, lambda_environment
from local.gateway import gateway
from local.id_token import IdTokenVerifier
from local.mailbox import Mailbox
from local.options import command_line
from local.own_routes import own_routes
from local.pool_users import REGION


def run() -> None:
    """Start everything, say what there is, and serve until a signal ends it."""
    options = command_line()
    try:
        listener = server.take_port(options.host, options.port)
    except OSError as error:
        sys.exit(
            f"Port {options.port} of {options.host} can't be had: {str(error.strerror).lower()}. "
            f"Choose another: PORT={options.port + 1} make run"
        )
    isolate(os.environ)
    mailbox = Mailbox(_say)
    with aws.running(mailbox, options.aws_port) as made:
        os.environ.update(lambda_environment(made.endpoint, made.client_id))
        invoke = function.in_an_emulator(options.lambda_url) if options.lambda_url else function.in_this_process()
        cognito = boto3.client("cognito-idp", endpoint_url=made.endpoint)
        user_id = demo_user.sign_up(cognito, made.user_pool_id)
        try:
            demo_user.record_a_year(invoke, {"sub": user_id, "aud": made.client_id}, datetime.now(UTC).date())
        except (function.UnreachableFunctionError, demo_user.SeedError) as error:
            sys.exit(str(error))
        about = About(
            api_url=f"http://{options.host}:{listener.getsockname()[1]}",
            cognito_endpoint=made.endpoint,
            region=REGION,
            user_pool_id=made.user_pool_id,
            client_id=made.client_id,
            demo_user=demo_user.DEMO_USER,
        )
        verifier = IdTokenVerifier(made.issuer, made.client_id, jwt.PyJWKClient(made.jwks_url).get_jwk_set())
        _say(banner(about))
        server.serve(gateway(load(), verifier, invoke, own_routes(about, mailbox)), listener)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
