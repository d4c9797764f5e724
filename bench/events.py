"""The requests that every peer answers, as API Gateway's proxy events.

Imported in each peer's environment, so it needs the standard library only.
"""

import json
from typing import Any

from bench.stub import EXPENSE_ID, USER

NEW = {
    "category": "Food",
    "amount": 12.5,
    "payment_method": "Cash",
    "notes": "Lunch with Amina",
    "date": "2025-06-14",
    "currency": "EUR",
}
THREE_FAULTS = {"category": "", "amount": "12", "payment_method": "Cash", "colour": 1}


def event(method: str, resource: str, body: Any = None, **query: str) -> dict[str, Any]:
    """Return the proxy event of a request."""
    path = resource.replace("{expense_id}", EXPENSE_ID)
    headers = {
        "Accept": "*/*",
        "Authorization": "Bearer " + "x" * 900,
        "Host": "127.0.0.1:8000",
        "Origin": "https://app.example.com",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        **({} if body is None else {"Content-Type": "application/json"}),
    }
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": {"expense_id": EXPENSE_ID} if "{" in resource else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "authorizer": {"claims": {"sub": USER, "token_use": "id"}},
            "httpMethod": method,
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "Mozilla/5.0"},
            "path": path,
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTimeEpoch": 1428582896000,
            "resourcePath": resource,
            "stage": "prod",
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


REQUESTS = {
    "create": (event("POST", "/expenses", NEW), 201),
    "get": (event("GET", "/expenses/{expense_id}"), 200),
    "list of 25": (event("GET", "/expenses", limit="25"), 200),
    "list of 100": (event("GET", "/expenses", limit="100"), 200),
    "three faults": (event("POST", "/expenses", THREE_FAULTS), 400),
}
"""Each operation's event, and the status that answers it."""
