"""The requests that every peer responds to, as API Gateway's proxy events: made by the local gateway's builder.

Imported in each peer's environment, so it and what it imports need the standard library only.
"""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from api.settings import Settings
from bench.stub import EXPENSE_ID, USER
from local.gateway.proxy_event import Received, proxy_event

CLIENT_ID = Settings.example().user_pool_client_id
NEW = {
    "category": "Food",
    "amount": 12.5,
    "payment_method": "Cash",
    "notes": "Lunch with Amina",
    "date": "2025-06-14",
    "currency": "EUR",
}
THREE_VIOLATIONS = {"category": "", "amount": "12", "payment_method": "Cash", "colour": 1}


def event(
    method: str, resource: str, body: Any = None, expense_id: str = EXPENSE_ID, **query: str | list[str]
) -> dict[str, Any]:
    """Return the proxy event of a request, as a browser would send it: a string is CSV, anything else JSON."""
    headers = {
        "accept": "*/*",
        "authorization": "Bearer " + "x" * 900,
        "host": "127.0.0.1:8000",
        "origin": "https://app.example.com",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        **({} if body is None else {"content-type": "text/csv" if isinstance(body, str) else "application/json"}),
    }
    return proxy_event(
        Received(
            request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            extended_request_id="JKJaXmPLvHcESHA=",
            at=datetime(2025, 6, 14, 18, 22, 5, tzinfo=UTC),
            source_ip="203.0.113.7",
            protocol="HTTP/1.1",
            method=method,
            path=resource.replace("{expense_id}", expense_id),
            query=urlencode(query, doseq=True),
            headers=list(headers.items()),
            body=b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode(),
            resource=resource,
            path_parameters={"expense_id": expense_id} if "{" in resource else {},
            claims={"sub": USER, "aud": CLIENT_ID, "token_use": "id"},
        )
    )


REQUESTS = {
    "create": (event("POST", "/expenses", NEW), 201),
    "get": (event("GET", "/expenses/{expense_id}"), 200),
    "list of 25": (event("GET", "/expenses", limit="25"), 200),
    "list of 100": (event("GET", "/expenses", limit="100"), 200),
    "three violations": (event("POST", "/expenses", THREE_VIOLATIONS), 400),
}
"""Each operation's event, and the status of its response."""
