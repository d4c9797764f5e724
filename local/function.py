"""Where the Lambda function runs: in this process, or in an emulator of the Lambda service.

Either takes one event at a time, as each Lambda environment does; the gateway sees to that.
"""

import contextlib
import importlib
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError

from local.function_log import FunctionLog

Event = dict[str, Any]
Invoke = Callable[[Event], Any]
"""Hands an event to the function and returns its answer."""

INVOCATIONS = "/2015-03-31/functions/function/invocations"
TIMEOUT_SECONDS = 30


class UnreachableFunctionError(Exception):
    """No emulator answers, or it can't run the function; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda tells a handler about its invocation.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str
    function_name: str = "local"
    function_version: str = "$LATEST"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:local"
    memory_limit_in_mb: int = 512

    def get_remaining_time_in_millis(self) -> int:
        """Nothing stops an invocation here."""
        return TIMEOUT_SECONDS * 1000


def in_this_process() -> Invoke:
    """Return the function as part of this process. It reads its environment now."""
    with contextlib.redirect_stdout(FunctionLog()):
        handler = importlib.import_module("api.handler").handler

    def invoke(event: Event) -> Any:
        return handler(event, Context(event["requestContext"]["requestId"]))

    return invoke


def in_an_emulator(url: str) -> Invoke:
    """Return the function in a Lambda Runtime Interface Emulator at this address.

    Invoking it raises `TimeoutError` if the answer takes too long, else `UnreachableFunctionError` if there is none.
    https://docs.aws.amazon.com/lambda/latest/dg/images-test.html
    """

    def invoke(event: Event) -> Any:
        request = urllib.request.Request(url.rstrip("/") + INVOCATIONS, json.dumps(event).encode())  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
                return _answer(response.read())
        except URLError as error:
            raise UnreachableFunctionError(f"The Lambda emulator at {url} does not answer: {error.reason}") from error

    return invoke


def _answer(body: bytes) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError:
        # The emulator's own words, such as "Task timed out after 3.00 seconds".
        return body.decode(errors="replace")
