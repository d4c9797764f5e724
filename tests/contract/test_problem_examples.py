"""Every problem that the contract shows as an example is one that the service, or the gateway before it, answers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.budgets import operations as budgets
from api.budgets.errors import BudgetBusy
from api.changes import operations as changes
from api.changes.service import CursorExpired
from api.dynamodb import StorageFull, StoreUnavailable
from api.expenses import operations
from api.expenses.errors import ExpenseBusy
from api.gateway.problems import PROBLEMS, problem_of
from api.recurrences import operations as recurrences
from api.recurrences.errors import RecurrenceBusy, TooManyRecurrences
from definitions.gateway_responses import GATEWAY_RESPONSES
from tests.client import ApiClient, Response
from tests.contract.document import CONTRACT

Problem = dict[str, Any]
LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash"}
BUDGET = {"category": "Food", "currency": "EUR", "from": "2025-06"}
RENT = {**LUNCH, "category": "Rent", "first": "2025-01-31", "every": {"count": 1, "unit": "month"}}
MISSING = "/expenses/00000000-0000-4000-8000-000000000000"


def changed_since(api: ApiClient) -> Response:
    """Change an expense at version 4 as if it still were at version 3."""
    url = f"/expenses/{api.post('/expenses', LUNCH).json['expense_id']}"
    for amount in (1, 2, 3):
        api.patch(url, {"amount": amount})
    return api.patch(url, {"amount": 4}, If_Match='"3"')


def key_reused(api: ApiClient) -> Response:
    api.post("/expenses", LUNCH, Idempotency_Key="k")
    return api.post("/expenses", {**LUNCH, "amount": 1}, Idempotency_Key="k")


def deleted_since(api: ApiClient) -> Response:
    place = api.post("/expenses", LUNCH, Idempotency_Key="k").headers["Location"]
    api.delete(place)
    return api.post("/expenses", LUNCH, Idempotency_Key="k")


def budget_changed_since(api: ApiClient) -> Response:
    """Change a budget at version 2 as if it still were at version 1."""
    for amount in (1, 2):
        api.put("/budgets", {**BUDGET, "amount": amount})
    return api.put("/budgets", {**BUDGET, "amount": 3}, If_Match='"1"')


def recurrence_changed_since(api: ApiClient) -> Response:
    """Change a recurrence at version 3 as if it still were at version 1."""
    place = api.post("/recurrences", RENT).headers["Location"]
    for amount in (1, 2):
        api.patch(place, {"amount": amount})
    return api.patch(place, {"amount": 3}, If_Match='"1"')


def recurrence_key_reused(api: ApiClient) -> Response:
    api.post("/recurrences", RENT, Idempotency_Key="k")
    return api.post("/recurrences", {**RENT, "amount": 1}, Idempotency_Key="k")


def recurrence_deleted_since(api: ApiClient) -> Response:
    api.delete(api.post("/recurrences", RENT, Idempotency_Key="k").headers["Location"])
    return api.post("/recurrences", RENT, Idempotency_Key="k")


BY_REQUEST: dict[str, Callable[[ApiClient], Response]] = {
    "BadRequest violations": lambda api: api.post("/expenses", {"category": "Food", "amount": "12"}),
    "Unauthorized token": lambda api: api.as_user(None).get("/expenses"),
    "NotAcceptable html": lambda api: api.get("/export", Accept="text/html"),
    "NotFound missing": lambda api: api.get(MISSING),
    "Deleted deleted": deleted_since,
    "NotFound budget": lambda api: api.delete("/budgets?category=Food&currency=EUR"),
    "NotFound recurrence": lambda api: api.get(f"/recurrences/{MISSING[10:]}"),
    "Deleted recurrence": recurrence_deleted_since,
    "PreconditionFailed recurrence": recurrence_changed_since,
    "IdempotencyKeyReused recurrence": recurrence_key_reused,
    "PreconditionFailed stale": changed_since,
    "PreconditionFailed budget": budget_changed_since,
    "ContentTooLarge large": lambda api: api.post("/expenses", " " * 70_000),
    "UnsupportedMediaType text": lambda api: api.post("/expenses", "x", Content_Type="text/plain"),
    "IdempotencyKeyReused reused": key_reused,
}
BY_ERROR: dict[str, Exception] = {
    "Conflict busy": ExpenseBusy(),
    "Conflict budget": BudgetBusy(),
    "Conflict recurrence": RecurrenceBusy(),
    "Conflict recurrences": TooManyRecurrences(500),
    "CursorExpired expired": CursorExpired(),
    "Conflict full": StorageFull(),
    "InternalError failed": RuntimeError(),
    "ServiceUnavailable unchanged": StoreUnavailable("unchanged"),
    "ServiceUnavailable unknown": StoreUnavailable("unknown"),
}
BY_GATEWAY = {
    "Forbidden refused": "WAF_FILTERED",
    "TooManyRequests throttled": "THROTTLED",
    "BadGateway broken": "DEFAULT_5XX",
    "GatewayTimeout late": "INTEGRATION_TIMEOUT",
}


def examples() -> Iterator[Any]:
    for name, response in CONTRACT["components"]["responses"].items():
        for example, content in response["content"]["application/problem+json"]["examples"].items():
            yield pytest.param(f"{name} {example}", content["value"], id=f"{name}-{example}")


@pytest.mark.parametrize(("name", "example"), list(examples()))
def test_a_problem_is_answered_as_its_example_shows(api: ApiClient, name: str, example: Problem) -> None:
    if name in BY_REQUEST:
        answered = BY_REQUEST[name](api).json
    elif name in BY_ERROR:
        tables = [PROBLEMS, *(module.PROBLEMS for module in (operations, changes, budgets, recurrences))]
        answered = problem_of(BY_ERROR[name], {error: kind for table in tables for error, kind in table.items()}, "")
    else:
        answered = GATEWAY_RESPONSES[BY_GATEWAY[name]].problem("")
    # The gateway can't name the status where it chooses one by itself.
    assert {"status": example["status"], **answered, "instance": example["instance"]} == example
