"""The use cases of recurrences. What is due is recorded by the service of expenses, together with its totals."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from api import cursors
from api.dynamodb import MAX_ACTIONS, StoreUnavailable, until_done
from api.expenses.service import ExpenseService
from api.expenses.states import instant
from api.gateway.caller import Caller
from api.models import (
    OccurrencePage,
    RecordedDue,
    Recurrence,
    RecurrenceCreate,
    RecurrencePage,
    RecurrencePatch,
)
from api.openapi.errors import InvalidRequest, Violation
from api.openapi.strict_json import dump
from api.recurrences import terms
from api.recurrences.due import open_occurrences
from api.recurrences.errors import (
    RecurrenceBusy,
    RecurrenceChanged,
    RecurrenceDeleted,
    RecurrenceKeyReused,
    RecurrenceNotFound,
    TooManyRecurrences,
)
from api.recurrences.items import State
from api.recurrences.pages import due_position, listed_position, position_of, shown, shown_occurrence
from api.recurrences.recording import Recorder
from api.recurrences.store import MAX_FORGOTTEN, DynamoDBRecurrences, Stored
from api.recurrences.terms import Terms

MOST = 500
"""How many recurrences a user has at the most: all of them are read to find what is due."""
FARTHEST = timedelta(days=366)
"""How far a look ahead reaches at the most."""

_REQUIRED = "is required, because the token's zoneinfo claim is not a known time zone"
_EASTERNMOST = timezone(timedelta(hours=14))
_LIST = "recurrences"
"""What the cursors of the list belong to."""
_KEYED = UUID("7d0c9a52-3e5b-4b0c-8f39-52a4a6d5a1c6")
"""The namespace of the ids that idempotency keys lead to. Changing it would make retries make another recurrence."""


class Made(NamedTuple):
    """A recurrence, and whether an earlier request with the same key had made it."""

    recurrence: Recurrence
    is_replay: bool


class RecurrenceService:
    """All that can be done with recurrences. Any method may raise `StoreUnavailable`."""

    def __init__(
        self, store: DynamoDBRecurrences, expenses: ExpenseService, default_currency: str, now: Callable[[], datetime]
    ) -> None:
        """`now` returns the time, with its zone."""
        self._store = store
        self._recorder = Recorder(store, expenses, now)
        self._default_currency = default_currency
        self._now = now

    def make(self, caller: Caller, new: RecurrenceCreate, idempotency_key: str | None) -> Made:
        """Make a recurrence, once for each key.

        Raises `InvalidRequest`, `RecurrenceKeyReused`, `RecurrenceDeleted`, `TooManyRecurrences` and `RecurrenceBusy`.
        """
        content = terms.complete(new, self._default_currency)
        recurrence_id = _recurrence_id(caller.user_id, idempotency_key)
        through = new.get("recorded_through")
        given = {**content, "recorded_through": through}
        request_digest = "" if idempotency_key is None else _digest(given, given=new)

        def make() -> Made | None:
            now = self._now()
            known = self._store.all_of(caller.user_id)
            expired = [each for each in known if each.state.is_expired(now)]
            upon = next((each for each in known if each.state.recurrence_id == recurrence_id), None)
            if upon and upon not in expired:
                return Made(_replayed(upon, request_digest), is_replay=True)
            if len(known) - len(expired) >= MOST:
                raise TooManyRecurrences(MOST)
            version = upon.state.version + 1 if upon else 1
            recorded_through = None if through is None else date.fromisoformat(through)
            state = State(recurrence_id, version, instant(now), instant(now), content, recorded_through)
            forgotten = [each for each in expired if each is not upon][:MAX_FORGOTTEN]
            is_done = self._store.add(caller.user_id, state, request_digest, upon, forgotten)
            return Made(_recurrence(state), is_replay=False) if is_done else None

        return until_done(make, RecurrenceBusy)

    def violations(self, new: Mapping[str, Any]) -> list[Violation]:
        """Return what is against the rules in a new recurrence that is not valid."""
        return terms.partial_terms_violations(new, self._default_currency)

    def look_up(self, caller: Caller, recurrence_id: str) -> Recurrence:
        """Return a recurrence. Raises `RecurrenceNotFound`."""
        state = self._store.get(caller.user_id, recurrence_id).state
        _live(state)
        return _recurrence(state)

    def find(self, caller: Caller, limit: int, cursor: str | None) -> RecurrencePage:
        """Return a page of recurrences, in the order in which they were made. Raises `InvalidRequest`."""
        after = ("", "") if cursor is None else cursors.decode(_LIST, cursor, listed_position)
        states = sorted(self._states(caller), key=position_of)
        rest = [state for state in states if position_of(state) > after]
        items = [_recurrence(state) for state in rest[:limit]]
        next_cursor = cursors.encode(_LIST, position_of(rest[limit - 1])) if len(rest) > limit else None
        return {"items": items, "count": len(items), "next_cursor": next_cursor}

    def change(
        self, caller: Caller, recurrence_id: str, patch: RecurrencePatch, expected: Collection[int] | None = None
    ) -> Recurrence:
        """Change the properties that a patch gives, at any version or only at one that is expected.

        Raises `InvalidRequest`, `RecurrenceNotFound`, `RecurrenceChanged`, and `RecurrenceBusy` when others keep
        changing it.
        """

        def changed(state: State) -> State:
            before = _live(state, expected)
            content, skipped = terms.changed(before, patch, state.skipped, state.recorded_through)
            return replace(state, terms=content, skipped=skipped)

        return _recurrence(self._apply(caller, recurrence_id, changed))

    def remove(self, caller: Caller, recurrence_id: str, expected: Collection[int] | None = None) -> None:
        """Delete a recurrence, at any version or only at one that is expected.

        Raises `RecurrenceNotFound`, `RecurrenceChanged`, and `RecurrenceBusy` when others keep changing it.
        """

        def deleted(state: State) -> State:
            _live(state, expected)
            return replace(state, terms=None, recorded_through=None, skipped=())

        self._apply(caller, recurrence_id, deleted)

    def due(self, caller: Caller, until: str | None, limit: int, cursor: str | None) -> OccurrencePage:
        """Return a page of the occurrences that are not recorded, up to a day or with None to today.

        Raises `InvalidRequest` for the cursor and for a day that is too far ahead, or missing where today is not known.
        """
        query = f"occurrences until {until or 'today'}"
        after = None if cursor is None else cursors.decode(query, cursor, due_position)
        today = self._today(caller)
        last = _last_day(until, today, Violation("query", "until", _REQUIRED))
        farthest = self._latest_today(caller) + FARTHEST
        if last > farthest:
            raise InvalidRequest([Violation("query", "until", f"must be {farthest} or earlier, 366 days from today")])
        found = list(islice(open_occurrences(self._states(caller), last, after), limit + 1))
        items = [shown_occurrence(position, _live(state)) for position, state in found[:limit]]
        next_cursor = cursors.encode(query, found[limit - 1][0]) if len(found) > limit else None
        return {
            "today": today.isoformat() if today else None,
            "items": items,
            "count": len(items),
            "next_cursor": next_cursor,
        }

    def record(self, caller: Caller, until: str | None) -> RecordedDue:
        """Record occurrences that are due by a day or with None by today, so many as one request may, each once.

        Raises `InvalidRequest` for a day that is still to come, or missing where today is not known, and only where
        nothing was recorded, `StorageFull` and `ExpenseBusy`.
        """
        last = _last_day(until, self._today(caller), Violation("body", "/until", _REQUIRED))
        latest = self._latest_today(caller)
        if last > latest:
            message = f"must be {latest} or earlier: an occurrence is recorded when its day has come"
            raise InvalidRequest([Violation("body", "/until", message)])
        return self._recorder.record(caller, self._store.all_of(caller.user_id), last)

    def follow(self, user_id: str, old: str, new: str) -> tuple[bool, list[str]]:
        """Let recurrences of a category that is renamed be of the new one; return whether any was, and no notice."""
        moved = 0

        def move() -> bool | None:
            nonlocal moved
            changes = self._of_category(user_id, old, new)
            for at in range(0, len(changes), MAX_ACTIONS):
                part = changes[at : at + MAX_ACTIONS]
                if not self._store.replace_all(user_id, part):
                    return None
                moved += len(part)
            return True

        try:
            until_done(move, RecurrenceBusy)
        except (StoreUnavailable, RecurrenceBusy) as error:
            if isinstance(error, StoreUnavailable) and not moved:
                raise
            raise StoreUnavailable("unknown" if moved else "unchanged") from error
        return bool(moved), []

    def _of_category(self, user_id: str, category: str, new: str) -> list[tuple[Stored, State]]:
        """Return the recurrences of a category, each with its state in another one."""
        now = instant(self._now())
        return [
            (stored, replace(state, terms={**state.terms, "category": new}, version=state.version + 1, updated_at=now))
            for stored in self._store.all_of(user_id)
            if (state := stored.state).terms and state.terms["category"] == category
        ]

    def _states(self, caller: Caller) -> list[State]:
        """Return the state of each recurrence that is not deleted."""
        return [each.state for each in self._store.all_of(caller.user_id) if each.state.terms]

    def _apply(self, caller: Caller, recurrence_id: str, transition: Callable[[State], State]) -> State:
        """Read what there is under an id and write what a transition makes of it, again while others are quicker."""

        def write() -> State | None:
            stored = self._store.get(caller.user_id, recurrence_id)
            after = transition(stored.state)
            after = replace(after, version=stored.state.version + 1, updated_at=instant(self._now()))
            return after if self._store.replace(caller.user_id, stored, after) else None

        return until_done(write, RecurrenceBusy)

    def _today(self, caller: Caller) -> date | None:
        """Return the caller's day; None where their time zone is not known."""
        return None if caller.zone is None else self._now().astimezone(caller.zone).date()

    def _latest_today(self, caller: Caller) -> date:
        """Return the caller's day, or the latest one that it is anywhere."""
        return self._now().astimezone(caller.zone or _EASTERNMOST).date()


