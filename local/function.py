"""Where the Lambda function runs: in this process, or in an emulator of the Lambda service.

Either takes one event at a time, as each Lambda environment does; the gateway sees to that.
"""

import contextlib
import importlib
import json
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from uuid import uuid4

from api.settings import Settings
from definitions.gateway_responses import INTEGRATION_TIMEOUT_SECONDS

Event = dict[str, Any]
Invoke = Callable[[Event], Any]
"""Invokes the function with an event and returns its response."""

INVOCATIONS = "/2015-03-31/functions/function/invocations"
FUNCTION_TIMEOUT_SECONDS = Settings.example().function_timeout_seconds
"""How long the deployed function may take, unless its stack is configured otherwise."""


class UnreachableFunctionError(Exception):
    """No emulator answers; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda tells a handler about its invocation.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    function_name: str = "local"
    function_version: str = "$LATEST"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:local"
    memory_limit_in_mb: int = 512
    _deadline: float = field(default_factory=lambda: time.monotonic() + FUNCTION_TIMEOUT_SECONDS)

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda would end the invocation, at least 0. Nothing ends it here."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class FunctionLog:
    """A standard output for the function: shows what went wrong only, since each request has a line anyway."""

    def write(self, text: str) -> int:
        """Pass on the lines above INFO; the metrics among the others are CloudWatch's."""
        for line in text.splitlines():
            if _level(line) not in {"DEBUG", "INFO"}:
                sys.stderr.write(line + "\n")
        return len(text)

    def flush(self) -> None:
        """Do nothing: every line is passed on at once."""


def _level(line: str) -> object:
    """Return the level of a line of the log; None for one that is not the log's, such as a developer's `print`."""
    try:
        return json.loads(line)["level"]
    except (ValueError, TypeError, KeyError):
        return None


def in_this_process() -> Invoke:
    """Return the function as part of this process. It reads its environment now."""
    with contextlib.redirect_stdout(FunctionLog()):
        handler = importlib.import_module("api.handler").handler
    return lambda event: handler(event, Context())


def in_an_emulator(url: str) -> Invoke:
    """Return the function in a Lambda Runtime Interface Emulator at this address.

    Invoking it raises `TimeoutError` if the response takes too long, `UnreachableFunctionError` if no connection can be
    made, and `OSError` if it breaks. https://docs.aws.amazon.com/lambda/latest/dg/images-test.html
    """

    def invoke(event: Event) -> Any:
        request = urllib.request.Request(url.rstrip("/") + INVOCATIONS, json.dumps(event).encode())  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=INTEGRATION_TIMEOUT_SECONDS) as response:  # noqa: S310
                return _returned(response.read())
        except HTTPError as error:
            # The function did not start, or ended; the body may say why.
            return _returned(error.read() or f"{error.code} {error.reason}".encode())
        except URLError as error:
            raise UnreachableFunctionError(f"The Lambda emulator at {url} does not answer: {error.reason}") from error

    return invoke


def _returned(body: bytes) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError:
        # The emulator's own message, such as "Task timed out after 3.00 seconds".
        return body.decode(errors="replace")
