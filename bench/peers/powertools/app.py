"""AWS Lambda Powertools: its REST resolver, validating requests and responses by pydantic, with orjson."""

from http import HTTPStatus
from typing import Annotated, Any

import boto3
import orjson
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from bench.models import Expense, ExpenseCreate, ExpenseId, ExpensePage, Label, Limit, Month, Year
from bench.store import Store

store = Store(boto3.client("dynamodb"))


def serialize(body: Any) -> str:
    return orjson.dumps(body).decode()


app = APIGatewayRestResolver(enable_validation=True, serializer=serialize)


def _user_id() -> str:
    claims: dict[str, str] = app.current_event.request_context.authorizer.claims or {}
    return claims["sub"]


@app.exception_handler(RequestValidationError)
def _refuse(error: RequestValidationError) -> Response[Any]:
    errors = [{"pointer": "/".join(map(str, each["loc"])), "detail": each["msg"]} for each in error.errors()]
    return Response(400, "application/problem+json", serialize({"status": 400, "errors": errors}))


@app.post("/expenses")
def create_expense(new: ExpenseCreate) -> tuple[Expense, int]:
    return Expense(**store.record(_user_id(), new.model_dump())), HTTPStatus.CREATED


@app.get("/expenses/<expense_id>")
def get_expense(expense_id: Annotated[ExpenseId, Path()]) -> Expense:
    expense = store.get(_user_id(), expense_id)
    if expense is None:
        raise NotFoundError("You have no expense with this id.")
    return Expense(**expense)


@app.get("/expenses")
def list_expenses(
    limit: Annotated[Limit, Query()] = 25,
    month: Annotated[Month | None, Query()] = None,  # noqa: ARG001 — the contract has it, the stub does not filter
    year: Annotated[Year | None, Query()] = None,  # noqa: ARG001
    category: Annotated[Label | None, Query()] = None,  # noqa: ARG001
) -> ExpensePage:
    return ExpensePage(**store.page(_user_id(), limit))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