def _live(state: State, expected: Collection[int] | None = None) -> Terms:
    """Return what a recurrence says. Raises `RecurrenceNotFound`, and `RecurrenceChanged` at another version."""
    if state.terms is None:
        raise RecurrenceNotFound
    if expected is not None and state.version not in expected:
        raise RecurrenceChanged(state.version)
    return state.terms


def _replayed(stored: Stored, request_digest: str) -> Recurrence:
    """Return what an earlier request with the same key made. Raises `RecurrenceKeyReused` and `RecurrenceDeleted`."""
    if stored.request_digest != request_digest:
        raise RecurrenceKeyReused
    if stored.state.terms is None:
        raise RecurrenceDeleted
    return _recurrence(stored.state)


def _last_day(until: str | None, today: date | None, missing: Violation) -> date:
    """Return the day that is given, or today. Raises `InvalidRequest` where there is neither."""
    if until is not None:
        return date.fromisoformat(until)
    if today is None:
        raise InvalidRequest([missing])
    return today


def _recurrence(state: State) -> Recurrence:
    return shown(state, _live(state))


def _digest(content: Mapping[str, object], given: Collection[str]) -> str:
    """Return a digest of what a request gives, the same however it is written."""
    kept = {name: value for name, value in sorted(content.items()) if name in given}
    return blake2b(dump(kept).encode(), digest_size=16).hexdigest()


def _recurrence_id(user_id: str, idempotency_key: str | None) -> str:
    """Return a new id, or the id that this key of this user always leads to."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_KEYED, f"{user_id}\n{idempotency_key}"))
