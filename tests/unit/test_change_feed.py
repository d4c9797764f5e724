"""A client that keeps a copy by the change feed never misses a change, whatever lands late and wherever it stops."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from api.changes import progress, service
from api.changes.service import ChangeService, CursorExpired
from api.dynamodb import stamped
from api.expenses.items import item_of, state_of
from api.expenses.states import KEPT, InstantPosition, State, States, deleted, instant, purged, recorded, restored
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import Change
from api.tables import EXPENSES
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import expense

AMINA = Caller("amina", UTC)
TIMEOUT = 10
SKEW = progress.CLOCK_SKEW_SECONDS
LIFE = KEPT.total_seconds()
"""How long a deletion is kept."""

SKEWS = st.sampled_from([-SKEW / 2, 0, SKEW / 2])
SECONDS = [0, 1e-6, 0.5, 3, TIMEOUT, TIMEOUT + SKEW, TIMEOUT + SKEW + 1, 60]
DAYS = [LIFE * part for part in (0.1, 0.4, 0.6, 0.95, 1)]
NUMBERS = st.integers(0, 3)
CLIENTS = st.integers(0, 1)
LIMITS = st.integers(1, 5)


@dataclass
class Client:
    """Keeps a copy, and knows what it must find in the feed."""

    copy: dict[str, Change] = field(default_factory=dict)
    """The expenses that it has, by id."""
    cursor: str | None = None
    is_walking: bool = False
    promised: dict[str, State] = field(default_factory=dict)
    """What had landed when the walk began: all of it is known when the walk is over."""
    walked: set[tuple[str, int]] = field(default_factory=set)
    """What this walk returned."""
    begun_at: datetime | None = None
    known_since: datetime | None = None
    """When the last walk began that was finished, or else the first one."""


class Feed(RuleBasedStateMachine):
    """The server's expenses, two clients that keep a copy, and the writes in flight.

    True time goes on as the rules say. Every clock that anybody reads is at most half of the allowed skew off it, and
    every write lands by the function's timeout after it took its instant, often at the end of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2025, 6, 14, 18, 22, 5, 123456, tzinfo=UTC)
        self.skew = 0.0
        self.largest_query = 100
        self.clients = [Client(), Client()]
        self.in_flight: list[tuple[datetime, int, State]] = []
        """Until when a write lands, upon which version, and what it makes of it; the first one first."""
        self.dynamodb = FakeDynamoDB()
        self.store = DynamoDBExpenseStore(cast("Any", self.dynamodb), "expenses", alongside=lambda *_: ())
        self.service = ChangeService(self._states_by_change, lambda _: "", TIMEOUT, self._clock)

    @initialize(most=st.sampled_from([1, 2, 100]))
    def find_at_most(self, most: int) -> None:
        """A query finds that many states at most, as where DynamoDB reaches its 1 MB."""
        self.largest_query = most

    @rule(number=NUMBERS, is_deletion=st.sampled_from([False, False, True]), skew=SKEWS)
    def begin(self, number: int, *, is_deletion: bool = False, skew: float = 0) -> None:
        """A write takes its instant, by a clock of its own: it records, changes or restores, or else it deletes."""
        clock = self.now + timedelta(seconds=skew)
        made = expense(number, clock.date(), updated_at=instant(clock))
        before = self.states.get(made["expense_id"])
        version = before.version if before else 0
        if before is None or before.is_expired(clock) or (before.live and not is_deletion):
            state = recorded({**made, "version": version + 1, "notes": f"{version}"})
        elif before.live:
            state = deleted(before.live, clock)
        elif before.in_trash and not is_deletion:
            state = restored(before.in_trash, clock)
        else:
            state = purged(before)
        self.in_flight.append((self.now + timedelta(seconds=TIMEOUT), version, state))

    @precondition(lambda self: self.in_flight)
    @rule(which=NUMBERS, is_lost=st.sampled_from([False] * 9 + [True]))
    def land(self, which: int = -1, *, is_lost: bool = False) -> None:
        """One of the writes in flight lands, or is lost."""
        _, version, state = self.in_flight.pop(which % len(self.in_flight))
        before = self.states.get(state.expense_id)
        if not is_lost and version == (before.version if before else 0):
            item = stamped(item_of(AMINA.user_id, state, request_digest=""), token="token")
            self.dynamodb.put_item(TableName="expenses", Item=item)

    @rule(number=NUMBERS, is_deletion=st.sampled_from([False, False, True]))
    def write(self, number: int, *, is_deletion: bool = False) -> None:
        """A write lands at once, beside those that are slow."""
        self.begin(number, is_deletion=is_deletion)
        self.land()

    @rule(seconds=st.sampled_from(SECONDS) | st.sampled_from(DAYS))
    def wait(self, seconds: float) -> None:
        """Time goes on. Writes in flight land when their time is up."""
        until = self.now + timedelta(seconds=seconds)
        while self.in_flight and self.in_flight[0][0] < until:  # so that a page can come at the same instant, before it
            self.now = self.in_flight[0][0]
            self.land(0)
        self.now = until

    @rule()
    def expire(self) -> None:
        """DynamoDB deletes what has expired, which it does any time later."""
        for state in self.states.values():
            if state.is_expired(self.now - timedelta(seconds=SKEW)):
                self.dynamodb.delete_item(TableName="expenses", Key=EXPENSES.key(AMINA.user_id, state.expense_id))

    @rule(number=CLIENTS, limit=LIMITS, skew=SKEWS)
    def page(self, number: int = 0, *, limit: int = 5, skew: float = 0) -> None:
        """A client requests a page."""
        client, self.skew = self.clients[number], skew
        if not client.is_walking:
            client.is_walking, client.walked, client.begun_at = True, set(), self.now
            client.promised = self.states
            client.known_since = client.known_since or self.now
        try:
            page = self.service.changes(AMINA, limit, client.cursor)
        except CursorExpired:
            assert client.known_since
            age = self.now - client.known_since
            assert age >= KEPT - timedelta(seconds=TIMEOUT + 2 * SKEW), "the cursor expired too early"
            self.clients[number] = Client()
            return
        assert page["count"] == len(page["items"]) <= limit
        for change in page["items"]:
            self._apply(client, change)
        client.cursor = page["next_cursor"]
        if page["up_to_date"]:
            client.is_walking, client.known_since = False, client.begun_at
            self._check_copy(client)

    @rule(number=CLIENTS, limit=LIMITS, pause=st.sampled_from([0, 0.1, 6]))
    def walk(self, number: int = 0, *, limit: int = 5, pause: float = 0) -> None:
        """A client requests pages until it is up to date, while time goes on between them."""
        for _ in range(4 * (len(self.states) + len(self.in_flight) + 1)):
            self.page(number, limit=limit)
            self.wait(pause)
            if not self.clients[number].is_walking:
                return
        pytest.fail("the walk does not end")

    def teardown(self) -> None:
        """Let every write land, every client finish its walk and make one more: its copy is the server's then."""
        self.wait(TIMEOUT + 1)
        live = {key: state.live for key, state in self.states.items() if state.live}
        for number in range(len(self.clients)):
            self.walk(number, limit=1)
            self.walk(number)
            copy = {key: change["expense"] for key, change in self.clients[number].copy.items()}
            assert copy == live, "the copy is not what the server has"

    @property
    def states(self) -> dict[str, State]:
        """What the server has, by id."""
        return {state.expense_id: state for state in map(state_of, self.dynamodb.items)}

    def _clock(self) -> datetime:
        return self.now + timedelta(seconds=self.skew)

    def _states_by_change(self, caller: Caller, after: InstantPosition, limit: int) -> States:
        return self.store.changes(caller.user_id, min(limit, self.largest_query), after)

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
        states = self.states
        for key, promised in client.promised.items():
            state = states.get(key)
            if state is None or state.is_expired(self._clock() + timedelta(seconds=SKEW)):
                continue  # it is long forgotten
            if (state.version, state.changed_at) != (promised.version, promised.changed_at):
                continue  # it has changed again, or is recorded anew
            known = client.copy[key]["version"] if key in client.copy else None
            assert known == (state.version if state.live else None), "a change is missed"


