"""The use case of erasure: everything of a user goes, in an order that leaves what is right wherever it stops.

Each transaction erases expenses together with their part of the totals, and writes a new *epoch*. Every cursor of the
change feed carries the epoch that it is of: one from before an expense was erased is of an earlier one, however short
the time between, and so no device keeps a copy of what is gone. Records go once there are no expenses.
"""

from api import deadline
from api.dynamodb import StoreUnavailable
from api.erasure.store import DynamoDBRecords
from api.expenses.errors import ExpenseBusy
from api.expenses.pace import Pace
from api.expenses.service import ExpenseService
from api.gateway.caller import Caller
from api.models import Erased

MAX_TRANSACTIONS = 10
"""How many transactions one request makes at the most."""


class ErasureService:
    """Erases. `erase` may raise `StoreUnavailable`."""

    def __init__(self, expenses: ExpenseService, records: DynamoDBRecords) -> None:
        self._expenses = expenses
        self._records = records

    def erase(self, caller: Caller) -> Erased:
        """Erase so much as one request may; say how many expenses that was, and whether nothing is left.

        Raises `StoreUnavailable` and `ExpenseBusy` only where nothing was erased.
        """
        erased, has_begun, pace = 0, False, Pace()
        for _ in range(MAX_TRANSACTIONS):
            if not pace.may_go_on() or (has_begun and deadline.is_near()):
                break
            try:
                count = self._expenses.erase_some(caller, self._records.mark(caller.user_id), pace)
                erased += count
                if not count and self._erase_records(caller):
                    return {"erased": erased, "done": True}
                has_begun = True
            except (StoreUnavailable, ExpenseBusy):
                if not has_begun:
                    raise
                break
        return {"erased": erased, "done": False}

    def _erase_records(self, caller: Caller) -> bool:
        """Erase some records; return whether there were none.

        An expense that another device records meanwhile keeps its total: either it is found here after its total was
        read, or its total has moved since.
        """
        records = self._records.some(caller.user_id)
        if records and not self._expenses.has_any(caller):
            self._records.erase(records)
        return not records
