"""Litestar behind Mangum: requests and responses validated by msgspec."""

from typing import Annotated, Any

import boto3
import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import Parameter
from mangum import Mangum

from bench.store import Store
from bench.structs import Expense, ExpenseCreate, ExpenseId, ExpensePage, Label, Limit, Month, Year

store = Store(boto3.client("dynamodb"))


def _user_id(request: Request[Any, Any, Any]) -> str:
    claims: dict[str, str] = request.scope["aws.event"]["requestContext"]["authorizer"]["claims"]  # type: ignore[typeddict-item]
    return claims["sub"]


def _refuse(_request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    return Response({"status": 400, "errors": error.extra}, status_code=400, media_type="application/problem+json")


@post("/expenses", sync_to_thread=False)
def create_expense(request: Request[Any, Any, Any], data: ExpenseCreate) -> Expense:
    return msgspec.convert(store.record(_user_id(request), msgspec.structs.asdict(data)), Expense)


@get("/expenses/{expense_id:str}", sync_to_thread=False)
def get_expense(request: Request[Any, Any, Any], expense_id: ExpenseId) -> Expense:
    expense = store.get(_user_id(request), expense_id)
    if expense is None:
        raise NotFoundException
    return msgspec.convert(expense, Expense)


@get("/expenses", sync_to_thread=False)
def list_expenses(
    request: Request[Any, Any, Any],
    limit: Annotated[Limit, Parameter(query="limit")] = 25,
    month: Month | None = None,  # noqa: ARG001 — the contract has it, the stub does not filter
    year: Year | None = None,  # noqa: ARG001
    category: Label | None = None,  # noqa: ARG001
) -> ExpensePage:
    return msgspec.convert(store.page(_user_id(request), limit), ExpensePage)


app = Litestar(
    [create_expense, get_expense, list_expenses],
    exception_handlers={ValidationException: _refuse},
    openapi_config=None,
    logging_config=None,
)
handler: Any = Mangum(app, lifespan="off")
