"""The life of some expenses through the generated Python client; prints what came of it as JSON."""

import json
import os
from datetime import date

import httpx
from expense_tracker_client import AuthenticatedClient  # type: ignore[import-not-found]
from expense_tracker_client.api.account import erase_everything  # type: ignore[import-not-found]
from expense_tracker_client.api.categories import (  # type: ignore[import-not-found]
    list_categories,
    rename_category,
)
from expense_tracker_client.api.changes import list_changes  # type: ignore[import-not-found]
from expense_tracker_client.api.expenses import (  # type: ignore[import-not-found]
    create_expense,
    create_expenses,
    delete_expense,
    list_expenses,
    update_expense,
)
from expense_tracker_client.api.recurrences import (  # type: ignore[import-not-found]
    create_recurrence,
    record_due_expenses,
)
from expense_tracker_client.api.summary import get_summary  # type: ignore[import-not-found]
from expense_tracker_client.api.transfer import export_expenses, import_expenses  # type: ignore[import-not-found]
from expense_tracker_client.api.trash import (  # type: ignore[import-not-found]
    list_deleted_expenses,
    restore_expense,
)
from expense_tracker_client.models import (  # type: ignore[import-not-found]
    BatchedExpense,
    CategoryRename,
    Change,
    Erasure,
    ErasureConfirm,
    ExpenseBatch,
    ExpenseCreate,
    ExpensePage,
    ExpensePatch,
    Interval,
    IntervalUnit,
    Month,
    Problem,
    RecordingOfDue,
    RecurrenceCreate,
    SummaryDimension,
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


def total(api: AuthenticatedClient) -> float | None:
    """Return the total of a month of one's own, from the 25th to the 24th."""
    summary = get_summary.sync(
        client=api,
        date_from=date(2025, 5, 25),
        date_to=date(2025, 6, 24),
        group_by=[SummaryDimension.MONTH, SummaryDimension.CATEGORY],
    )
    return next((g.total for g in summary.items if (g.month, g.category) == (Month.JUNE, "Food")), None)


class Copy:
    """A copy of the expenses, kept by the change feed."""

    def __init__(self, api: AuthenticatedClient) -> None:
        self._api = api
        self._changes: dict[object, Change] = {}
        self._cursor = ""

    def synchronize(self) -> int:
        """Take over what changed, the first time everything, and return how many live expenses there are."""
        up_to_date = False
        while not up_to_date:
            page = list_changes.sync(client=self._api, limit=2, cursor=self._cursor)
            self._changes |= {change.expense_id: change for change in page.items}
            self._cursor, up_to_date = page.next_cursor, page.up_to_date
        return sum(not change.deleted for change in self._changes.values())


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
    copy = Copy(api)
    totals, copied = [total(api)], [copy.synchronize()]
    deleted = delete_expense.sync_detailed(expense_id, client=api)
    totals.append(total(api))
    copied.append(copy.synchronize())
    trash = list_deleted_expenses.sync(client=api)
    restored = restore_expense.sync(expense_id, client=api)
    totals.append(total(api))
    copied.append(copy.synchronize())
    imported = import_expenses.sync(client=api, body=export_expenses.sync(client=api))
    snack = BatchedExpense(
        category="food", amount=1, payment_method="Cash", date=date(2025, 6, 14), idempotency_key="snack"
    )
    batches = [create_expenses.sync(client=api, body=ExpenseBatch(items=[snack])) for _ in range(2)]
    categories = list_categories.sync(client=api)
    renamed = rename_category.sync(client=api, body=CategoryRename(from_="food", to="Food"))
    erased = erase_everything.sync(client=api, body=Erasure(confirm=ErasureConfirm.ERASE_EVERYTHING))
    rent = RecurrenceCreate(
        category="Rent",
        amount=450.5,
        payment_method="Card",
        first=date(2025, 1, 31),
        every=Interval(count=1, unit=IntervalUnit.MONTH),
        times=3,
    )
    create_recurrence.sync(client=api, body=rent)
    recorded = [record_due_expenses.sync(client=api, body=RecordingOfDue()) for _ in range(2)]
    refused = create_expense.sync(client=api, body=ExpenseCreate(category="", amount=1, payment_method="Cash"))
    assert isinstance(refused, Problem)

    print(  # noqa: T201 — it is what the test reads
        json.dumps(
            {
                "amounts": sorted(expense.amount for expense in found),
                "pages": pages,
                "notes": patched.notes,
                "deleted": deleted.status_code,
                "trash": [expense.expense_id == expense_id for expense in trash.items],
                "restored": restored.version,
                "totals": totals,
                "copied": copied,
                "imported": [imported.recorded, imported.already_there],
                "replayed": [batch.items[0].replayed for batch in batches],
                "categories": [category.name for category in categories.items],
                "moved": renamed.moved,
                "recorded": [[item.expense.date.isoformat() for item in each.items] for each in recorded],
                "erased": erased.erased,
                "problem": refused.type_,
                "violation": refused.errors[0].pointer,
            }
        )
    )


main()