def land_after_a_later_write(feed: Feed) -> None:
    feed.begin(0)
    feed.wait(1)
    feed.write(1)
    feed.wait(8)
    feed.walk()
    feed.wait(2)
    feed.walk()


def land_at_the_end_of_the_window_by_the_slowest_clock(feed: Feed) -> None:
    feed.begin(0, skew=-SKEW / 2)
    feed.wait(TIMEOUT)
    feed.page(skew=SKEW / 2)
    feed.wait(1)
    feed.walk()


def land_behind_a_walk_that_takes_long(feed: Feed) -> None:
    for number in range(3):
        feed.write(number)
    feed.wait(60)
    feed.walk()
    feed.wait(60)
    feed.begin(0)
    feed.wait(0.5)
    feed.write(1)
    feed.write(2)
    for seconds in (60, 60, 0):
        feed.page(limit=1)
        feed.wait(seconds)
    feed.walk()


def forget_a_deletion_during_a_walk(feed: Feed) -> None:
    feed.write(0)
    feed.write(1)
    feed.walk()
    feed.wait(60)
    feed.write(1)
    feed.wait(1)
    feed.write(0, is_deletion=True)
    feed.wait(0.95 * LIFE)
    feed.page(limit=1)
    feed.wait(0.1 * LIFE)
    feed.page(limit=1)


def read_a_page_of_nothing_but_forgotten_deletions(feed: Feed) -> None:
    feed.find_at_most(1)
    for number in range(2):
        feed.write(number)
        feed.write(number, is_deletion=True)
    feed.write(2)
    feed.wait(1.1 * LIFE)
    feed.walk()


SCENARIOS: list[Callable[[Feed], None]] = [
    land_after_a_later_write,
    land_at_the_end_of_the_window_by_the_slowest_clock,
    land_behind_a_walk_that_takes_long,
    forget_a_deletion_during_a_walk,
    read_a_page_of_nothing_but_forgotten_deletions,
]
"""Each way to miss a change is in one of them."""


def follow(scenario: Callable[[Feed], None]) -> None:
    """Let it happen, and every client come to rest."""
    feed = Feed()
    scenario(feed)
    feed.teardown()


def run(examples: int) -> None:
    """Let anything happen."""
    options = settings(max_examples=examples, stateful_step_count=60, deadline=None)
    run_state_machine_as_test(Feed, settings=options)


@pytest.fixture(autouse=True)
def few_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page ends after two queries that found nothing."""
    monkeypatch.setattr(service, "MAX_QUERIES", 2)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_client_that_follows_the_feed_never_misses(scenario: Callable[[Feed], None]) -> None:
    follow(scenario)


def test_a_client_that_follows_the_feed_never_misses_a_change() -> None:
    run(examples=60)


@pytest.mark.fuzz
def test_a_client_never_misses_a_change_for_long() -> None:
    run(examples=3000)
