"""The Lambda's entry point, `api.handler.handler`. Importing this module composes the service, once, at start."""

import gc

gc.disable()  # next to nothing of what is imported and compiled is garbage, so that no look at it pays

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any

from botocore.session import get_session

from api.bootstrap import CONTRACT_DIRECTORY, compose
from api.deadline import MARGIN_SECONDS, deadline
from api.dynamodb import connecting, dynamodb_client
from api.gateway.telemetry import quiet_libraries
from api.openapi.contract import load
from api.settings import Settings

quiet_libraries()
_client = dynamodb_client(get_session())
with connecting(_client):  # here, where Lambda gives the whole of a processor
    _dispatch = compose(
        Settings.from_env(os.environ),
        dynamodb=_client,
        contract=load(CONTRACT_DIRECTORY),
        clock=lambda: datetime.now(UTC),
        write=sys.stdout.write,
    )
gc.freeze()  # all of this stays as long as the process does
gc.enable()


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Respond to one of API Gateway's proxy events before the function's timeout; never raises.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """
    remaining_milliseconds = getattr(context, "get_remaining_time_in_millis", lambda: inf)
    with deadline(remaining_milliseconds() / 1000 - MARGIN_SECONDS):
        return _dispatch(event, str(getattr(context, "aws_request_id", "")))
