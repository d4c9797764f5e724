"""The store that the peers share: the calls of this project's own store, items mapped in as few steps as can be.

Imported in each peer's environment, so it needs the standard library only.
"""

import os
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from bench.stub import StubDynamoDB

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
STRINGS = (
    "expense_id", "category", "currency", "payment_method", "notes", "date", "month", "created_at", "updated_at",
)  # fmt: skip
TABLE, RECORDS = "expenses", "records"


class Store:
    """Expenses as dictionaries. Amounts are floats here: what the peers are commonly given."""

    def __init__(self, client: Any) -> None:
        """Take boto3's client, which is used where the environment has an address of DynamoDB; else a stub is."""
        self._client = client if "AWS_ENDPOINT_URL_DYNAMODB" in os.environ else StubDynamoDB()

    def get(self, user_id: str, expense_id: str) -> dict[str, Any] | None:
        """Return an expense."""
        key = {"user_id": {"S": user_id}, "expense_id": {"S": expense_id}}
        response = self._client.get_item(TableName=TABLE, Key=key, ConsistentRead=True)
        return _from_item(response["Item"]) if "Item" in response else None

    def page(self, user_id: str, limit: int) -> dict[str, Any]:
        """Return one page of a list, the newest first."""
        response = self._client.query(
            TableName=TABLE,
            IndexName="by_date",
            ConsistentRead=True,
            KeyConditionExpression="user_id = :user_id AND date_key BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":user_id": {"S": user_id},
                ":first": {"S": "0001-01-01"},
                ":last": {"S": "9999-12-31#~"},
            },
            ScanIndexForward=False,
            Limit=limit,
        )
        return {"items": [_from_item(item) for item in response["Items"]], "count": limit, "next_cursor": None}

    def record(self, user_id: str, new: dict[str, Any]) -> dict[str, Any]:
        """Write an expense and the total that it moves in one transaction; return the expense."""
        expense = _recorded(new)
        self._client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": _to_item(user_id, expense),
                        "ConditionExpression": "attribute_not_exists(user_id)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {
                    "Update": {
                        "TableName": RECORDS,
                        "Key": {"user_id": {"S": user_id}, "record_key": {"S": _cell_key(expense)}},
                        "UpdateExpression": "ADD spent :spent, purchases :purchases, version :version",
                        "ExpressionAttributeValues": {
                            ":spent": {"N": str(expense["amount"])},
                            ":purchases": {"N": "1"},
                            ":version": {"N": "1"},
                        },
                    }
                },
            ],
            ClientRequestToken=expense["expense_id"],
        )
        return expense


def _recorded(new: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    day = date.fromisoformat(new["date"]) if new.get("date") else now.date()
    instant = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "expense_id": str(uuid4()),
        "category": new["category"].strip(),
        "amount": new["amount"],
        "currency": new.get("currency") or "EUR",
        "payment_method": new["payment_method"].strip(),
        "notes": new.get("notes"),
        "date": day.isoformat(),
        "month": MONTHS[day.month - 1],
        "year": day.year,
        "version": 1,
        "created_at": instant,
        "updated_at": instant,
    }


def _to_item(user_id: str, expense: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the item of an expense: an attribute for each property that is not null, and its keys."""
    position = f"{expense['date']}#{expense['created_at']}#{expense['expense_id']}"
    item = {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in expense.items()
        if value is not None
    }
    return {
        **item,
        "user_id": {"S": user_id},
        "date_key": {"S": position},
        "category_key": {"S": f"{expense['category']}#{position}"},
        "changed_at": {"S": expense["created_at"]},
        "change_key": {"S": f"{expense['created_at']}#{expense['expense_id']}"},
    }


def _cell_key(expense: dict[str, Any]) -> str:
    parts = "total", expense["date"][:7], expense["currency"], expense["category"], expense["payment_method"]
    return "#".join(parts)


def _from_item(item: dict[str, dict[str, str]]) -> dict[str, Any]:
    expense: dict[str, Any] = {name: item[name]["S"] if name in item else None for name in STRINGS}
    expense["amount"] = float(item["amount"]["N"])
    expense["year"], expense["version"] = int(item["year"]["N"]), int(item["version"]["N"])
    return expense
