"""Defects of batches, imports, renames and erasures, each planted by replacing one function of `api`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest

import api.expenses.batch
import api.expenses.states
import api.transfer.service
from api.expenses.pace import Pace
from api.expenses.service import ExpenseService, New
from api.expenses.states import State
from api.expenses.store import DynamoDBExpenseStore, Stored, Write
from api.models import ImportReport
from api.transfer.rows import Row
from tests.machine.defects import Defect, instead

moved, drafts, report_of, row_of = (
    api.expenses.states.moved,
    api.expenses.batch._drafts,
    api.transfer.service._report,
    api.transfer.service._row,
)
write_all, any_of, move_some = (
    DynamoDBExpenseStore.write_all,
    DynamoDBExpenseStore.any_of,
    ExpenseService.move_some,
)


def _drafts_without_keys(service: Any, caller: Any, items: Sequence[Any]) -> list[New]:
    unkeyed: list[Any] = [{k: v for k, v in item.items() if k != "idempotency_key"} for item in items]
    return drafts(service, caller, unkeyed)


def _moved_at_the_same_version(state: State, category: str, now: datetime) -> State:
    after = moved(state, category, now)
    return replace(after, version=state.version, expense=after.expense and {**after.expense, "version": state.version})


def _without_totals(
    self: DynamoDBExpenseStore, user_id: str, writes: Sequence[Write], also: Any = (), others: Any = ()
) -> None:
    """Write what erases without what is alongside."""
    if any(each.after for each in writes):
        write_all(self, user_id, writes, also, others)
    else:
        alongside, self._alongside = self._alongside, lambda *_: ()
        try:
            write_all(self, user_id, writes, also)
        finally:
            self._alongside = alongside


def _live_of(self: DynamoDBExpenseStore, user_id: str, limit: int) -> list[Stored]:
    return [stored for stored in any_of(self, user_id, limit) if stored.state.live]


def _ids_by_number(user_id: str, rows: Sequence[Row], _entries: object) -> list[str]:
    return [str(uuid5(NAMESPACE_OID, f"{user_id} {row.line}")) for row in rows]


def _all_done(*arguments: Any) -> ImportReport:
    return {**report_of(*arguments), "done": True, "next_line": None}


def _brought_back(patch: pytest.MonkeyPatch) -> None:
    """What is in the trash counts as gone for an import."""
    states_of, record_all = ExpenseService.states_of, ExpenseService.record_all

    def live_states_of(self: ExpenseService, *arguments: Any) -> dict[str, State]:
        return {key: state for key, state in states_of(self, *arguments).items() if state.live}

    def record_over(self: ExpenseService, *arguments: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(State, "is_expired", lambda state, _now: state.deletion is not None)
            return record_all(self, *arguments)

    patch.setattr(ExpenseService, "states_of", live_states_of)
    patch.setattr(ExpenseService, "record_all", record_over)


FILE_DEFECTS = (
    Defect("a batch disregards its keys", instead("api.expenses.batch._drafts", _drafts_without_keys)),
    Defect("an import knows a line by its number", instead("api.transfer.lines.expense_ids", _ids_by_number)),
    Defect("an import brings back what was deleted", _brought_back),
    Defect("an import says that it is done where it stopped", instead("api.transfer.service._report", _all_done)),
    Defect(
        "an import says that it recorded all", instead("api.transfer.service._row", lambda line, _: row_of(line, None))
    ),
    Defect(
        "an export begins with the newest", instead("api.transfer.operations.replace", lambda filters, **_: filters)
    ),
    Defect("a rename keeps the version", instead("api.expenses.service.moved", _moved_at_the_same_version)),
    Defect("a rename leaves the trash", instead("api.categories.service.CategoryService._move_trash", lambda *_: True)),
    Defect("a rename leaves budgets", instead("api.budgets.service.BudgetService.follow", lambda *_: (False, []))),
    Defect(
        "a rename says that it is done after one step",
        instead(
            "api.categories.service.CategoryService._move_live",
            lambda self, caller, old, new, progress: (
                progress.add(move_some(self._expenses, caller, old, new, Pace())) or True
            ),
        ),
    ),
    Defect(
        "an erasure leaves the totals", instead("api.expenses.store.DynamoDBExpenseStore.write_all", _without_totals)
    ),
    Defect("an erasure leaves the trash", instead("api.expenses.store.DynamoDBExpenseStore.any_of", _live_of)),
    Defect("an erasure leaves budgets", instead("api.erasure.service.ErasureService._erase_records", lambda *_: True)),
    Defect("an erasure leaves the copies of others", instead("api.erasure.store.DynamoDBRecords.epoch", lambda *_: "")),
)
