"""Defects of recurrences, each planted by replacing one function of `api`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import api.recurrences.schedule
from api.dynamodb import ItemWrite
from api.expenses.service import ExpenseService
from api.recurrences.due import open_days
from api.recurrences.errors import RecurrenceNotFound
from api.recurrences.items import State
from api.recurrences.schedule import Schedule
from api.recurrences.store import DynamoDBRecurrences
from tests.machine.defects import Defect, instead

day_of, change_of = api.recurrences.schedule._day, DynamoDBRecurrences.change


def _drift(schedule: Schedule, number: int) -> date:
    """Return the day of an occurrence that is counted from the one before."""
    day = schedule.first
    for _ in range(number):
        day = day_of(replace(schedule, first=day), 1)
    return day


def _overflow(schedule: Schedule, number: int) -> date:
    """Return the day of an occurrence whose days beyond the end of a month are of the next one."""
    day = day_of(schedule, number)
    return day + timedelta(days=schedule.first.day - day.day) if schedule.unit in {"month", "year"} else day


def _move_apart(patch: pytest.MonkeyPatch) -> None:
    record_all = ExpenseService.record_all

    def defective(self: ExpenseService, caller: Any, new: Any, others: Sequence[ItemWrite] = ()) -> Any:
        kept = record_all(self, caller, new)
        for change in others:
            assert change.table is not None
            change.table.write_all([change])
        return kept

    patch.setattr(ExpenseService, "record_all", defective)


def _at_any_version(state: State, _expected: object = None) -> Any:
    if state.terms is None:
        raise RecurrenceNotFound
    return state.terms


def _unskipped(state: State) -> Iterator[date]:
    return open_days(replace(state, skipped=()))


def _is_deleted(state: State, _now: datetime) -> bool:
    return state.terms is None


def _never_moved(store: DynamoDBRecurrences, user_id: str, stored: Any, state: State) -> ItemWrite:
    return change_of(store, user_id, stored, replace(state, recorded_through=stored.state.recorded_through))


RECURRENCE_DEFECTS = (
    Defect("occurrences are counted from the one before", instead("api.recurrences.schedule._day", _drift)),
    Defect("the 31st is in the next month", instead("api.recurrences.schedule._day", _overflow)),
    Defect("a skipped occurrence is recorded", instead("api.recurrences.recording.open_days", _unskipped)),
    Defect("a recurrence moves after its expenses", _move_apart),
    Defect(
        "a recurrence does not move with its expenses",
        instead("api.recurrences.store.DynamoDBRecurrences.change", _never_moved),
    ),
    Defect(
        "a repeated request resurrects a recurrence", instead("api.recurrences.items.State.is_expired", _is_deleted)
    ),
    Defect("If-Match of a recurrence is ignored", instead("api.recurrences.service._live", _at_any_version)),
    Defect(
        "a rename leaves recurrences",
        instead("api.recurrences.service.RecurrenceService.follow", lambda *_: (False, [])),
    ),
)
