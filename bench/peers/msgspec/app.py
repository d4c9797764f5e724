"""A plain handler with msgspec: requests and responses validated, no framework."""

from typing import Any

import boto3
import msgspec

from bench.store import Store
from bench.structs import Expense, ExpenseCreate, ExpenseId, ExpensePage, ListQuery

store = Store(boto3.client("dynamodb"))
decode_new = msgspec.json.Decoder(ExpenseCreate).decode
encode = msgspec.json.Encoder().encode


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    user_id = event["requestContext"]["authorizer"]["claims"]["sub"]
    try:
        if event["httpMethod"] == "POST":
            new = msgspec.structs.asdict(decode_new(event["body"]))
        elif event["pathParameters"]:
            expense_id = msgspec.convert(event["pathParameters"]["expense_id"], ExpenseId)
        else:
            query = msgspec.convert(event["queryStringParameters"] or {}, ListQuery, strict=False)
    except msgspec.ValidationError as error:
        return _response(400, {"status": 400, "errors": [{"detail": str(error)}]}, "application/problem+json")
    if event["httpMethod"] == "POST":
        return _response(201, msgspec.convert(store.record(user_id, new), Expense))
    if event["pathParameters"]:
        return _response(200, msgspec.convert(store.get(user_id, expense_id), Expense))
    return _response(200, msgspec.convert(store.page(user_id, query.limit), ExpensePage))


def _response(status: int, body: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": media_type}, "body": encode(body).decode()}
