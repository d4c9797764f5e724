"""The composition root: every part of the Lambda is made and put together here. Importing this module has no effect."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.budgets import operations as budgets
from api.budgets.service import BudgetService
from api.budgets.store import DynamoDBBudgets
from api.categories import operations as categories
from api.categories.service import CategoryService
from api.changes import operations as changes
from api.changes.service import ChangeService
from api.erasure import operations as erasure
from api.erasure.service import ErasureService
from api.erasure.store import DynamoDBRecords
from api.expenses import operations as expenses
from api.expenses.service import ExpenseService
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.dispatcher import Dispatcher
from api.gateway.telemetry import Telemetry
from api.health import operations as health
from api.openapi.contract import Contract
from api.recurrences import operations as recurrences
from api.recurrences.service import RecurrenceService
from api.recurrences.store import DynamoDBRecurrences
from api.settings import Settings
from api.summaries import operations as summaries
from api.summaries.service import SummaryService
from api.summaries.store import DynamoDBTotals
from api.transfer import operations as transfer
from api.transfer.service import TransferService
from api.trash import operations as trash
from api.trash.service import TrashService

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTRACT_DIRECTORY = Path(__file__).parents[1]


def compose(
    settings: Settings,
    *,
    dynamodb: "DynamoDBClient",
    contract: Contract,
    clock: Callable[[], datetime],
    write: Callable[[str], object],
) -> Dispatcher:
    """Return the service, to be called with proxy events.

    `clock` returns the current instant, with its time zone; `write` takes the lines of the log. Raises `ValueError` for
    a setting that is not valid and `UnboundContract` where the contract and the operations don't match.
    """
    totals = DynamoDBTotals(dynamodb, settings.records_table_name)
    records = DynamoDBRecords(dynamodb, settings.records_table_name)
    expense_service = ExpenseService(
        DynamoDBExpenseStore(dynamodb, settings.table_name, alongside=totals.updates),
        settings.default_currency,
        now=clock,
    )
    summary_service = SummaryService(totals, expense_service.of_days)
    budget_service = BudgetService(DynamoDBBudgets(dynamodb, settings.records_table_name), summary_service.of_months)
    recurrence_service = RecurrenceService(
        DynamoDBRecurrences(dynamodb, settings.records_table_name),
        expense_service,
        settings.default_currency,
        now=clock,
    )
    return Dispatcher(
        contract,
        # One line for each capability: its operations, and the service that they call.
        {
            health: contract.version,
            expenses: expense_service,
            summaries: summary_service,
            trash: TrashService(expense_service),
            transfer: TransferService(expense_service, settings.default_currency, now=clock),
            categories: CategoryService(expense_service, followers=[budget_service.follow, recurrence_service.follow]),
            changes: ChangeService(
                expense_service.changes_after, records.epoch, settings.function_timeout_seconds, now=clock
            ),
            erasure: ErasureService(expense_service, records),
            budgets: budget_service,
            recurrences: recurrence_service,
        },
        origins=settings.origins,
        client_ids=settings.client_ids,
        telemetry=Telemetry(settings.metrics_namespace, settings.log_level, write, clock),
    )
