"""A model of clients that keep a copy by the change feed, while writes land late: what happens, and what must hold.

True time goes on as the steps say. Every clock that anybody reads is at most half of the allowed skew off it, and every
write lands by the function's timeout after it took its instant, often at the end of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias, cast
from uuid import UUID

import pytest
from hypothesis import strategies as st

from api.changes import progress, service
from api.changes.service import ChangeService, CursorExpired
from api.dynamodb import stamped
from api.expenses.items import item_of, state_of
from api.expenses.states import KEPT, InstantPosition, State, States, deleted, instant, purged, recorded, restored
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import Change, Expense
from api.tables import EXPENSES
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import expense

TIMEOUT = 10
SKEW = progress.CLOCK_SKEW_SECONDS
AMINA = Caller("amina", UTC)
START = datetime(2025, 6, 14, 18, 22, 5, 123456, tzinfo=UTC)

Kind: TypeAlias = Literal["record", "change", "delete", "purge", "restore"]


class Wait(NamedTuple):
    """Time goes on. Writes in flight land when their time is up."""

    seconds: float


class Begin(NamedTuple):
    """A write takes its instant, by a clock of its own."""

    kind: Kind
    number: int
    skew: float


class Land(NamedTuple):
    """One of the writes in flight lands, or is lost."""

    which: int
    is_lost: bool


class Page(NamedTuple):
    """A client requests a page."""

    client: int
    limit: int
    skew: float


class Walk(NamedTuple):
    """A client requests pages until it is up to date, while time goes on between them."""

    client: int
    limit: int
    pause: float


class Expire(NamedTuple):
    """DynamoDB deletes what has expired, which it does any time later."""


Step: TypeAlias = Wait | Begin | Land | Page | Walk | Expire

_skews = st.sampled_from([-SKEW / 2, 0, SKEW / 2])
_kinds: st.SearchStrategy[Kind] = st.sampled_from(
    ["record", "record", "change", "change", "delete", "purge", "restore"]
)
_numbers = st.integers(0, 3)
_steps: st.SearchStrategy[Step] = st.one_of(
    *[st.builds(Begin, _kinds, _numbers, _skews)] * 4,
    *[st.builds(Land, st.integers(0, 3), st.sampled_from([False] * 9 + [True]))] * 2,
    *[st.builds(Page, st.integers(0, 1), st.integers(1, 5), _skews)] * 2,
    st.builds(Walk, st.integers(0, 1), st.integers(1, 5), st.sampled_from([0, 0.1, 6])),
    st.builds(Wait, st.sampled_from([0, 1e-6, 0.5, 3, TIMEOUT, TIMEOUT + SKEW, TIMEOUT + SKEW + 1, 60])),
    st.builds(Wait, st.sampled_from([KEPT.total_seconds() * part for part in (0.1, 0.4, 0.6, 0.95, 1)])),
    st.just(Expire()),
)
STEPS = st.integers(1, 60).flatmap(lambda count: st.lists(_steps, min_size=count, max_size=count))


def _done(kind: Kind, number: int) -> list[Step]:
    """A write that lands at once, beside at most one slow one."""
    return [Begin(kind, number, 0), Land(-1, is_lost=False)]


_KEPT = KEPT.total_seconds()
SCENARIOS: dict[str, tuple[list[Step], int]] = {
    "a write that lands after a later one": (
        [Begin("record", 0, 0), Wait(1), *_done("record", 1), Wait(8), Walk(0, 5, 0), Wait(2), Walk(0, 5, 0)],
        100,
    ),
    "a write by the slowest clock that lands at the end of the window": (
        [Begin("record", 0, -SKEW / 2), Wait(TIMEOUT), Page(0, 5, SKEW / 2), Wait(1), Walk(0, 5, 0)],
        100,
    ),
    "a write that lands behind a walk that takes long": (
        [
            *[step for number in range(3) for step in _done("record", number)],
            Wait(60),
            Walk(0, 5, 0),
            Wait(60),
            Begin("change", 0, 0),
            Wait(0.5),
            *_done("change", 1),
            *_done("change", 2),
            Page(0, 1, 0),
            Wait(60),
            Page(0, 1, 0),
            Walk(0, 5, 0),
        ],
        100,
    ),
    "changes of one instant, on pages of one": (
        [Begin("record", 0, 0), Begin("record", 1, 0), Land(0, False), Land(0, False), Wait(60), Walk(0, 1, 0)],
        100,
    ),
    "a deletion": ([*_done("record", 0), Walk(0, 5, 0), *_done("delete", 0), Walk(0, 5, 0)], 100),
    "a deletion that is forgotten": (
        [*_done("record", 0), Walk(0, 5, 0), *_done("delete", 0), Wait(_KEPT + 60), Walk(0, 5, 0)],
        100,
    ),
    "a deletion that is forgotten during a walk": (
        [
            *_done("record", 0),
            *_done("record", 1),
            Walk(0, 5, 0),
            Wait(60),
            *_done("change", 1),
            Wait(1),
            *_done("delete", 0),
            Wait(0.95 * _KEPT),
            Page(0, 1, 0),
            Wait(0.1 * _KEPT),
            Page(0, 1, 0),
        ],
        100,
    ),
    "a first walk through changes of long ago": (
        [*_done("record", 0), *_done("record", 1), Wait(1.1 * _KEPT), Page(0, 1, 0), Page(0, 1, 0)],
        100,
    ),
    "a page of nothing but forgotten deletions": (
        [
            *[step for number in range(2) for step in (*_done("record", number), *_done("delete", number))],
            *_done("record", 2),
            Wait(1.1 * _KEPT),
            Walk(0, 5, 0),
        ],
        1,
    ),
}
"""Steps, and how many states a query finds at most: for every way to miss a change, one in which it would be missed."""


class InFlight(NamedTuple):
    """A write that has not landed: upon which version, what it makes of it, and until when it lands."""

    expected: int
    state: State
    deadline: datetime


@dataclass
class Client:
    """Keeps a copy, and knows what it must find in the feed."""

    copy: dict[str, Change] = field(default_factory=dict)
    """The expenses that it has, by id."""
    cursor: str | None = None
    is_walking: bool = False
    promised: dict[str, int] = field(default_factory=dict)
    """What had landed when the walk began, as versions: all of it is known when the walk is over."""
    walked: set[tuple[str, int]] = field(default_factory=set)
    """What this walk returned."""
    known_since: datetime | None = None
    """When the last walk began that was finished, or else the first one."""
    begun_at: datetime | None = None


class World:
    """The server's expenses, the clients and what is in flight. A broken promise raises `AssertionError`."""

    def __init__(self, largest_query: int) -> None:
        """A query finds at most `largest_query` states, as where DynamoDB reaches its 1 MB."""
        self.now = START
        self._dynamodb = FakeDynamoDB()
        self._store = DynamoDBExpenseStore(cast("Any", self._dynamodb), "expenses", alongside=lambda *_: ())
        self._largest_query = largest_query
        self.in_flight: list[InFlight] = []
        self.clients = (Client(), Client())
        self._reader_skew = 0.0
        self._service = ChangeService(self._states_by_change, lambda _: "", TIMEOUT, self._clock)

    def take(self, step: Step) -> None:
        """Take a step."""
        match step:
            case Wait(seconds):
                self._wait(timedelta(seconds=seconds))
            case Begin(kind, number, skew):
                self._begin(kind, number, skew)
            case Land(which, is_lost):
                if self.in_flight:
                    self._land(self.in_flight.pop(which % len(self.in_flight)), is_lost=is_lost)
            case Page(client, limit, skew):
                self._page(self.clients[client], limit, skew)
            case Walk(client, limit, pause):
                self._walk(self.clients[client], limit, timedelta(seconds=pause))
            case Expire():
                for state in self.states.values():
                    if state.is_expired(self.now - timedelta(seconds=SKEW)):
                        key = EXPENSES.key(AMINA.user_id, state.expense_id)
                        self._dynamodb.delete_item(TableName="expenses", Key=key)

    @property
    def states(self) -> dict[str, State]:
        """What the server has, by id."""
        return {state.expense_id: state for state in map(state_of, self._dynamodb.items)}

    def come_to_rest(self) -> None:
        """Let every write land, every client finish its walk and make one more: its copy is the server's then."""
        self._wait(timedelta(seconds=TIMEOUT + 1))
        for client in self.clients:
            self._walk(client, limit=1)
            self._walk(client, limit=5)
            live = {key: state.live for key, state in self.states.items() if state.live}
            copy = {key: change["expense"] for key, change in client.copy.items()}
            assert copy == live, "the copy is not what the server has"

    def _walk(self, client: Client, limit: int, pause: timedelta = timedelta(0)) -> None:
        pages = 0
        while client.is_walking or not pages:
            self._page(client, limit, skew=0)
            pages += 1
            assert pages <= 4 * (len(self.states) + len(self.in_flight) + 1), "the walk does not end"
            self._wait(pause)

    def _clock(self) -> datetime:
        return self.now + timedelta(seconds=self._reader_skew)

    def _states_by_change(self, caller: Caller, after: InstantPosition, limit: int) -> States:
        return self._store.changes(caller.user_id, min(limit, self._largest_query), after)

    def _wait(self, time: timedelta) -> None:
        until = self.now + time
        for write in sorted(self.in_flight, key=lambda write: write.deadline):
            if write.deadline < until:  # so that a page can come at the same instant, before it
                self.now = max(self.now, write.deadline)
                self.in_flight.remove(write)
                self._land(write, is_lost=False)
        self.now = until

    def _begin(self, kind: Kind, number: int, skew: float) -> None:
        clock = self.now + timedelta(seconds=skew)
        before = self.states.get(_id(number))
        state = _after(kind, number, before, clock)
        if state:
            expected = before.version if before else 0
            self.in_flight.append(InFlight(expected, state, self.now + timedelta(seconds=TIMEOUT)))

    def _land(self, write: InFlight, *, is_lost: bool) -> None:
        before = self.states.get(write.state.expense_id)
        if not is_lost and write.expected == (before.version if before else 0):
            item = stamped(item_of(AMINA.user_id, write.state, request_digest=""), token="token")
            self._dynamodb.put_item(TableName="expenses", Item=item)

    def _page(self, client: Client, limit: int, skew: float) -> None:
        self._reader_skew = skew
        if not client.is_walking:
            client.is_walking, client.walked, client.begun_at = True, set(), self.now
            client.promised = {key: state.version for key, state in self.states.items()}
            client.known_since = client.known_since or self.now
        try:
            page = self._service.changes(AMINA, limit, client.cursor)
        except CursorExpired:
            assert client.known_since
            age = self.now - client.known_since
            assert age >= KEPT - timedelta(seconds=TIMEOUT + 2 * SKEW), "the cursor expired too early"
            client.__init__()  # type: ignore[misc]
            return
        assert page["count"] == len(page["items"]) <= limit
        for change in page["items"]:
            self._apply(client, change)
        client.cursor = page["next_cursor"]
        if page["up_to_date"]:
            client.is_walking, client.known_since = False, client.begun_at
            self._check_copy(client)

    def _apply(self, client: Client, change: Change) -> None:
        key, version = change["expense_id"], change["version"]
        state = self.states[key]
        assert (version, change["deleted"], change.get("expense")) == (state.version, bool(state.deletion), state.live)
        assert not state.is_expired(self._clock()), "an expired deletion is in the feed"
        assert (key, version) not in client.walked, "a state comes twice in a walk"
        client.walked.add((key, version))
        if key in client.copy:
            assert version >= client.copy[key]["version"], "an older state comes later"
        if change["deleted"]:
            client.copy.pop(key, None)
        else:
            client.copy[key] = change

    def _check_copy(self, client: Client) -> None:
        for key, version in client.promised.items():
            state = self.states.get(key)
            known = client.copy[key]["version"] if key in client.copy else None
            if state is None or state.is_expired(self._clock() + timedelta(seconds=SKEW)) or state.version > version:
                continue  # it has changed again, or is long forgotten
            assert known == (state.version if state.live else None), "a change is missed"


def run(steps: Iterable[Step], largest_query: int = 100) -> None:
    """Take steps in a new world, and let it come to rest. Raises `AssertionError` where a promise breaks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "MAX_QUERIES", 2)
        world = World(largest_query)
        for step in steps:
            world.take(step)
        world.come_to_rest()


def _id(number: int) -> str:
    return str(UUID(int=number * 7919 + 1))


def _after(kind: Kind, number: int, before: State | None, clock: datetime) -> State | None:
    """Return what a write makes of a state; None where there is nothing for it to do."""
    if before is None or before.is_expired(clock):
        if kind != "record":
            return None
        return recorded(_expense(number, before.version + 1 if before else 1, clock))
    if before.live:
        if kind == "change":
            return recorded(_expense(number, before.version + 1, clock))
        return deleted(before.live, clock) if kind == "delete" else None
    if before.in_trash:
        if kind == "restore":
            return restored(before.in_trash, clock)
        return purged(before) if kind == "purge" else None
    return None


def _expense(number: int, version: int, clock: datetime) -> Expense:
    at = instant(clock)
    return expense(
        number,
        date(2025, 6, 14),
        expense_id=_id(number),
        version=version,
        notes=f"{version}",
        created_at=at,
        updated_at=at,
    )
