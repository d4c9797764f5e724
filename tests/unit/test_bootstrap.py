"""Composing is an act of the handler's: importing the composition root does nothing."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest
from awslambdaric.lambda_context import LambdaContext  # type: ignore[import-untyped]

from api.settings import Settings
from tools.image_root import REPOSITORY

NOWHERE = "http://127.0.0.1:1"
WATCHED_IMPORT = """
import sys

def watch(event, arguments):
    if event == "open" and "openapi." in str(arguments[0]) or event in {"socket.connect", "socket.getaddrinfo"}:
        print(event, arguments)

sys.addaudithook(watch)
import api.bootstrap
"""


WATCHED_START = """
# Compiling the first modules may take a collection; importing all of them took over a hundred.
import gc

gc.collect()
collections = []
gc.callbacks.append(lambda phase, _: collections.append(gc.get_freeze_count()))
import api.handler
print(collections.count(0) < 10, gc.isenabled(), gc.get_freeze_count() > 10 * len(gc.get_objects()))
"""


def test_importing_it_reads_no_setting_no_contract_and_no_network() -> None:
    run = _python(WATCHED_IMPORT, {})
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_garbage_is_looked_for_after_the_start_only_and_never_in_what_the_start_has_made() -> None:
    environment = {
        **Settings.example().to_env(),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_DYNAMODB": NOWHERE,
    }
    run = _python(WATCHED_START, environment)
    assert (run.stdout, run.stderr) == ("True True True\n", "")


def test_the_handler_responds_with_lambdas_own_id_where_the_gateway_gave_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", NOWHERE)
    from api.handler import handler  # noqa: PLC0415 — importing it composes the service

    context = LambdaContext("lambda-1", None, None, int(time.time() * 1000) + 10_000, "arn:aws:lambda:::function:f")
    response = handler({}, context)
    assert (response["statusCode"], json.loads(response["body"])["instance"]) == (404, "lambda-1")


def _python(program: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
