"""The floor: a client for DynamoDB and a handler that checks nothing."""

import json
from typing import Any

import boto3

from bench.store import Store

store = Store(boto3.client("dynamodb"))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    user_id = event["requestContext"]["authorizer"]["claims"]["sub"]
    if event["httpMethod"] == "POST":
        return _response(201, store.record(user_id, json.loads(event["body"])))
    if event["pathParameters"]:
        return _response(200, store.get(user_id, event["pathParameters"]["expense_id"]))
    return _response(200, store.page(user_id, int(event["queryStringParameters"]["limit"])))


def _response(status: int, body: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
