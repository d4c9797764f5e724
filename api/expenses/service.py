"""The use cases: what a person does with expenses. Knows neither HTTP nor AWS."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, TypeAlias, TypeVar, cast
from uuid import UUID, uuid4, uuid5

from api.deadline import attempts
from api.dynamodb import StoreUnavailable
from api.expenses.currencies import MINOR_UNIT_DIGITS
from api.expenses.errors import ExpenseBusy, ExpenseChanged, ExpenseDeleted, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import Filters, Window
from api.expenses.items import NULLABLE, Position
from api.expenses.rules import entry, today
from api.expenses.search import find
from api.expenses.states import InstantPosition, State, States, deleted, instant, oldest_deletion, recorded
from api.expenses.store import AlreadyRecorded, ExpensesChanged, ExpenseStore, Stored, Write
from api.gateway.caller import Caller
from api.models import Expense, ExpenseCreate, ExpensePage, ExpensePatch
from api.openapi.errors import InvalidRequest
from api.openapi.strict_json import dump

ATTEMPTS = 50
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
"""How often, and after pauses of how many seconds, a change is tried while others change the same expense. Of 50 that
start together one is made at a time, and all within the deadline."""

Done = TypeVar("Done")
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

    def over(self, expired: Stored | None) -> Write:
        """Return its write where there is nothing, or a deletion whose time is over: the version goes on from that."""
        state = self.state
        if expired is not None and state.expense is not None and state.version <= expired.state.version:
            version = expired.state.version + 1
            state = replace(state, version=version, expense={**state.expense, "version": version})
        return Write(expired, state, self.request_digest)


class ExpenseService:
    """All that can be done with expenses.

    Any method may raise `StoreUnavailable`, and those that write also `StorageFull`.
    """

    def __init__(self, store: ExpenseStore, default_currency: str, now: Callable[[], datetime]) -> None:
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
        now = self._now()
        complete = cast(
            "ExpenseCreate",
            {
                **dict.fromkeys(NULLABLE),
                "currency": self._default_currency,
                **new,
                "date": new["date"] if "date" in new else today(now, caller.zone),
            },
        )
        expense = cast(
            "Expense",
            {
                "expense_id": _expense_id(caller.user_id, idempotency_key),
                **complete,
                **entry(complete, given=new),
            },
        )
        return self._record(caller, expense, "" if idempotency_key is None else _digest(expense, given=new))

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

        return _until_done(record)

    def record_all(
        self, caller: Caller, new: Sequence[New], refuse: Callable[[Mapping[int, Stored]], object] = lambda _: None
    ) -> dict[int, Stored]:
        """Record in one transaction every expense, at most `MAX_RECORDED`, whose id is not taken, each id given once.

        Return what there is under the ids that are taken, by position: live or deleted, and never overwritten. What
        `refuse` raises for it leaves all as it was. Each `changed_at` must be of this request, whatever instants the
        expenses have: the change feed relies on it. Raises `ExpenseBusy`.
        """
        found: dict[int, Stored] = {}
        expired: dict[int, Stored] = {}

        def record() -> dict[int, Stored] | None:
            rest = [position for position in range(len(new)) if position not in found]
            try:
                if rest:
                    writes = [new[position].over(expired.get(position)) for position in rest]
                    self._store.write_all(caller.user_id, writes)
            except ExpensesChanged as error:
                now = self._now()
                for number, stored in error.found.items():
                    position = rest[number]
                    expired.pop(position, None)
                    if stored:
                        (expired if stored.state.is_expired(now) else found)[position] = stored
                refuse(found)
                return None
            return found

        return _until_done(record)

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

        return _until_done(write)

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


def _until_done(attempt: Callable[[], Done | None]) -> Done:
    """Return what an attempt returns, made again as long as others were quicker, for which it returns None.

    Raises `ExpenseBusy` where others always were.
    """
    tried = False
    for _ in attempts(ATTEMPTS, first_pause=FIRST_PAUSE, longest_pause=LONGEST_PAUSE):
        tried = True
        done = attempt()
        if done is not None:
            return done
    raise ExpenseBusy if tried else StoreUnavailable("unchanged")


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
