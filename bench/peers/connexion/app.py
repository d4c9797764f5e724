"""Connexion behind Mangum: openapi.yaml itself, interpreted; requests and responses validated."""

from pathlib import Path
from typing import Any

import boto3
import connexion
import yaml
from connexion.resolver import Resolver
from mangum import Mangum

from bench.store import Store

store = Store(boto3.client("dynamodb"))
JSON = {"Content-Type": "application/json"}


def _user_id() -> str:
    claims: dict[str, str] = connexion.request.scope["aws.event"]["requestContext"]["authorizer"]["claims"]
    return claims["sub"]


async def create_expense(body: dict[str, Any]) -> Any:
    expense = store.record(_user_id(), body)
    return expense, 201, {**JSON, "ETag": '"1"', "Location": f"/expenses/{expense['expense_id']}"}


async def get_expense(expense_id: str) -> Any:
    return store.get(_user_id(), expense_id), 200, {**JSON, "ETag": '"1"'}


async def list_expenses(limit: int, **_filters: Any) -> Any:
    return store.page(_user_id(), limit), 200, JSON


async def other_operation() -> Any:
    return None, 404


OPERATIONS = {"create_expense": create_expense, "get_expense": get_expense, "list_expenses": list_expenses}

CONTRACT = yaml.safe_load((Path(__file__).parents[3] / "openapi.yaml").read_text(encoding="utf-8"))
for _item in CONTRACT["paths"].values():
    for _operation in _item.values():
        if isinstance(_operation, dict):
            _operation["security"] = []  # API Gateway has verified the token

app = connexion.AsyncApp(__name__)
app.add_api(
    CONTRACT,
    resolver=Resolver(lambda operation_id: OPERATIONS.get(operation_id, other_operation)),
    strict_validation=True,
    validate_responses=True,
)
respond = Mangum(app, lifespan="on")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["body"]:  # Connexion takes a body without Content-Length, which API Gateway's events lack, for none
        event = {**event, "headers": {**event["headers"], "Content-Length": str(len(event["body"]))}}
        event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    return respond(event, context)
