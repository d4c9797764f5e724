"""This project: its own handler, or the same composed with a stub where DynamoDB's client would be."""

import os
import sys
from datetime import UTC, datetime
from typing import Any, cast

if "AWS_ENDPOINT_URL_DYNAMODB" in os.environ:
    from api.handler import handler
else:
    from botocore.session import get_session

    from api.bootstrap import CONTRACT_DIRECTORY, compose
    from api.dynamodb import dynamodb_client
    from api.openapi.contract import load
    from api.settings import Settings
    from bench.stub import StubDynamoDB

    client = dynamodb_client(get_session())
    dispatch = compose(
        Settings.from_env(os.environ),
        dynamodb=cast("Any", StubDynamoDB()),
        contract=load(CONTRACT_DIRECTORY),
        clock=lambda: datetime.now(UTC),
        write=sys.stdout.write,
    )

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return dispatch(event, context.aws_request_id)
