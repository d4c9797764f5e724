"""One function for each operationId of the contract, of the same name: request → service → response.

Every function without a leading underscore is an operation. One that takes a caller is never public.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from unicodedata import normalize
from urllib.parse import quote, urlencode

from api.expenses.errors import ExpenseBusy, ExpenseChanged, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import Filters
from api.expenses.rules import MONTHS, label
from api.expenses.service import ExpenseService
from api.gateway import problems
from api.gateway.caller import Caller
from api.gateway.entity_tags import entity_tags, etag
from api.gateway.problems import ProblemTable
from api.models import (
    CreateExpenseParameters,
    DeleteExpenseParameters,
    Expense,
    ExpenseCreate,
    ExpensePatch,
    GetExpenseParameters,
    ListExpensesParameters,
    UpdateExpenseParameters,
)
from api.openapi.contract import Request, Response

BUSINESS_METRICS = CREATED, UPDATED, DELETED = "ExpensesCreated", "ExpensesUpdated", "ExpensesDeleted"
"""What is counted: the events of the responses, and the metrics on the dashboard."""

PROBLEMS: ProblemTable = {
    ExpenseNotFound: problems.NOT_FOUND,
    ExpenseBusy: problems.CONFLICT,
    ExpenseChanged: problems.PRECONDITION_FAILED,
    IdempotencyKeyReused: problems.IDEMPOTENCY_KEY_REUSED,
}


def create_expense(
    request: Request[CreateExpenseParameters, ExpenseCreate], service: ExpenseService, caller: Caller
) -> Response:
    """Record an expense."""
    recorded = service.record(caller, request.body, request.parameters["idempotency_key"] or None)
    expense_id = recorded.expense["expense_id"]
    headers = {"Location": _location(request.path, expense_id), **_etag(recorded.expense)}
    if recorded.is_replay:
        return Response(201, recorded.expense, {**headers, "Idempotency-Replayed": "true"})
    return Response(201, recorded.expense, headers, event=CREATED)


def list_expenses(request: Request[ListExpensesParameters, None], service: ExpenseService, caller: Caller) -> Response:
    """Find expenses, a page at a time."""
    given = request.parameters
    page = service.find(caller, _filters(given), given["limit"], given["cursor"] or None)
    if page["next_cursor"] is None:
        return Response(200, page)
    query = {**given, "cursor": page["next_cursor"]}
    next_page = urlencode({name: _as_text(value) for name, value in query.items()}, quote_via=quote)
    return Response(200, page, {"Link": f'<?{next_page}>; rel="next"'})


def get_expense(request: Request[GetExpenseParameters, None], service: ExpenseService, caller: Caller) -> Response:
    """Look up an expense."""
    expense = service.look_up(caller, request.parameters["expense_id"])
    tags = entity_tags(request.parameters.get("if_none_match", ""))
    if tags.is_any or expense["version"] in tags.all:
        return Response(304, headers=_etag(expense))
    return Response(200, expense, _etag(expense))


def update_expense(
    request: Request[UpdateExpenseParameters, ExpensePatch], service: ExpenseService, caller: Caller
) -> Response:
    """Change an expense."""
    given = request.parameters
    expense = service.change(caller, given["expense_id"], request.body, _expected_versions(given["if_match"]))
    return Response(200, expense, _etag(expense), event=UPDATED)


def delete_expense(
    request: Request[DeleteExpenseParameters, None], service: ExpenseService, caller: Caller
) -> Response:
    """Delete an expense."""
    given = request.parameters
    service.remove(caller, given["expense_id"], _expected_versions(given["if_match"]))
    return Response(204, event=DELETED)


def _filters(given: ListExpensesParameters) -> Filters:
    return Filters(
        month=MONTHS.index(given["month"]) + 1 if "month" in given else None,
        year=given.get("year"),
        category=label(given["category"]) if "category" in given else None,
        payment_method=label(given["payment_method"]) if "payment_method" in given else None,
        date_from=_day(given.get("date_from")),
        date_to=_day(given.get("date_to")),
        min_amount=given.get("min_amount"),
        max_amount=given.get("max_amount"),
        text=normalize("NFC", given["q"]) if "q" in given else None,
        newest_first=given["sort"] == "-date",
    )


def _as_text(value: object) -> str:
    """Return a parameter's value as a client sends it; a number never has an exponent."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _etag(expense: Expense) -> dict[str, str]:
    return {"ETag": etag(expense["version"])}


def _location(path: str, expense_id: str) -> str:
    """Return an expense's path, absolute, from the one that the client recorded it by, whatever prefix that has."""
    return f"/{path.strip('/')}/{expense_id}"


def _expected_versions(if_match: str) -> Collection[int] | None:
    """Return the versions that If-Match accepts; None for any."""
    tags = entity_tags(if_match)
    return None if tags.is_any else tags.strong
