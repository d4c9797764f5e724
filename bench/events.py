"""The requests that every peer responds to, as API Gateway's proxy events: made by the local gateway's builder.

The peers' processes read them from a file, so that no peer pays for making them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
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
_ID = r"\{(\w+_id)\}"
THREE_VIOLATIONS = {"category": "", "amount": "12", "payment_method": "Cash", "colour": 1}


def event(
    method: str, resource: str, body: Any = None, expense_id: str = EXPENSE_ID, **query: str | list[str]
) -> dict[str, Any]:
    """Return the proxy event of a request, as a browser would send it."""
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
            path=re.sub(_ID, expense_id, resource),
            query=urlencode(query, doseq=True),
            headers=list(headers.items()),
            body=_sent(body),
            resource=resource,
            path_parameters=dict.fromkeys(re.findall(_ID, resource), expense_id),
            claims={"sub": USER, "aud": CLIENT_ID, "token_use": "id"},
        )
    )


def _sent(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return b"" if body is None else json.dumps(body).encode()


Requests = Mapping[str, tuple[dict[str, Any], int]]
"""Events and the status of their responses, by the name of the request."""

REQUESTS: Requests = {
    "create": (event("POST", "/expenses", NEW), 201),
    "get": (event("GET", "/expenses/{expense_id}"), 200),
    "list of 25": (event("GET", "/expenses", limit="25"), 200),
    "list of 100": (event("GET", "/expenses", limit="100"), 200),
    "three violations": (event("POST", "/expenses", THREE_VIOLATIONS), 400),
}
"""What every peer is asked."""

LINES = [f"2025-06-{30 - number % 30:02},{12 + number}.25,Food,Cash" for number in range(100)]
OWN_REQUESTS: Requests = {
    "batch of 50": (event("POST", "/expenses/batch", {"items": [NEW] * 50}), 201),
    "summary of a year": (event("GET", "/summary", year="2025"), 200),
    "25 changes": (event("GET", "/changes", limit="25"), 200),
    "export of 100": (event("GET", "/export", limit="100"), 200),
    "import of 100, tried": (
        event("POST", "/import", "\n".join(["date,amount,category,payment_method", *LINES]), dry_run="true"),
        200,
    ),
}
"""What only this project is asked, because no peer has it."""


@contextmanager
def written(requests: Requests) -> Iterator[Path]:
    """Write requests to a file for the peers' processes, for as long as the block runs."""
    with TemporaryDirectory() as directory:
        file = Path(directory, "requests.json")
        file.write_text(json.dumps(requests), encoding="utf-8")
        yield file
