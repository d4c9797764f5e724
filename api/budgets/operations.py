"""The operations of budgets: request → service → response."""

from collections.abc import Mapping

from api.budgets.errors import BudgetBusy, BudgetChanged, BudgetNotFound
from api.budgets.service import BudgetService, setting_violations
from api.gateway import problems
from api.gateway.caller import Caller
from api.gateway.dispatcher import Check
from api.gateway.entity_tags import etag, expected_versions
from api.gateway.links import next_link
from api.gateway.problems import ProblemTable
from api.models import (
    BudgetSetting,
    DeleteBudgetParameters,
    GetBudgetStatusParameters,
    ListBudgetsParameters,
    SetBudgetParameters,
)
from api.openapi.contract import Request, Response

PROBLEMS: ProblemTable = {
    BudgetNotFound: problems.NOT_FOUND,
    BudgetBusy: problems.CONFLICT,
    BudgetChanged: problems.PRECONDITION_FAILED,
}


CHECKS: Mapping[str, Check] = {"set_budget": lambda body, *_: setting_violations(body)}


def set_budget(
    request: Request[SetBudgetParameters, BudgetSetting], service: BudgetService, caller: Caller
) -> Response:
    """Set a budget from a month on."""
    budget = service.set(caller, request.body, expected_versions(request.parameters["if_match"]))
    return Response(200, budget, {"ETag": etag(budget["version"])})


def list_budgets(request: Request[ListBudgetsParameters, None], service: BudgetService, caller: Caller) -> Response:
    """List budgets, a page at a time."""
    given = request.parameters
    page = service.find(caller, given["limit"], given["cursor"] or None)
    return Response(200, page, next_link(given, page["next_cursor"]))


def delete_budget(request: Request[DeleteBudgetParameters, None], service: BudgetService, caller: Caller) -> Response:
    """Delete a budget, from a month on or all of it."""
    given = request.parameters
    expected = expected_versions(given["if_match"])
    service.remove(caller, given.get("category"), given["currency"], given.get("from"), expected)
    return Response(204)


def get_budget_status(
    request: Request[GetBudgetStatusParameters, None], service: BudgetService, caller: Caller
) -> Response:
    """See what is left of each budget in a month, a page at a time."""
    given = request.parameters
    page = service.status(caller, given["year"], given["month"], given["limit"], given["cursor"] or None)
    return Response(200, page, next_link(given, page["next_cursor"]))
