"""The Lambda's entry point, `api.handler.handler`, and the composition root: all is made here, once, at start."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.session import Session, get_session

from api import contract, operations
from api.dispatch import Dispatcher
from api.ledger import Ledger
from api.settings import Settings
from api.store import ExpenseStore
from api.telemetry import Telemetry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTRACT_DIRECTORY = Path(__file__).parents[1]


def compose(
    settings: Settings, client: "DynamoDBClient", compiled: contract.Contract, write: Callable[[str], object]
) -> Dispatcher:
    """Return the service; `write` takes the lines of its log. Raises an error that says what is wrong with a part."""
    ledger = Ledger(ExpenseStore(client, settings.table_name), settings.default_currency, now=lambda: datetime.now(UTC))
    return Dispatcher(
        contract=compiled,
        module=operations,
        service=operations.Service(ledger, compiled.version),
        origins=settings.origins,
        telemetry=Telemetry(settings.metrics_namespace, settings.log_level, write),
    )


def dynamodb_client(session: Session) -> "DynamoDBClient":
    """Return a client for DynamoDB whose every call gives up within 15 seconds; API Gateway waits for 29.

    It comes from botocore because importing boto3 on top would add a tenth to the cold start and nothing that is used.
    """
    patient_for_seconds = Config(
        connect_timeout=2,
        read_timeout=3,
        retries={"total_max_attempts": 3, "mode": "standard"},
        tcp_keepalive=True,
    )
    client = session.create_client("dynamodb", config=patient_for_seconds)
    return cast("DynamoDBClient", client)


_dispatch = compose(
    Settings.from_env(os.environ), dynamodb_client(get_session()), contract.load(CONTRACT_DIRECTORY), sys.stdout.write
)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer one of API Gateway's proxy events; never raises."""
    return _dispatch(event)
