"""One function for each operationId of the contract, of the same name: request → service → response.

Every function without a leading underscore is an operation. One that takes a caller is never public.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast
from unicodedata import normalize
from urllib.parse import quote, urlencode

from api.expenses.errors import ExpenseBusy, ExpenseChanged, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import Filters
from api.expenses.rules import MONTHS, label
from api.expenses.service import ExpenseService
from api.gateway import problems
from api.gateway.caller import Caller
from api.gateway.problems import ProblemTable
from api.models import Expense
from api.openapi.contract import Request, Response

PROBLEMS: ProblemTable = {
    ExpenseNotFound: problems.NOT_FOUND,
    ExpenseBusy: problems.CONFLICT,
    ExpenseChanged: problems.PRECONDITION_FAILED,
    IdempotencyKeyReused: problems.IDEMPOTENCY_KEY_REUSED,
}


def create_expense(request: Request, service: ExpenseService, caller: Caller) -> Response:
    """Record an expense."""
    recorded = service.record(caller, request.body, request.parameters.get("idempotency_key"))
    expense_id = recorded.expense["expense_id"]
    headers = {"Location": f"expenses/{expense_id}", **_etag(recorded.expense)}
    if recorded.is_replay:
        return Response(201, recorded.expense, {**headers, "Idempotency-Replayed": "true"})
    return Response(201, recorded.expense, headers, event="ExpensesCreated")


def list_expenses(request: Request, service: ExpenseService, caller: Caller) -> Response:
    """Find expenses, a page at a time."""
    given = request.parameters
    page = service.find(caller, _filters(given), given["limit"], given.get("cursor"))
    if page["next_cursor"] is None:
        return Response(200, page)
    query = {**given, "cursor": page["next_cursor"]}
    next_page = urlencode({name: _as_text(value) for name, value in query.items()}, quote_via=quote)
    return Response(200, page, {"Link": f'<?{next_page}>; rel="next"'})


def get_expense(request: Request, service: ExpenseService, caller: Caller) -> Response:
    """Look up an expense."""
    expense = service.look_up(caller, request.parameters["expense_id"])
    return Response(200, expense, _etag(expense))


def update_expense(request: Request, service: ExpenseService, caller: Caller) -> Response:
    """Change an expense."""
    expense = service.change(caller, request.parameters["expense_id"], request.body, _expected_version(request))
    return Response(200, expense, _etag(expense), event="ExpensesUpdated")


def delete_expense(request: Request, service: ExpenseService, caller: Caller) -> Response:
    """Delete an expense."""
    service.remove(caller, request.parameters["expense_id"], _expected_version(request))
    return Response(204, event="ExpensesDeleted")


def _filters(given: Mapping[str, Any]) -> Filters:
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
    return {"ETag": f'"{expense["version"]}"'}


def _expected_version(request: Request) -> int | None:
    """Return the version that If-Match asks for; None for any (RFC 9110, section 13.1.1)."""
    tag = cast("str", request.parameters.get("if_match", "*"))
    return None if tag == "*" else int(tag.strip('"'))
