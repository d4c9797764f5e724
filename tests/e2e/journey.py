"""The life of an expense, over any transport."""

from decimal import Decimal

from tests.client import ApiClient


def travel(api: ApiClient) -> None:
    """Record, look up, find, change, sum up, delete and restore an expense, and send what is not valid on the way."""
    recorded = api.post(
        "/expenses",
        {"category": "Food", "amount": Decimal("12.34"), "payment_method": "Cash", "date": "2025-06-14"},
        Idempotency_Key="first",
    )
    assert recorded.status == 201
    expense = recorded.json
    url = f"/expenses/{expense['expense_id']}"
    assert recorded.headers["Location"] == url
    assert (expense["month"], expense["year"], expense["amount"]) == ("June", 2025, Decimal("12.34"))

    repeated = api.post(
        "/expenses",
        {"category": "Food", "amount": Decimal("12.34"), "payment_method": "Cash", "date": "2025-06-14"},
        Idempotency_Key="first",
    )
    assert (repeated.status, repeated.json) == (201, expense)
    assert repeated.headers["Idempotency-Replayed"] == "true"

    assert api.get(url).json == expense
    assert api.get("/expenses?month=June&category=Food").json == {
        "items": [expense],
        "count": 1,
        "next_cursor": None,
    }
    assert api.as_user("wanjiku").get(url).status == 404

    changed = api.patch(url, {"amount": Decimal("10.01"), "notes": "Lunch ☕"}, If_Match='"1"')
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json["amount"] == Decimal("10.01")
    assert api.patch(url, {"amount": 1}, If_Match='"1"').status == 412

    refused = api.post("/expenses", {"amount": "12", "currency": "XX", "category": "", "colour": 1})
    assert refused.status == 400
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert sorted(refused.pointers) == ["/amount", "/category", "/colour", "/currency", "/payment_method"]

    june = "/summary?date_from=2025-05-25&date_to=2025-06-24&category=Food"
    assert [group["total"] for group in api.get(june).json["items"]] == [Decimal("10.01")]
    assert api.delete(url).status == 204
    assert api.get(url).status == 404
    assert api.get(june).json["items"] == []
    assert [deleted["expense_id"] for deleted in api.get("/trash").json["items"]] == [expense["expense_id"]]
    assert api.post(f"{url}/restore", None).json["version"] == 4
    assert [group["total"] for group in api.get(june).json["items"]] == [Decimal("10.01")]
    assert [change["version"] for change in api.get("/changes").json["items"]] == [4]
