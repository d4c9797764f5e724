"""Composing is an act of the handler's: importing the composition root does nothing."""

import json
import subprocess
import sys
import time

from awslambdaric.lambda_context import LambdaContext  # type: ignore[import-untyped]

from tools.image_root import REPOSITORY

WATCHED_IMPORT = """
import sys

def watch(event, arguments):
    if event == "open" and "openapi." in str(arguments[0]) or event in {"socket.connect", "socket.getaddrinfo"}:
        print(event, arguments)

sys.addaudithook(watch)
import api.bootstrap
"""


def test_importing_it_reads_no_setting_no_contract_and_no_network() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT], cwd=REPOSITORY, env={}, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_the_handler_responds_with_lambdas_own_id_where_the_gateway_gave_none() -> None:
    from api.handler import handler  # noqa: PLC0415 — importing it composes the service

    context = LambdaContext("lambda-1", None, None, int(time.time() * 1000) + 10_000, "arn:aws:lambda:::function:f")
    response = handler({}, context)
    assert (response["statusCode"], json.loads(response["body"])["instance"]) == (404, "lambda-1")
