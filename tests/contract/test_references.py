"""References in responses lead where they should from whatever address the request had (RFC 3986, section 5)."""

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.client import ApiClient, EventTransport, Request

LUNCH = {"category": "Food & Drink", "amount": 12.35, "payment_method": "Cash", "date": "2025-06-14"}
ADDRESSES = [
    "http://127.0.0.1:8000/expenses",
    "https://abc.execute-api.eu-west-1.amazonaws.com/v1/expenses",
    "https://abc.execute-api.eu-west-1.amazonaws.com/v1/expenses/",
    "https://api.example.com/expenses",
    "https://api.example.com/money/v2/expenses",
    "https://api.example.com//expenses",
]


def sent(events: EventTransport, method: str, address: str, query: str = "", body: object = None) -> dict[str, Any]:
    """Return what the handler answers to a request at an address outside, which API ApiClient routes to /expenses."""
    event = events.event(Request(method, f"/expenses{query}", {"Content-Type": "application/json"}, body))
    event["requestContext"]["path"] = urlsplit(address).path
    return events.invoke(event)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_location_leads_to_the_expense(events: EventTransport, api: ApiClient, address: str) -> None:
    location = sent(events, "POST", address, body=LUNCH)["headers"]["Location"]
    expense_id = api.get("/expenses").json["items"][0]["expense_id"]
    root = address.replace("com//", "com/").rstrip("/")
    assert urljoin(address, location) == f"{root}/{expense_id}"


def test_a_location_never_leads_to_another_host(events: EventTransport) -> None:
    location = sent(events, "POST", "https://api.example.com//evil.example/expenses", body=LUNCH)["headers"]["Location"]
    assert urlsplit(urljoin("https://api.example.com/expenses", location)).netloc == "api.example.com"


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_link_leads_to_the_next_page(events: EventTransport, api: ApiClient, address: str) -> None:
    for _ in range(2):
        assert api.post("/expenses", LUNCH).status == 201
    first = sent(events, "GET", address, "?limit=1&category=Food%20%26%20Drink")
    target = urljoin(address, first["headers"]["Link"].removeprefix("<").partition(">")[0])
    assert target.partition("?")[0] == address
    pages = json.loads(first["body"]), api.get(f"/expenses?{urlsplit(target).query}").json
    assert len({expense["expense_id"] for page in pages for expense in page["items"]}) == 2


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_leads_to_the_summary_of_the_same_filters(events: EventTransport, api: ApiClient, address: str) -> None:
    for _ in range(2):
        assert api.post("/expenses", LUNCH).status == 201
    link = sent(events, "GET", address, "?limit=1&category=Food%20%26%20Drink")["headers"]["Link"]
    [target] = re.findall(r'<([^>]*)>; rel="summary"', link)
    beside, _, query = urljoin(address, target).partition("?")
    assert beside == address.replace("com//", "com/").rstrip("/").removesuffix("expenses") + "summary"
    assert api.get(f"/summary?{query}").json["items"][0]["count"] == 2


def test_an_event_without_its_context_still_has_a_location(api: ApiClient) -> None:
    response = api.post("/expenses", LUNCH)
    assert api.get(response.headers["Location"]).json == response.json
