"""This project, composed as its own handler composes it, with a stub where DynamoDB's client would be."""

import os
import sys
from datetime import UTC, datetime
from typing import Any, cast

from botocore.session import get_session

from api.bootstrap import CONTRACT_DIRECTORY, compose
from api.dynamodb import dynamodb_client
from api.openapi.contract import load
from api.settings import Settings
from bench import stub

ITEM = {**stub.ITEMS[0], "changed_at": stub.ITEMS[0]["updated_at"]}


class StubDynamoDB:
    """What the store calls of DynamoDB's client for these requests."""

    def transact_write_items(self, **_: object) -> dict[str, Any]:
        return {}

    def get_item(self, *, Key: dict[str, Any], **_: object) -> dict[str, Any]:  # noqa: N803 — DynamoDB's name
        return {"Item": ITEM} if Key["expense_id"]["S"] == stub.EXPENSE_ID else {}

    def query(self, *, Limit: int, **_: object) -> dict[str, Any]:  # noqa: N803 — DynamoDB's name
        return {"Items": stub.ITEMS[:Limit]}


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
