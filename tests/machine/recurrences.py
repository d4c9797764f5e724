"""Recurrences in the state machine: what users make, change, skip, delete and record, and that all agrees."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from api.models import ExpenseCreate
from tests.client import Response
from tests.figures import FIGURES
from tests.machine.draws import FAULTS, PRECONDITIONS, USERS
from tests.machine.faults import LOSING, Fault
from tests.machine.ledger import KEPT, MONTHS, Record, instant
from tests.machine.system import UNANSWERED, System, if_match
from tests.recurrence_model import DEFAULTS, RecurrenceModel

if TYPE_CHECKING:
    from tests.machine.world import World

MOST_RECORDED = 49
MISSING = "00000000-0000-4000-8000-000000000000"
CONTENT = tuple(name for name in ExpenseCreate.__annotations__ if name != "date")
EVERY = st.sampled_from(
    [
        {"count": 1, "unit": "month"},
        {"count": 20, "unit": "day"},
        {"count": 3, "unit": "week"},
        {"count": 1, "unit": "year"},
    ]
)
FIRSTS = st.sampled_from(["2025-04-30", "2025-05-31", "2025-07-31", "2024-02-29", "2025-07-01"])
BODIES = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["Food", "Rent"]),
        "amount": st.sampled_from([Decimal(450), Decimal("-3.2")]),
        "payment_method": st.just("Cash"),
        "first": FIRSTS,
        "every": EVERY,
    },
    optional={"times": st.sampled_from([1, 3, None]), "until": st.sampled_from(["2025-08-30", "2024-01-01"])},
)
PATCHES = st.one_of(
    st.fixed_dictionaries({"amount": st.sampled_from([Decimal(500), Decimal(1)])}),
    st.fixed_dictionaries({"first": FIRSTS}),
    st.fixed_dictionaries({"every": st.sampled_from([{"count": 2}, {"unit": "month"}, {"count": 5, "unit": "day"}])}),
    st.fixed_dictionaries({"until": st.sampled_from([None, "2025-08-31"]), "times": st.sampled_from([None, 4])}),
    st.fixed_dictionaries({"category": st.just("Flat"), "skipped": st.just([])}),
)
SKIPS = st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True)
"""Which of the occurrences that are to be recorded are skipped."""
WHICH = st.integers(0, 3)
KEYS = st.sampled_from([None, "a", "b"])


@dataclass
class Recurrences:
    """One user's recurrences."""

    models: dict[str, RecurrenceModel] = field(default_factory=dict)
    """Also those that are deleted."""
    deleted_at: dict[str, datetime] = field(default_factory=dict)
    requests: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What made each that has a key."""
    by_key: dict[str, str] = field(default_factory=dict)

    def live(self) -> dict[str, RecurrenceModel]:
        return {recurrence_id: model for recurrence_id, model in self.models.items() if model.terms}

    def forget(self, now: datetime, kept: str) -> None:
        """Forget the deletions that are over, as making another one does."""
        for recurrence_id, model in list(self.models.items()):
            if not model.terms and recurrence_id != kept and now - self.deleted_at[recurrence_id] >= KEPT:
                del self.models[recurrence_id]
        self.by_key = {key: found for key, found in self.by_key.items() if found in self.models}

    def due(self, today: str) -> list[tuple[str, str]]:
        """Return the days and ids of what is due by a day, in order."""
        return sorted((day, each) for each, model in self.live().items() for day in model.due(today))


def check_recurrences(system: System, user: str, recurrences: Recurrences, checks: int) -> None:
    """Hold the list of recurrences, and what is due in the next 60 days, to their models."""
    if not recurrences.models and checks % 5:
        return
    listed = system.look(user, "/recurrences?limit=100").json["items"]
    assert {item["recurrence_id"]: _shown(item) for item in listed} == {
        recurrence_id: model.shown() for recurrence_id, model in recurrences.live().items()
    }
    if checks % 2:
        until = (system.now.date() + timedelta(days=60)).isoformat()
        page = system.look(user, f"/recurrences/due?until={until}&limit=100").json
        assert [(item["date"], item["recurrence_id"]) for item in page["items"]] == recurrences.due(until)[:100]


def make_recurrence(world: "World", user: str, body: Mapping[str, Any], key: str | None = None) -> None:
    """Make a recurrence, perhaps by a key that made another one before."""
    mine, begun = world.recurrences[user], world.now
    before = mine.models.get(mine.by_key.get(key or "", ""))
    is_known = before is not None and (before.terms or begun - mine.deleted_at[mine.by_key[key or ""]] < KEPT)
    is_ended_twice = body.get("until") is not None and (body.get("times") is not None or body["until"] < body["first"])
    response = world.send(user, "POST", "/recurrences", body, {"Idempotency-Key": key} if key else {})
    if is_ended_twice:
        expected = 400
    elif is_known and before:
        is_same = mine.requests[mine.by_key[key or ""]] == body
        expected = 422 if not is_same else 201 if before.terms else 410
    else:
        expected = 201
    if response.status != expected:
        _assert_is_excused(world, response)
    if expected != 201 or is_known:
        if response.status == 201 and before:
            assert _shown(response.json) == before.shown()
            assert response.headers["Idempotency-Replayed"] == "true"
        return
    seen = {item["recurrence_id"]: item for item in world.look(user, "/recurrences?limit=100").json["items"]}
    new = set(seen) - set(mine.live())
    assert len(new) == 1 if response.status == 201 else len(new) <= 1, response
    for recurrence_id in new:
        assert response.status == 201 or _is_open(response), response
        version = before.version + 1 if before else 1
        mine.models[recurrence_id] = RecurrenceModel({**DEFAULTS, **body}, version)
        assert _shown(seen[recurrence_id]) == mine.models[recurrence_id].shown()
        if key:
            mine.by_key[key], mine.requests[recurrence_id] = recurrence_id, body
        mine.forget(begun, kept=recurrence_id)


def change_recurrence(
    world: "World",
    user: str,
    recurrence_id: str,
    patch: Mapping[str, Any],
    versions: Collection[int] | None = None,
) -> None:
    response = world.send(user, "PATCH", f"/recurrences/{recurrence_id}", patch, if_match(versions))
    before = world.recurrences[user].models.get(recurrence_id, RecurrenceModel({}))
    after = before.after_patch(patch) if before.terms else None
    _settle(world, user, recurrence_id, response, 200 if after else 400, after or before, versions)


def delete_recurrence(world: "World", user: str, recurrence_id: str, versions: Collection[int] | None = None) -> None:
    begun = world.now
    response = world.send(user, "DELETE", f"/recurrences/{recurrence_id}", None, if_match(versions))
    mine = world.recurrences[user]
    before = mine.models.get(recurrence_id, RecurrenceModel({}))
    _settle(world, user, recurrence_id, response, 204, RecurrenceModel({}, before.version + 1), versions)
    if before.terms and not mine.models[recurrence_id].terms:
        mine.deleted_at[recurrence_id] = begun


def record_due(world: "World", user: str, *, is_alone: bool = True) -> None:
    """Record what is due, and take over what was: of each recurrence its expenses with how far it got, or nothing."""
    begun, mine, ledger = world.now, world.recurrences[user], world.ledgers[user]
    response = world.send(user, "POST", "/recurrences/record", {})
    today = begun.date().isoformat()
    due = mine.due(today)
    new = {each["expense_id"]: each for each in world.listed(user) if each["expense_id"] not in ledger.records}
    unexplained = dict(new)
    for item in world.look(user, "/recurrences?limit=100").json["items"]:
        model = mine.models[item["recurrence_id"]]
        through = item["recorded_through"]
        if through == model.recorded_through:
            continue
        days = model.due(through)
        assert days
        assert days[-1] == through <= today
        for day in days:
            expected = _expense(model, day)
            found = next(each for each in unexplained.values() if {**each, **expected} == each)
            assert begun <= instant(found["created_at"]) <= max(begun, world.now)
            assert found["created_at"] == found["updated_at"] == item["updated_at"]
            ledger.records[found["expense_id"]] = Record(unexplained.pop(found["expense_id"]))
        mine.models[item["recurrence_id"]] = replace(model, recorded_through=through, version=model.version + 1)
    assert unexplained == {}
    if response.status == 200:
        assert {item["expense"]["expense_id"]: item["expense"] for item in response.json["items"]} == new
        if not world.dynamodb.suffered and is_alone:
            assert len(new) == min(len(due), MOST_RECORDED)
        if response.json["done"] and is_alone:
            assert mine.due(today) == []
        assert response.json["done"] or world.dynamodb.suffered or len(due) > MOST_RECORDED
        FIGURES["occurrences recorded"] += len(new)
        return
    _assert_is_excused(world, response)
    assert new == {} or _is_open(response), response


def follow_rename(world: "World", user: str, old: str, new: str, response: Response) -> None:
    """Let the recurrences follow a rename, all or none of them: all where nothing of it is left to do."""
    models = world.recurrences[user].models
    moving = {each: model for each, model in models.items() if model.terms and model.terms["category"] == old}
    if not moving:
        return
    seen = {item["recurrence_id"]: item for item in world.look(user, "/recurrences?limit=100").json["items"]}
    made = {each for each in moving if seen[each]["category"] == new}
    assert made in (set(), set(moving))
    assert not made or response.status == 200 or _is_open(response), response
    assert made or response.status != 200 or not response.json["done"]
    for each in made:
        model = moving[each]
        models[each] = replace(model, terms={**model.terms, "category": new}, version=model.version + 1)


class RecurrenceRules:
    """What users do with recurrences: the machine has these rules, too."""

    world: "World"
    _user: Callable[[int], str]
    _suffer: Callable[[Collection[Fault]], None]

    @rule(who=USERS, body=BODIES, key=KEYS, faults=FAULTS)
    def make_a_recurrence(self, who: int, body: Any, key: str | None, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        make_recurrence(self.world, self._user(who), body, key)

    @rule(who=USERS, key=st.sampled_from(["a", "b"]), is_deleted=st.booleans(), faults=FAULTS)
    def repeat_what_made_a_recurrence(self, who: int, key: str, is_deleted: bool, faults: Collection[Fault]) -> None:
        """Send the request again that a key was used for, perhaps after what it made was deleted."""
        user = self._user(who)
        mine = self.world.recurrences[user]
        if recurrence_id := mine.by_key.get(key):
            self._suffer(())
            if is_deleted:
                delete_recurrence(self.world, user, recurrence_id)
            self._suffer(faults)
            make_recurrence(self.world, user, mine.requests[recurrence_id], key)

    @rule(who=USERS, which=WHICH, patch=PATCHES, at=PRECONDITIONS, faults=FAULTS)
    def change_a_recurrence(self, who: int, which: int, patch: Any, at: str, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        user, recurrence_id = self._user(who), self._recurrence(who, which)
        change_recurrence(self.world, user, recurrence_id, patch, self._recurrence_versions(who, which, at))

    @rule(who=USERS, which=WHICH, skips=SKIPS, faults=FAULTS)
    def skip_occurrences(self, who: int, which: int, skips: Collection[int], faults: Collection[Fault]) -> None:
        user, recurrence_id = self._user(who), self._recurrence(who, which)
        model = self.world.recurrences[user].live().get(recurrence_id)
        days = [day for day, _ in zip(model.open_days(), range(4), strict=False)] if model else []
        if model and days:
            self._suffer(faults)
            skipped = sorted({*model.skipped, *(days[number % len(days)] for number in skips)})
            change_recurrence(self.world, user, recurrence_id, {"skipped": skipped})

    @rule(who=USERS, which=WHICH, at=PRECONDITIONS, faults=FAULTS)
    def delete_a_recurrence(self, who: int, which: int, at: str, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        user, recurrence_id = self._user(who), self._recurrence(who, which)
        delete_recurrence(self.world, user, recurrence_id, self._recurrence_versions(who, which, at))

    @rule(who=USERS, body=BODIES, faults=FAULTS)
    def record_what_is_due(self, who: int, body: Any, faults: Collection[Fault]) -> None:
        self._let_something_be_due(who, body)
        self._suffer(faults)
        record_due(self.world, self._user(who))

    @rule(who=USERS, which=WHICH, body=BODIES, patch=PATCHES, act=st.sampled_from(["record", "change", "delete"]))
    def record_while_another_device_acts(self, who: int, which: int, body: Any, patch: Any, act: str) -> None:
        self._let_something_be_due(who, body)
        user, recurrence_id = self._user(who), self._recurrence(who, which)
        others: dict[str, Callable[[], None]] = {
            "record": partial(record_due, self.world, user),
            "change": partial(change_recurrence, self.world, user, recurrence_id, patch),
            "delete": partial(delete_recurrence, self.world, user, recurrence_id),
        }
        self.world.interrupted(partial(record_due, self.world, user, is_alone=False), others[act])

    def _let_something_be_due(self, who: int, body: Mapping[str, Any]) -> None:
        self._suffer(())
        user = self._user(who)
        if not self.world.recurrences[user].due(self.world.now.date().isoformat()):
            make_recurrence(self.world, user, body)

    def _recurrence(self, who: int, which: int) -> str:
        ids = [*self.world.recurrences[self._user(who)].models]
        return ids[-1 - which % len(ids)] if ids else MISSING

    def _recurrence_versions(self, who: int, which: int, at: str) -> Collection[int] | None:
        models = self.world.recurrences[self._user(who)].models
        version = models.get(self._recurrence(who, which), RecurrenceModel({})).version
        return {"none": None, "current": {version}, "stale": {version - 1, version + 7}}[at]


def _settle(
    world: "World",
    user: str,
    recurrence_id: str,
    response: Response,
    status: int,
    after: RecurrenceModel,
    versions: Collection[int] | None,
) -> None:
    """Hold the response of a change to what was foretold, and take over what is there now."""
    mine = world.recurrences[user]
    before = mine.models.get(recurrence_id, RecurrenceModel({}))
    if not before.terms:
        status, after = 404, before
    elif versions is not None and before.version not in versions:
        status, after = 412, before
    if response.status == status:
        if recurrence_id in mine.models:
            mine.models[recurrence_id] = after
        if status == 200:
            assert _shown(response.json) == after.shown()
        if status in {200, 412}:
            assert response.headers["ETag"] == f'"{after.version}"'
        return
    _assert_is_excused(world, response)
    if _is_open(response) and after != before:
        FIGURES["writes of unknown outcome, looked up"] += 1
        seen = world.look(user, f"/recurrences/{recurrence_id}", (200, 404))
        version = seen.json["version"] if seen.status == 200 else None
        if version == (after.version if after.terms else None):
            mine.models[recurrence_id] = after


def _assert_is_excused(world: "World", response: Response) -> None:
    """See that a response that is not what was foretold has its reason in what DynamoDB did."""
    assert world.dynamodb.suffered, (response, world.log[-2:])
    assert response.status in UNANSWERED, response
    if _is_open(response):
        assert LOSING & set(world.dynamodb.suffered), response


def _is_open(response: Response) -> bool:
    """Whether a response leaves open if the write was made."""
    return response.status == 502 or (response.status == 503 and response.json["outcome"] == "unknown")


def _expense(model: RecurrenceModel, day: str) -> dict[str, Any]:
    """Return what an expense says of its occurrence."""
    derived = {"date": day, "month": MONTHS[int(day[5:7]) - 1], "year": int(day[:4]), "version": 1}
    return {**{name: model.terms[name] for name in CONTENT}, **derived}


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in {"recurrence_id", "created_at", "updated_at"}}
