"""The life of some expenses through the generated Python client; prints what came of it as JSON."""

import json
import os
from datetime import date

import httpx
from expense_tracker_client import AuthenticatedClient  # type: ignore[import-not-found]
from expense_tracker_client.api.expenses import (  # type: ignore[import-not-found]
    create_expense,
    delete_expense,
    list_expenses,
    update_expense,
)
from expense_tracker_client.models import (  # type: ignore[import-not-found]
    ExpenseCreate,
    ExpensePage,
    ExpensePatch,
    Month,
    Problem,
)
from expense_tracker_client.types import UNSET  # type: ignore[import-not-found]


def log_in() -> str:
    response = httpx.post(
        os.environ["COGNITO_ENDPOINT"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": os.environ["CLIENT_ID"],
            "AuthParameters": {"USERNAME": os.environ["USERNAME"], "PASSWORD": os.environ["PASSWORD"]},
        },
    )
    return str(response.json()["AuthenticationResult"]["IdToken"])


def main() -> None:
    api = AuthenticatedClient(base_url=os.environ["API_URL"], token=log_in())
    for amount in (1, 2.5, 3.75):
        body = ExpenseCreate(category="Food", amount=amount, payment_method="Cash", date=date(2025, 6, 14))
        create_expense.sync(client=api, body=body)

    found, pages, cursor = [], 0, UNSET
    while cursor is not None:
        page = list_expenses.sync(client=api, month=Month.JUNE, limit=2, cursor=cursor)
        assert isinstance(page, ExpensePage)
        found += page.items
        cursor = page.next_cursor
        pages += 1

    expense_id = found[0].expense_id
    patched = update_expense.sync(expense_id, client=api, body=ExpensePatch(notes="Lunch"))
    deleted = delete_expense.sync_detailed(expense_id, client=api)
    refused = create_expense.sync(client=api, body=ExpenseCreate(category="", amount=1, payment_method="Cash"))
    assert isinstance(refused, Problem)

    print(  # noqa: T201 — it is what the test reads
        json.dumps(
            {
                "amounts": sorted(expense.amount for expense in found),
                "pages": pages,
                "notes": patched.notes,
                "deleted": deleted.status_code,
                "problem": refused.type_,
                "violation": refused.errors[0].pointer,
            }
        )
    )


main()
