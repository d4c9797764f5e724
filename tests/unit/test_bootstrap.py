"""Composing is an act of the handler's: importing the composition root does nothing."""

import subprocess
import sys
from typing import Any

import pytest

from tools.laid_out import REPOSITORY

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


@pytest.mark.parametrize("context", [None, object(), type("Context", (), {"aws_request_id": 3})()])
def test_the_handler_answers_whatever_its_context_is(context: Any) -> None:
    from api.handler import handler  # noqa: PLC0415 — importing it composes the service

    assert handler({}, context)["statusCode"] == 404
