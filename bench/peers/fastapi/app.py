"""FastAPI behind Mangum: requests and responses validated by pydantic, whose own JSON is quicker here than orjson."""

from typing import Annotated, Any

import boto3
from fastapi import FastAPI, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from mangum import Mangum

from bench.models import Expense, ExpenseCreate, ExpenseId, ExpensePage, Label, Limit, Month, Year
from bench.store import Store

store = Store(boto3.client("dynamodb"))
app = FastAPI()


def _user_id(request: Request) -> str:
    claims: dict[str, str] = request.scope["aws.event"]["requestContext"]["authorizer"]["claims"]
    return claims["sub"]


@app.exception_handler(RequestValidationError)
async def _refuse(_request: Request, error: RequestValidationError) -> JSONResponse:
    errors = [{"pointer": "/".join(map(str, each["loc"])), "detail": each["msg"]} for each in error.errors()]
    return JSONResponse({"status": 400, "errors": errors}, 400, media_type="application/problem+json")


@app.post("/expenses", status_code=201)
async def create_expense(request: Request, new: ExpenseCreate) -> Expense:
    return Expense(**store.record(_user_id(request), new.model_dump()))


@app.get("/expenses/{expense_id}")
async def get_expense(request: Request, expense_id: Annotated[ExpenseId, Path()]) -> Expense:
    expense = store.get(_user_id(request), expense_id)
    if expense is None:
        raise HTTPException(404)
    return Expense(**expense)


@app.get("/expenses")
async def list_expenses(
    request: Request,
    limit: Annotated[Limit, Query()] = 25,
    month: Annotated[Month | None, Query()] = None,  # noqa: ARG001 — the contract has it, the stub does not filter
    year: Annotated[Year | None, Query()] = None,  # noqa: ARG001
    category: Annotated[Label | None, Query()] = None,  # noqa: ARG001
) -> ExpensePage:
    return ExpensePage(**store.page(_user_id(request), limit))


handler: Any = Mangum(app, lifespan="off")
