"""What DynamoDB responds in the benchmark: always the same items, nothing kept.

A stub client has it inside the measured process, `bench.dynamodb_server` has it behind TLS. Imported in each peer's
environment, so it needs the standard library only.
"""

from collections.abc import Callable, Mapping
from typing import Any

USER = "c0a8f2d4-5071-70e6-9b1f-3d2c4e5f6a7b"
"""As long as the `sub` of a user of Cognito's: it is in every item."""
EXPENSE_ID = "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b00"
CATEGORIES = ("Food", "Rent", "Transport", "Health", "Leisure", "Gifts", "Clothing", "Phone", "Utilities", "Family")
PAYMENT_METHODS = ("Cash", "Credit Card", "Mpesa")
INVALID_ID = f"{EXPENSE_ID[:-2]}ff"
"""The id of an expense that is not as the contract says: it stands for a mistake in a service."""
INSTANT = "2025-06-14T18:22:05.123456Z"

Item = dict[str, dict[str, str]]


def _item(number: int) -> Item:
    """Return an expense as the store keeps it, with the keys of its indexes."""
    day = f"2025-06-{30 - number % 30:02}"
    expense_id = f"{EXPENSE_ID[:-2]}{number:02x}"
    category = CATEGORIES[number % 3]
    strings = {
        "expense_id": expense_id,
        "category": category,
        "currency": "EUR",
        "payment_method": PAYMENT_METHODS[number % 3],
        **({} if number % 2 else {"notes": "Lunch with Amina"}),
        "date": day,
        "month": "June",
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "changed_at": INSTANT,
        "change_key": f"{INSTANT}#{expense_id}",
        "date_key": f"{day}#{INSTANT}#{expense_id}",
        "category_key": f"{category}#{day}#{INSTANT}#{expense_id}",
        "request_digest": "0" * 32,
        "write_tokens": "kY3vN0pQxWs",
        "user_id": USER,
    }
    numbers = {"amount": f"{12 + number}.25", "year": "2025", "version": "1"}
    return {name: {"S": value} for name, value in strings.items()} | {
        name: {"N": value} for name, value in numbers.items()
    }


def _cell(month: int, category: str) -> Item:
    """Return the totals of a month and a category as the store keeps them."""
    numbers = {"version": "3", "spent": f"{100 + month}.5", "purchases": "9", "refunded": "-3.2", "refunds": "1"}
    return {
        "user_id": {"S": USER},
        "record_key": {"S": f"total#2025-{month:02}#EUR#{category}#Cash"},
        **{name: {"N": value} for name, value in numbers.items()},
    }


ITEMS = tuple(_item(number) for number in range(101))
"""One more than the longest page, for who asks whether there are more."""
_BY_ID = {EXPENSE_ID: ITEMS[0], INVALID_ID: {**ITEMS[0], "currency": {"S": "euro"}, "version": {"N": "0"}}}
CELLS = tuple(_cell(month, category) for month in range(1, 13) for category in CATEGORIES)
"""What is kept of a year."""


def respond(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return DynamoDB's response to a request. Raises `KeyError` for an operation that no peer calls."""
    return _RESPONSES[operation](request)


def _get(request: Mapping[str, Any]) -> dict[str, Any]:
    expense_id = request["Key"].get("expense_id", {}).get("S")
    return {"Item": _BY_ID[expense_id]} if expense_id in _BY_ID else {}


def _query(request: Mapping[str, Any]) -> dict[str, Any]:
    found = ITEMS[: request["Limit"]] if "IndexName" in request else CELLS
    return {"Items": list(found), "Count": len(found), "ScannedCount": len(found)}


_RESPONSES: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "GetItem": _get,
    "Query": _query,
    "BatchGetItem": lambda request: {
        "Responses": {name: [] for name in request["RequestItems"]},
        "UnprocessedKeys": {},
    },
    "TransactWriteItems": lambda _: {},
}


class StubDynamoDB:
    """What is called of DynamoDB's client for the benchmark's requests."""

    def get_item(self, **request: Any) -> dict[str, Any]:
        return respond("GetItem", request)

    def query(self, **request: Any) -> dict[str, Any]:
        return respond("Query", request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        return respond("BatchGetItem", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return respond("TransactWriteItems", request)
