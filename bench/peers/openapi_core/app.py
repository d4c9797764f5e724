"""openapi-core: openapi.yaml itself, interpreted; requests and responses validated, by a handler of our own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters

from bench.store import Store

store = Store(boto3.client("dynamodb"))
CONTRACT = yaml.safe_load((Path(__file__).parents[3] / "openapi.yaml").read_text(encoding="utf-8"))
for _item in CONTRACT["paths"].values():
    for _operation in _item.values():
        if isinstance(_operation, dict):
            _operation["security"] = []  # API Gateway has verified the token
openapi = OpenAPI.from_dict(CONTRACT)


class Request:
    host_url = "http://127.0.0.1:8000"

    def __init__(self, event: Mapping[str, Any]) -> None:
        self.path = event["path"]
        self.method = event["httpMethod"].lower()
        self.body = event["body"].encode() if event["body"] else None
        self.content_type = event["headers"].get("Content-Type", "")
        self.parameters = RequestParameters(
            query=event["queryStringParameters"] or {}, header=event["headers"], path=event["pathParameters"] or {}
        )


class Response:
    content_type = "application/json"

    def __init__(self, status: int, body: Any, headers: dict[str, str]) -> None:
        self.status_code = status
        self.data = json.dumps(body).encode()
        self.headers = headers


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    request = Request(event)
    user_id = event["requestContext"]["authorizer"]["claims"]["sub"]
    result = openapi.unmarshal_request(request)
    if result.errors:
        found = [each for error in result.errors for each in getattr(error.__cause__, "schema_errors", [error])]
        errors = [{"detail": str(getattr(each, "message", each))} for each in found]
        return {"statusCode": 400, "headers": {}, "body": json.dumps({"status": 400, "errors": errors})}
    if request.method == "post":
        expense = store.record(user_id, json.loads(event["body"]))
        response = Response(201, expense, {"ETag": '"1"', "Location": f"/expenses/{expense['expense_id']}"})
    elif event["pathParameters"]:
        response = Response(200, store.get(user_id, event["pathParameters"]["expense_id"]), {"ETag": '"1"'})
    else:
        response = Response(200, store.page(user_id, result.parameters.query["limit"]), {})
    openapi.validate_response(request, response)
    return {"statusCode": response.status_code, "headers": response.headers, "body": response.data.decode()}
