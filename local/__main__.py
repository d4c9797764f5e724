"""The whole system on this machine: `python -m local`."""

import argparse
import os
import sys
from datetime import UTC, datetime

import boto3
import jwt

from local import aws, demo_user, function, server
from local.about import About
from local.banner import banner
from local.cognito import REGION
from local.contract import load
from local.environment import isolate, lambda_environment
from local.gateway import gateway
from local.id_token import IdTokenVerifier
from local.mailbox import Mailbox
from local.own_routes import own_routes


def main() -> None:
    """Start everything, say what there is, and serve until a signal ends it."""
    options = _options()
    server.end_on_signals()
    try:
        listener = server.take_port(options.host, options.port)
    except OSError as error:
        sys.exit(
            f"Port {options.port} of {options.host} can't be had: {str(error.strerror).lower()}. "
            f"Choose another: PORT={options.port + 1} make run"
        )
    isolate(os.environ)
    mailbox = Mailbox(_say)
    with aws.running(mailbox) as made:
        os.environ.update(lambda_environment(made.endpoint))
        invoke = function.in_an_emulator(options.lambda_url) if options.lambda_url else function.in_this_process()
        cognito = boto3.client("cognito-idp", endpoint_url=made.endpoint)
        user_id = demo_user.sign_up(cognito, made.user_pool_id)
        demo_user.record_a_year(invoke, user_id, datetime.now(UTC).date())
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole system on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    parser.add_argument(
        "--port",
        type=int,
        choices=range(1 << 16),
        metavar="PORT",
        default=os.environ.get("PORT", "8000"),
        help="the port to listen at; 0 for any that is free (default: $PORT, else 8000)",
    )
    parser.add_argument(
        "--lambda-url",
        metavar="URL",
        help="a Lambda emulator to call, such as http://127.0.0.1:9000, instead of the function in this process",
    )
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
