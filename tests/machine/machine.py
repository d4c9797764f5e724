"""Anything that users can do, in any order, with anything that can go wrong in between."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.figures import FIGURES
from tests.machine.budgets import BudgetRules
from tests.machine.draws import FAULTS, PRECONDITIONS, USERS
from tests.machine.faults import Fault
from tests.machine.files import FileRules
from tests.machine.ledger import expiry
from tests.machine.recurrences import RecurrenceRules
from tests.machine.world import World

CATEGORIES = ["Food", "Rent", "Food#2025-06", "%23"]
METHODS = ["Cash", "Card#"]
DATES = ["2025-06-14", "2025-06-30", "2025-07-01", "2024-06-14", "2025-05-31"]
CURRENCIES = ["EUR", "USD", "JPY"]
AMOUNTS = [Decimal(amount) for amount in ("0", "12.5", "-3.2", "0.1", "0.2", "-7", "100", "9999999999999.99")]

BODIES = st.fixed_dictionaries(
    {
        "category": st.sampled_from(CATEGORIES),
        "amount": st.sampled_from(AMOUNTS),
        "payment_method": st.sampled_from(METHODS),
    },
    optional={
        "date": st.sampled_from(DATES),
        "currency": st.sampled_from(CURRENCIES),
        "notes": st.sampled_from([None, "paid early"]),
    },
)
MOVES: Mapping[str, Sequence[object]] = {
    "category": CATEGORIES,
    "amount": AMOUNTS,
    "payment_method": METHODS,
    "date": DATES,
    "currency": CURRENCIES,
    "notes": [None, "paid late"],
}
PATCHES = st.one_of(
    *(st.fixed_dictionaries({name: st.sampled_from(values)}) for name, values in MOVES.items()),
    BODIES,
)
WHICH = st.integers(0, 5)
"""Which of a user's expenses, counted from the newest."""
KEYS = st.sampled_from(["a", "b", "c"])
SPANS = st.sampled_from(
    [
        timedelta(microseconds=1),
        timedelta(seconds=1),
        timedelta(seconds=40),
        timedelta(days=1),
        timedelta(days=16),
        timedelta(days=31),
    ]
)
BEHIND = st.sampled_from([0, 0, 1, 5])
SLOW = st.sampled_from([0, 1, 5, 9, 10])
"""By how many seconds a Lambda's clock is behind, and how long a write takes: within what the feed allows for."""


