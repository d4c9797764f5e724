"""The use cases: what a person does with expenses. Knows neither HTTP nor AWS."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast
from uuid import UUID, uuid4, uuid5

from api.dynamodb import ItemWrite, TransactItem, until_done
from api.expenses.currencies import MINOR_UNIT_DIGITS
from api.expenses.errors import ExpenseBusy, ExpenseChanged, ExpenseDeleted, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import Filters, Window
from api.expenses.pace import Pace
from api.expenses.rules import entry, expense_of, partial_violations, today
from api.expenses.search import find
from api.expenses.states import InstantPosition, State, States, deleted, instant, moved, oldest_deletion, recorded
from api.expenses.store import (
    MAX_CHANGED,
    MAX_ERASED,
    AlreadyRecorded,
    DynamoDBExpenseStore,
    ExpensesChanged,
    Stored,
    Write,
)
from api.gateway.caller import Caller
from api.models import Expense, ExpenseCreate, ExpensePage, ExpensePatch
from api.openapi.errors import InvalidRequest, Violation
from api.openapi.strict_json import dump

if TYPE_CHECKING:
    from api.expenses.items import Position

Transition: TypeAlias = Callable[[State, datetime], State]
"""Makes the next state of an expense at an instant from the one before."""


class Recorded(NamedTuple):
    """A recorded expense, and whether an earlier request with the same key had recorded it."""

    expense: Expense
    is_replay: bool


class New(NamedTuple):
    """An expense to record under the id that it has, with the digest of the request by an idempotency key if any."""

    state: State
    request_digest: str = ""

    def over(self, expired: Stored | None) -> State:
        """Return the state as it follows on nothing, or on a deletion whose time is over: the version goes on."""
        state = self.state
        if expired is None or state.expense is None or state.version > expired.state.version:
            return state
        version = expired.state.version + 1
        return replace(state, version=version, expense={**state.expense, "version": version})


class Kept(NamedTuple):
    """What there is under an id once all are recorded, and whether it was there before."""

    state: State
    was_there: bool


class ExpenseService:
    """All that can be done with expenses.

    Any method may raise `StoreUnavailable`, and those that write also `StorageFull`.
    """

    def __init__(self, store: DynamoDBExpenseStore, default_currency: str, now: Callable[[], datetime]) -> None:
        """`now` returns the time, with its zone. Raises `ValueError` for a currency that ISO 4217 does not have."""
        if default_currency not in MINOR_UNIT_DIGITS:
            raise ValueError(f"DEFAULT_CURRENCY is {default_currency}; it must be an ISO 4217 code such as EUR.")
        self._store = store
        self._default_currency = default_currency
        self._now = now

    def record(self, caller: Caller, new: ExpenseCreate, idempotency_key: str | None) -> Recorded:
        """Record an expense, once for each key.

        Raises `InvalidRequest`, `IdempotencyKeyReused`, `ExpenseDeleted`, and `ExpenseBusy`.
        """
        new_expense = self.draft(caller, new, idempotency_key)
        return self._record(caller, cast("Expense", new_expense.state.expense), new_expense.request_digest)

    def draft(self, caller: Caller, new: ExpenseCreate, idempotency_key: str | None) -> New:
        """Return the expense that a request is to record, with nothing left out. Raises `InvalidRequest`."""
        now = self._now()
        day, violations = _day(caller, new, now)
        complete = cast("ExpenseCreate", {"currency": self._default_currency, **new, "date": day})
        try:
            said = entry(complete, given=new)
        except InvalidRequest as error:
            violations += error.violations
        if violations:
            raise InvalidRequest(violations)
        expense = expense_of(_expense_id(caller.user_id, idempotency_key), said, instant(now), instant(now))
        return New(recorded(expense), "" if idempotency_key is None else _digest(expense, given=new))

    def violations(self, caller: Caller, new: Mapping[str, Any]) -> list[Violation]:
        """Return what is against the rules in a new expense that is not valid; `INVALID` is in place of what is not."""
        now = self._now()
        day, violations = _day(caller, new, now)
        return violations + partial_violations(new, self._default_currency, day)

    def _record(self, caller: Caller, content: Expense, request_digest: str) -> Recorded:
        """Record an expense unless its id is taken; an expired deletion leaves nothing behind but the version."""
        expired: Stored | None = None
        version = 1

        def record() -> Recorded | None:
            nonlocal expired, version
            now = self._now()
            expense: Expense = {**content, "version": version, "created_at": instant(now), "updated_at": instant(now)}
            try:
                if expired is None:
                    self._store.add(caller.user_id, recorded(expense), request_digest)
                else:
                    self._store.record_anew(expired, recorded(expense), request_digest)
            except AlreadyRecorded as earlier:
                state = earlier.stored.state
                if state.is_expired(now):
                    expired, version = earlier.stored, state.version + 1
                    return None
                if earlier.stored.request_digest != request_digest:
                    raise IdempotencyKeyReused from None
                if state.live is None:
                    raise ExpenseDeleted from None
                return Recorded(state.live, is_replay=True)
            except (ExpenseNotFound, ExpenseChanged):  # DynamoDB deleted it, or another request recorded it anew
                expired = None
                return None
            return Recorded(expense, is_replay=False)

        return until_done(record, ExpenseBusy)

    def record_all(
        self,
        caller: Caller,
        new: Sequence[New],
        refuse: Callable[[Mapping[int, Stored]], object] = lambda _: None,
        others: Sequence[ItemWrite] = (),
    ) -> list[Kept]:
        """Record in one transaction every expense, at most `MAX_RECORDED`, whose id is not taken, each id given once.

        Return what there is afterwards under each id, in order; what was there, live or deleted, is never overwritten.
        What `refuse` raises for that, given by position, leaves all as it was. Each `changed_at` must be of this
        request, whatever instants the expenses have: the change feed relies on it. `others` are writes of items
        elsewhere that are made if and only if this is done. Raises `ExpenseBusy`, and `OthersChanged` where these could
        not be made.
        """
        found: dict[int, Stored] = {}
        expired: dict[int, Stored] = {}

        def record() -> list[Kept] | None:
            states = {at: each.over(expired.get(at)) for at, each in enumerate(new) if at not in found}
            writes = [Write(expired.get(at), state, new[at].request_digest) for at, state in states.items()]
            try:
                if writes or others:
                    self._store.write_all(caller.user_id, writes, others=others)
            except ExpensesChanged as error:
                now, positions = self._now(), list(states)
                for number, stored in error.found.items():
                    expired.pop(positions[number], None)
                    if stored:
                        (expired if stored.state.is_expired(now) else found)[positions[number]] = stored
                refuse(found)
                return None
            return [
                Kept(found[at].state, was_there=True) if at in found else Kept(states[at], was_there=False)
                for at in range(len(new))
            ]

        return until_done(record, ExpenseBusy)

    def look_up(self, caller: Caller, expense_id: str) -> Expense:
        """Return a live expense. Raises `ExpenseNotFound`."""
        return _live(self._store.get(caller.user_id, expense_id).state)

    def states_of(self, caller: Caller, expense_ids: Collection[str]) -> dict[str, State]:
        """Return what there is now under at most 100 ids, live or deleted, by id."""
        now = self._now()
        stored = self._store.get_all(caller.user_id, expense_ids)
        return {expense_id: each.state for expense_id, each in stored.items() if not each.state.is_expired(now)}

    def find(self, caller: Caller, filters: Filters, limit: int, cursor: str | None) -> ExpensePage:
        """Return a page of expenses. Raises `InvalidRequest` for filters or a cursor that are not valid."""
        violations = filters.violations()
        if violations:
            raise InvalidRequest(violations)
        return find(self._store, caller.user_id, filters, limit, cursor)

    def change(
        self, caller: Caller, expense_id: str, patch: ExpensePatch, expected: Collection[int] | None = None
    ) -> Expense:
        """Change the properties that a patch gives, at any version or only at one that is expected.

        Raises `InvalidRequest`, `ExpenseNotFound`, `ExpenseChanged`, and `ExpenseBusy` when others keep changing it.
        """

        def changed(state: State, now: datetime) -> State:
            before = _live(state, expected)
            merged = cast("Expense", {**before, **patch})
            return recorded(
                {
                    **merged,
                    **entry(cast("ExpenseCreate", merged), given=patch),
                    "version": state.version + 1,
                    "updated_at": instant(now),
                }
            )

        return _live(self.apply(caller, expense_id, changed))

    def remove(self, caller: Caller, expense_id: str, expected: Collection[int] | None = None) -> None:
        """Move an expense to the trash, at any version or only at one that is expected.

        Raises `ExpenseNotFound`, `ExpenseChanged`, and `ExpenseBusy` when others keep changing it.
        """
        self.apply(caller, expense_id, lambda state, now: deleted(_live(state, expected), now))

    def apply(self, caller: Caller, expense_id: str, transition: Transition) -> State:
        """Read what there is under an id and write what a transition makes of it, again while others write in between.

        The same state is not written. Raises `ExpenseNotFound`, `ExpenseBusy`, and what the transition raises.
        """

        def write() -> State | None:
            stored, now = self._store.get(caller.user_id, expense_id), self._now()
            if stored.state.is_expired(now):
                raise ExpenseNotFound
            state = transition(stored.state, now)
            try:
                if state is not stored.state:
                    self._store.replace(stored, state)
            except ExpenseChanged:
                return None
            return state

        return until_done(write, ExpenseBusy)

    def latest_before(self, caller: Caller, category: str | None) -> Expense | None:
        """Return the latest expense of the last category that sorts before this one, or of the last one of all."""
        return self._store.latest_before(caller.user_id, category)

    def move_some(self, caller: Caller, category: str, to: str, pace: Pace) -> int:
        """Move at most `MAX_CHANGED` live expenses of one category to another, in one transaction; return how many.

        Raises `ExpenseBusy`.
        """

        def move() -> int | None:
            now = self._now()
            found = self._store.in_category(caller.user_id, category, MAX_CHANGED)
            try:
                if found:
                    self._store.write_all(caller.user_id, [Write(each, moved(each.state, to, now)) for each in found])
            except ExpensesChanged:
                return None
            pace.add((each.state.expense for each in found if each.state.expense), entries=5, cells=2)
            return len(found)

        return until_done(move, ExpenseBusy)

    def erase_some(self, caller: Caller, mark: TransactItem, pace: Pace) -> int:
        """Erase some of what there is, deletions too, in one transaction with a mark of it; return how many.

        0 is that there is nothing left. Raises `ExpenseBusy`.
        """

        def erase() -> int | None:
            found = self._store.any_of(caller.user_id, MAX_ERASED)
            try:
                if found:
                    self._store.write_all(caller.user_id, [Write(each, after=None) for each in found], [mark])
            except ExpensesChanged:
                return None
            pace.add((each.state.expense for each in found if each.state.expense), entries=3, cells=1)
            return len(found)

        return until_done(erase, ExpenseBusy)

    def has_any(self, caller: Caller) -> bool:
        """Return whether there is anything under any id, be it a deletion."""
        return bool(self._store.any_of(caller.user_id, 1))

    def in_trash(self, caller: Caller, limit: int, after: InstantPosition | None = None) -> States:
        """Return at most `limit` deleted expenses that can be restored, the latest deletion first."""
        return self._store.deletions(caller.user_id, oldest_deletion(self._now()), limit, after)

    def changes_after(self, caller: Caller, after: InstantPosition, limit: int) -> States:
        """Return at most `limit` states of live and deleted expenses, expired ones too, the earliest change first."""
        return self._store.changes(caller.user_id, limit, after)

    def of_days(self, caller: Caller, window: Window, category: str | None, limit: int) -> list[Expense]:
        """Return the first expenses of a span of days, at most `limit` of them, of one category or of all."""
        found: list[Expense] = []
        after: Position | None = None
        while len(found) < limit:
            part = self._store.query(
                caller.user_id, category, window, newest_first=False, limit=limit - len(found), after=after
            )
            found += part.expenses
            after = part.more_after
            if after is None:
                break
        return found


def _day(caller: Caller, new: Mapping[str, Any], now: datetime) -> tuple[str, list[Violation]]:
    """Return the date of a new expense, and why there is none if it says none and the caller's is not known."""
    if "date" in new:
        return new["date"], []
    try:
        return today(now, caller.zone), []
    except InvalidRequest as error:
        return now.date().isoformat(), [*error.violations]


def _live(state: State, expected: Collection[int] | None = None) -> Expense:
    """Return the live expense of a state. Raises `ExpenseNotFound`, and `ExpenseChanged` at another version."""
    if state.live is None:
        raise ExpenseNotFound
    if expected is not None and state.version not in expected:
        raise ExpenseChanged(state.version)
    return state.live


def _digest(expense: Expense, given: Collection[str]) -> str:
    """Return a digest of what a request gives, the same however it is written."""
    content = {name: value for name, value in sorted(expense.items()) if name in given}
    return blake2b(dump(content).encode(), digest_size=16).hexdigest()


def _expense_id(user_id: str, idempotency_key: str | None) -> str:
    """Return a new id, or the id that this key of this user always leads to."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_KEYED, f"{user_id}\n{idempotency_key}"))


_KEYED = UUID("5a0f6f5e-2c0b-4d4f-9d0e-6e0c1b7a9f42")
"""The namespace of the ids that idempotency keys lead to. Changing it would make retries record again."""
