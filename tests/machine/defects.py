"""Defects that a service like this one can have, each planted by replacing one function of `api`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from secrets import token_urlsafe
from typing import Any, NamedTuple, cast

import pytest

import api.changes.progress
import api.dynamodb.calls
import api.dynamodb.table
import api.expenses.service
import api.expenses.states
import api.expenses.store
import api.summaries.cells
import api.summaries.store
from api.budgets.periods import Period, Periods, carried
from api.budgets.store import DynamoDBBudgets
from api.budgets.store import Stored as StoredBudget
from api.dynamodb import Item, ItemExists, StoreUnavailable, Table, TransactItem
from api.dynamodb.calls import write
from api.dynamodb.errors import ConditionFailed
from api.expenses.errors import ExpenseDeleted, ExpenseNotFound
from api.expenses.items import changed_item
from api.expenses.service import ExpenseService, Recorded
from api.expenses.states import State, States
from api.expenses.store import DynamoDBExpenseStore, Stored
from api.models import Expense
from api.summaries.cells import Tallies, Tally

Plant = Callable[[pytest.MonkeyPatch], None]
MaybeExpense = Expense | None
get_budget = DynamoDBBudgets.get


class Defect(NamedTuple):
    """A defect, and what plants it."""

    name: str
    plant: Plant

    def __str__(self) -> str:
        return self.name


def instead(target: str, defective: Any) -> Plant:
    """Return what puts something defective in the place of a function or an attribute."""
    return lambda patch: patch.setattr(target, defective)


def _counts(before_and_after: Callable[[MaybeExpense, MaybeExpense], tuple[MaybeExpense, MaybeExpense]]) -> Plant:
    """Return the defect of cells that are moved for other expenses than those before and after a write."""
    differences = api.summaries.cells.differences

    def defective(before: MaybeExpense, after: MaybeExpense) -> Tallies:
        return differences(*before_and_after(before, after))

    return instead("api.summaries.store.differences", defective)


def _stays(name: str) -> Plant:
    """Return the defect that a change of this property does not reach the cells."""
    return _counts(lambda b, a: (b, cast("Expense", {**a, name: b[name]}) if a and b else a))  # type: ignore[literal-required]


def _purchase(expense: Expense) -> Tally:
    return Tally(spent=expense["amount"], purchases=1)


def _write_twice(patch: pytest.MonkeyPatch) -> None:
    put = Table._put

    def defective(
        self: Table, token: str, item: Item, alongside: Sequence[TransactItem], condition: str, **values: Any
    ) -> None:
        try:
            put(self, token, item, alongside, condition, **values)
        except ConditionFailed as failure:
            if token in failure.item.get("write_tokens", {"S": ""})["S"]:
                for entry in alongside:
                    self._client.update_item(**entry["Update"])
            raise

    patch.setattr(Table, "_put", defective)


def _write_apart(patch: pytest.MonkeyPatch) -> None:
    def defective(
        self: Table, _token: str, item: Item, alongside: Sequence[TransactItem], condition: str, **values: Any
    ) -> None:
        write(
            self._client.put_item,
            TableName=self._name,
            Item=item,
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **values,
        )
        for entry in alongside:
            write(self._client.update_item, **entry["Update"])

    patch.setattr(Table, "_put", defective)


def _insert_without_token(patch: pytest.MonkeyPatch) -> None:
    def defective(self: Table, item: Item, alongside: Sequence[TransactItem] = ()) -> None:
        token = token_urlsafe(8)
        try:
            self._put(token, api.dynamodb.table.stamped(item, token), alongside, "attribute_not_exists(user_id)")
        except ConditionFailed as failure:
            raise ItemExists(failure.item) from None

    patch.setattr(Table, "insert", defective)


def _restored_as_new(expense: Expense, now: datetime) -> State:
    return api.expenses.states.recorded({**expense, "version": 1, "updated_at": api.expenses.states.instant(now)})


def _resurrect(patch: pytest.MonkeyPatch) -> None:
    record = ExpenseService._record

    def defective(self: ExpenseService, caller: Any, content: Expense, request_digest: str) -> Recorded:
        try:
            return record(self, caller, content, request_digest)
        except ExpenseDeleted:
            state = self.apply(
                caller,
                content["expense_id"],
                lambda state, now: api.expenses.states.restored(state.expense, now) if state.expense else state,
            )
            if state.live is None:
                raise
            return Recorded(state.live, is_replay=True)

    patch.setattr(ExpenseService, "_record", defective)


def _keep(item_of: Callable[[Item, State, dict[str, Any]], Mapping[str, Any]]) -> Plant:
    """Return the defect of another item for a changed state, made from the item before and the right one."""
    changed = changed_item
    return instead(
        "api.expenses.store.changed_item", lambda item, state: item_of(item, state, dict(changed(item, state)))
    )


def _without_deletions(patch: pytest.MonkeyPatch) -> None:
    changes = DynamoDBExpenseStore.changes

    def defective(self: DynamoDBExpenseStore, *arguments: Any) -> States:
        found = changes(self, *arguments)
        return States([state for state in found.states if state.live], found.more_after)

    patch.setattr(DynamoDBExpenseStore, "changes", defective)


def _stop_at_a_short_page(patch: pytest.MonkeyPatch) -> None:
    query = Table.query

    def defective(self: Table, index: str | None, **arguments: Any) -> Any:
        response = query(self, index, **arguments)
        if len(response["Items"]) < arguments["Limit"]:
            response.pop("LastEvaluatedKey", None)
        return response

    patch.setattr(Table, "query", defective)


def _record_anew_as_new(patch: pytest.MonkeyPatch) -> None:
    record_anew = DynamoDBExpenseStore.record_anew

    def defective(self: DynamoDBExpenseStore, stored: Stored, state: State, request_digest: str) -> None:
        if state.expense:
            state.expense["version"] = 1
            state = replace(state, version=1)
        record_anew(self, stored, state, request_digest)

    patch.setattr(DynamoDBExpenseStore, "record_anew", defective)


def _always_unchanged(patch: pytest.MonkeyPatch) -> None:
    made = StoreUnavailable.__init__
    patch.setattr(StoreUnavailable, "__init__", lambda self, _outcome, **aws: made(self, "unchanged", **aws))


def _reject_conflicts(patch: pytest.MonkeyPatch) -> None:
    is_transient = api.dynamodb.calls._is_transient
    is_conflict = api.dynamodb.calls._is_conflict
    patch.setattr(api.dynamodb.calls, "_is_transient", lambda error: is_transient(error) and not is_conflict(error))


def _live_at_any_version(state: State, _expected: object = None) -> Expense:
    if state.live is None:
        raise ExpenseNotFound
    return state.live


def _purged_with_a_new_version(state: State) -> State:
    return replace(api.expenses.states.purged(state), version=1)


def _without_keys(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def _forgiving(*arguments: Any) -> Decimal:
    return max(Decimal(0), carried(*arguments))


def _set_for_all(periods: Periods, first: str, period: Period) -> Periods:
    return {min([*periods, first]): period}


def _get_as_new(store: DynamoDBBudgets, *identity: Any) -> StoredBudget:
    stored = get_budget(store, *identity)
    return stored if stored.state.periods else stored._replace(state=replace(stored.state, version=0))


DEFECTS = (
    Defect("a cell is not moved with its date", _stays("date")),
    Defect("a cell is not moved with its currency", _stays("currency")),
    Defect("a cell is not moved with its category", _stays("category")),
    Defect("a cell is not moved with its payment method", _stays("payment_method")),
    Defect("a change of the amount is not added", _stays("amount")),
    Defect("a delete forgets the cell", _counts(lambda b, a: (b if a else None, a))),
    Defect("a restore forgets the cell", _counts(lambda b, a: (b, a if b or not a or a["version"] == 1 else None))),
    Defect("a refund is a purchase", instead("api.summaries.cells.tally_of", _purchase)),
    Defect("a retry adds to the cell twice", _write_twice),
    Defect("the cell is written after the expense", _write_apart),
    Defect("a retried create takes itself for another", _insert_without_token),
    Defect("a write that may be made is reported as not made", _always_unchanged),
    Defect("a conflict of transactions is an internal error", _reject_conflicts),
    Defect(
        "the feed's cursor runs into the last second", instead("api.changes.service.window", lambda _: timedelta(0))
    ),
    Defect("the feed allows for no skew of clocks", instead("api.changes.progress.CLOCK_SKEW_SECONDS", 0)),
    Defect(
        "the feed takes a cursor older than its deletions", instead("api.changes.service.is_expired", lambda *_: False)
    ),
    Defect("the feed has no deletions", _without_deletions),
    Defect(
        "what is deleted for good leaves the feed",
        _keep(lambda _, state, item: item if state.expense else _without_keys(item, "change_key")),
    ),
    Defect(
        "a change keeps its place in the feed",
        _keep(lambda before, _, item: {**item, "change_key": before["change_key"]}),
    ),
    Defect("a restore begins the versions anew", instead("api.trash.service.restored", _restored_as_new)),
    Defect(
        "a delete keeps the version",
        _keep(lambda b, state, item: {**item, "version": b["version"]} if state.deletion else item),
    ),
    Defect("recording anew begins the versions anew", _record_anew_as_new),
    Defect(
        "a purge leaves the content",
        _keep(lambda before, state, item: item if state.expense else {**_without_keys(before, "deletion_key"), **item}),
    ),
    Defect("a purge does nothing", instead("api.trash.service.purged", lambda state: state)),
    Defect(
        "a deleted expense stays in the lists",
        _keep(lambda before, state, item: {"date_key": before.get("date_key"), **item} if state.in_trash else item),
    ),
    Defect("an expired deletion can be restored", instead("api.expenses.states.State.is_expired", lambda *_: False)),
    Defect("the trash shows what has expired", instead("api.expenses.service.oldest_deletion", lambda _: "")),
    Defect("a repeated create resurrects from the trash", _resurrect),
    Defect("If-Match is ignored", instead("api.expenses.service._live", _live_at_any_version)),
    Defect("a list ends at a short page", _stop_at_a_short_page),
    Defect("an overspend is forgiven", instead("api.budgets.status.carried", _forgiving)),
    Defect(
        "carrying begins anew with each amount",
        instead("api.budgets.periods.carries_from", lambda periods, month: max(m for m in periods if m <= month)),
    ),
    Defect("a change of an amount reaches the months before", instead("api.budgets.service.with_period", _set_for_all)),
    Defect("a budget that ends takes its past along", instead("api.budgets.service.without", lambda *_: {})),
    Defect("a deleted budget begins the versions anew", instead("api.budgets.store.DynamoDBBudgets.get", _get_as_new)),
)