class Machine(BudgetRules, RecurrenceRules, FileRules, RuleBasedStateMachine):
    """Each rule is one request, or something that happens to the service; then every user looks at everything."""

    new_world: ClassVar[Callable[[], World]]

    @initialize(honours_tokens=st.booleans())
    def begin(self, honours_tokens: bool) -> None:
        self.world = type(self).new_world()
        self.world.dynamodb.honours_tokens = honours_tokens

    @rule(who=USERS, body=BODIES, key=st.one_of(st.none(), KEYS), faults=FAULTS)
    def create(self, who: int, body: Mapping[str, Any], key: str | None, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        self.world.create(self._user(who), body, key)

    @rule(who=USERS, bodies=st.lists(BODIES, min_size=2, max_size=4))
    def create_some(self, who: int, bodies: Collection[Mapping[str, Any]]) -> None:
        self._suffer(())
        for body in bodies:
            self.world.create(self._user(who), body)

    @rule(who=USERS, key=KEYS, faults=FAULTS)
    def repeat(self, who: int, key: str, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        self.world.repeat(self._user(who), key)

    @rule(who=USERS, which=WHICH, patch=PATCHES, at=PRECONDITIONS, faults=FAULTS)
    def change(self, who: int, which: int, patch: Mapping[str, Any], at: str, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        user, expense_id = self._user(who), self._expense(who, which)
        self.world.change(user, expense_id, patch, self._versions(user, expense_id, at))

    @rule(who=USERS, which=WHICH, at=PRECONDITIONS, faults=FAULTS)
    def delete(self, who: int, which: int, at: str, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        user, expense_id = self._user(who), self._expense(who, which)
        self.world.delete(user, expense_id, self._versions(user, expense_id, at))

    @rule(who=USERS, key=KEYS, faults=FAULTS, seconds=st.sampled_from([None, -1, 0, 1]))
    def delete_what_a_key_recorded(self, who: int, key: str, faults: Collection[Fault], seconds: int | None) -> None:
        """Delete it, and perhaps come back so many seconds after it has expired."""
        user = self._user(who)
        if expense_id := self.world.ledgers[user].by_key.get(key):
            self._suffer(faults)
            self.world.delete(user, expense_id)
            record = self.world.ledgers[user].records.get(expense_id)
            if seconds is not None and record and record.deleted_at:
                self.world.clock.now = max(self.world.now, expiry(record.deleted_at) + timedelta(seconds=seconds))

    @rule(who=USERS, which=WHICH, faults=FAULTS)
    def restore(self, who: int, which: int, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        self.world.restore(self._user(who), self._expense(who, which))

    @rule(who=USERS, which=WHICH, faults=FAULTS)
    def purge(self, who: int, which: int, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        self.world.purge(self._user(who), self._expense(who, which))

    @rule(who=USERS, faults=FAULTS)
    def empty_trash(self, who: int, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        self.world.empty_trash(self._user(who))

    @rule(who=USERS, whose=USERS, which=WHICH, act=st.sampled_from(["change", "delete", "restore", "purge"]))
    def meddle(self, who: int, whose: int, which: int, act: str) -> None:
        """Another user's expense is as if it did not exist; one's own is one's own."""
        self._act(act, self._user(who), self._expense(whose, which), {"amount": Decimal(1)})

    @rule(
        who=USERS,
        which=WHICH,
        other=WHICH,
        key=KEYS,
        is_late=st.booleans(),
        acts=st.tuples(*[st.sampled_from(["change", "delete", "restore", "purge", "repeat"])] * 2),
        patches=st.tuples(PATCHES, PATCHES),
    )
    def do_both_at_once(
        self, who: int, which: int, other: int, key: str, is_late: bool, acts: tuple[str, str], patches: Any
    ) -> None:
        """Another device of the user writes before the first one does, or before it knows that it has."""
        user, mine, theirs = self._user(who), self._expense(who, which), self._expense(who, other)

        self._suffer(())
        (self.world.overtaken if is_late else self.world.interrupted)(
            lambda: self._act(acts[0], user, mine, patches[0], key),
            lambda: self._act(acts[1], user, theirs, patches[1], key),
        )

    @precondition(lambda self: not self._is_about_to_expire())
    @rule(
        who=USERS,
        which=WHICH,
        act=st.sampled_from(["change", "delete", "restore", "repeat", "purge"]),
        key=KEYS,
        patch=PATCHES,
        behind=BEHIND,
        slow=SLOW,
    )
    def act_slowly(self, who: int, which: int, act: str, key: str, patch: Any, behind: int, slow: int) -> None:
        """A write takes its time, by a clock that is behind, and is made after others have synchronized."""
        user, expense_id = self._user(who), self._expense(who, which)
        self._suffer(())
        self.world.slowly(user, lambda: self._act(act, user, expense_id, patch, key), behind=behind, slow=slow)

    @rule(who=USERS, faults=FAULTS, limit=st.sampled_from([1, 3, 100]))
    def read_through_faults(self, who: int, faults: Collection[Fault], limit: int) -> None:
        self._suffer(faults)
        self.world.check_patiently(self._user(who), limit)

    @rule(who=USERS)
    def turn_a_page(self, who: int) -> None:
        self.world.lazy[self._user(who)].turn_page()

    @rule(who=USERS)
    def catch_up(self, who: int) -> None:
        self.world.catch_up(self._user(who))

    @rule(span=SPANS)
    def pass_time(self, span: timedelta) -> None:
        self.world.pass_time(span)

    @rule(offset=st.sampled_from([-1, 0, 1]))
    def pass_time_to_an_expiry(self, offset: int) -> None:
        expiries = [
            expiry(record.deleted_at)
            for ledger in self.world.ledgers.values()
            for record in ledger.records.values()
            if record.deleted_at and not record.is_gone(self.world.now)
        ]
        if expiries:
            self.world.clock.now = max(self.world.now, min(expiries) + timedelta(seconds=offset))

    @rule(who=USERS)
    def sweep(self, who: int) -> None:
        self.world.sweep(self._user(who))

    @invariant()
    def everything_agrees(self) -> None:
        self.world.dynamodb.expect(())
        self.world.look_around()
        FIGURES["steps of the state machine"] += 1

    def teardown(self) -> None:
        if hasattr(self, "world"):
            for user in self.world.users:
                self.world.catch_up(user)
                self.world.check_feed(user)

    def _act(self, act: str, user: str, expense_id: str, patch: Any = None, key: str = "") -> None:
        if act == "repeat":
            self.world.repeat(user, key)
        elif act == "change":
            self.world.change(user, expense_id, patch)
        else:
            getattr(self.world, act)(user, expense_id)

    def _suffer(self, faults: Collection[Fault]) -> None:
        self.world.dynamodb.expect(faults)
        for fault in faults:
            FIGURES["faults planned"] += fault is not Fault.NONE

    def _user(self, who: int) -> str:
        return self.world.users[who]

    def _expense(self, who: int, which: int) -> str:
        ids = [*self.world.ledgers[self._user(who)].records]
        return ids[-1 - which % len(ids)] if ids else "00000000-0000-4000-8000-000000000000"

    def _versions(self, user: str, expense_id: str, at: str) -> Collection[int] | None:
        record = self.world.ledgers[user].records.get(expense_id)
        version = record.version if record else 1
        return {"none": None, "current": {version}, "stale": {version - 1, version + 7}}[at]

    def _is_about_to_expire(self) -> bool:
        now = self.world.now
        return any(
            record.deleted_at and timedelta(0) < expiry(record.deleted_at) - now < timedelta(seconds=30)
            for ledger in self.world.ledgers.values()
            for record in ledger.records.values()
        )
