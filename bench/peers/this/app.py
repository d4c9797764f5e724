"""This project: its own handler, with the stub where `DynamoDBExpenseStore` would be."""

from decimal import Decimal
from typing import Any

import api.bootstrap
from api.expenses.errors import ExpenseNotFound
from api.expenses.store import Slice, Stored
from api.models import Expense
from bench import stub

EXPENSES: Any = [{**expense, "amount": Decimal(str(expense["amount"]))} for expense in stub.EXPENSES]


class StubStore:
    """The part of an `ExpenseStore` that these requests need."""

    def __init__(self, *_: object) -> None:
        pass

    def add(self, _user_id: str, _expense: Expense, _request_digest: str) -> None:
        pass

    def get(self, _user_id: str, expense_id: str) -> Stored:
        if expense_id != stub.EXPENSE_ID:
            raise ExpenseNotFound
        return Stored(EXPENSES[0], {})

    def query(self, *_: object, limit: int, **__: object) -> Slice:
        return Slice(EXPENSES[:limit], None)


api.bootstrap.DynamoDBExpenseStore = StubStore  # type: ignore[assignment,misc]

from api.handler import handler  # noqa: E402 — it makes its store when it is imported

__all__ = ["handler"]
