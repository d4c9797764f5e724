"""The Lambda's entry point, `api.handler.handler`. Importing this module composes the service, once, at start."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.session import get_session

from api.bootstrap import CONTRACT_DIRECTORY, compose
from api.dynamodb import dynamodb_client
from api.gateway.telemetry import quiet_libraries
from api.openapi.contract import load
from api.settings import Settings

quiet_libraries()
_dispatch = compose(
    Settings.from_env(os.environ),
    dynamodb=dynamodb_client(get_session()),
    contract=load(CONTRACT_DIRECTORY),
    clock=lambda: datetime.now(UTC),
    write=sys.stdout.write,
)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Return the response to one of API Gateway's proxy events; never raises."""
    return _dispatch(event, str(getattr(context, "aws_request_id", "")))
