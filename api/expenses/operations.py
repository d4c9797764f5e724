"""One function for each operationId of the contract, of the same name: request → service → response.

Every function without a leading underscore is an operation. One that takes a caller is never public.
"""

from collections.abc import Mapping

from api.dynamodb import advising
from api.expenses.batch import batch_violations, record_batch
from api.expenses.errors import ExpenseBusy, ExpenseChanged, ExpenseDeleted, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import list_filters
from api.expenses.rules import partial_violations
from api.expenses.service import ExpenseService
from api.gateway import problems
from api.gateway.caller import Caller
from api.gateway.dispatcher import Check
from api.gateway.entity_tags import entity_tags, etag, expected_versions
from api.gateway.links import next_link
from api.gateway.links import query as query_of
from api.gateway.problems import ProblemTable
from api.models import (
    CreateExpenseParameters,
    CreateExpensesParameters,
    DeleteExpenseParameters,
    Expense,
    ExpenseBatch,
    ExpenseCreate,
    ExpensePatch,
    GetExpenseParameters,
    GetSummaryParameters,
    ListExpensesParameters,
    RecordedExpense,
    UpdateExpenseParameters,
)
from api.openapi.contract import Request, Response

BUSINESS_METRICS = CREATED, UPDATED, DELETED = "ExpensesCreated", "ExpensesUpdated", "ExpensesDeleted"
"""What is counted: the events of the responses, and the metrics on the dashboard."""

PROBLEMS: ProblemTable = {
    ExpenseNotFound: problems.NOT_FOUND,
    ExpenseBusy: problems.CONFLICT,
    ExpenseDeleted: problems.DELETED,
    ExpenseChanged: problems.PRECONDITION_FAILED,
    IdempotencyKeyReused: problems.IDEMPOTENCY_KEY_REUSED,
}


CHECKS: Mapping[str, Check] = {
    "create_expense": lambda body, service, caller: service.violations(caller, body),
    "create_expenses": lambda body, service, caller: batch_violations(service, caller, body.get("items")),
    # Neither the currency nor the date is known that it has by now.
    "update_expense": lambda body, *_: partial_violations(body, None, ""),
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


def create_expenses(
    request: Request[CreateExpensesParameters, ExpenseBatch], service: ExpenseService, caller: Caller
) -> Response:
    """Record several expenses, all or none."""
    with advising(_BATCH_ADVICE):
        recorded = record_batch(service, caller, request.body["items"])
    items: list[RecordedExpense] = [{"expense": each.expense, "replayed": each.is_replay} for each in recorded]
    count = sum(not each.is_replay for each in recorded)
    return Response(201, {"items": items, "count": len(items)}, event=CREATED if count else "", event_count=count)


def list_expenses(request: Request[ListExpensesParameters, None], service: ExpenseService, caller: Caller) -> Response:
    """Find expenses, a page at a time."""
    given = request.parameters
    page = service.find(caller, list_filters(given), given["limit"], given["cursor"] or None)
    return Response(200, page, _links(request.path, given, page["next_cursor"]))


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
    expense = service.change(caller, given["expense_id"], request.body, expected_versions(given["if_match"]))
    return Response(200, expense, _etag(expense), event=UPDATED)


def delete_expense(
    request: Request[DeleteExpenseParameters, None], service: ExpenseService, caller: Caller
) -> Response:
    """Move an expense to the trash."""
    given = request.parameters
    service.remove(caller, given["expense_id"], expected_versions(given["if_match"]))
    return Response(204, event=DELETED)


def _links(path: str, given: ListExpensesParameters, next_cursor: str | None) -> dict[str, str]:
    """Return the `Link` to the next page and to the summary of the same filters, where there are such (RFC 8288)."""
    links = list(next_link(given, next_cursor).values())
    filters = {name: value for name, value in given.items() if name not in _NO_FILTERS}
    if filters.keys() <= GetSummaryParameters.__annotations__.keys():
        query = f"?{query_of(filters)}" if filters else ""
        links.append(f'<{_beside(path, "summary")}{query}>; rel="summary"')
    return {"Link": ", ".join(links)} if links else {}


_NO_FILTERS = {"sort", "limit", "cursor"}
"""The parameters of a list that do not decide what is in it."""


def _etag(expense: Expense) -> dict[str, str]:
    return {"ETag": etag(expense["version"])}


def _location(path: str, expense_id: str) -> str:
    """Return an expense's path, absolute, from the one that the client recorded it by, whatever prefix that has."""
    return f"/{path.strip('/')}/{expense_id}"


def _beside(path: str, name: str) -> str:
    """Return the absolute path of another resource that is beside the one at `path`."""
    return "/".join(("", *path.strip("/").split("/")[:-1], name))


_BATCH_ADVICE = (
    "Send the same body again after the number of seconds in Retry-After, if each expense has an idempotency_key: it "
    "is recorded once. Without, look first at what is there now."
)
