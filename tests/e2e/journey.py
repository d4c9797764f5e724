"""The life of an expense, wherever the function runs."""

from decimal import Decimal

from tests.gateway import Gateway


def travel(gateway: Gateway) -> None:
    """Record, look up, find, change and delete an expense, and be told what is wrong on the way."""
    recorded = gateway.post(
        "/expenses",
        {"category": "Food", "amount": Decimal("12.34"), "payment_method": "Cash", "date": "2025-06-14"},
        Idempotency_Key="first",
    )
    assert recorded.status == 201
    expense = recorded.json
    url = f"/expenses/{expense['expense_id']}"
    assert recorded.headers["Location"] == url
    assert (expense["month"], expense["year"], expense["amount"]) == ("June", 2025, Decimal("12.34"))

    repeated = gateway.post(
        "/expenses",
        {"category": "Food", "amount": Decimal("12.34"), "payment_method": "Cash", "date": "2025-06-14"},
        Idempotency_Key="first",
    )
    assert (repeated.status, repeated.json) == (201, expense)
    assert repeated.headers["Idempotency-Replayed"] == "true"

    assert gateway.get(url).json == expense
    assert gateway.get("/expenses?month=June&category=Food").json == {
        "items": [expense],
        "count": 1,
        "next_cursor": None,
    }
    assert gateway.as_user("wanjiku").get(url).status == 404

    changed = gateway.patch(url, {"amount": Decimal("10.01"), "notes": "Lunch ☕"}, If_Match='"1"')
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json["amount"] == Decimal("10.01")
    assert gateway.patch(url, {"amount": 1}, If_Match='"1"').status == 412

    refused = gateway.post("/expenses", {"amount": "12", "currency": "XX", "category": "", "colour": 1})
    assert refused.status == 400
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert sorted(refused.places) == ["/amount", "/category", "/colour", "/currency", "/payment_method"]

    assert gateway.delete(url).status == 204
    assert gateway.get(url).status == 404
