"""Many expenses in one request, in the state machine: batches, files, renames and erasures, some of it half done."""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import rule

from api.settings import Settings
from tests.budget_model import BudgetModel
from tests.client import Response
from tests.figures import FIGURES
from tests.machine.budgets import Identity
from tests.machine.draws import FAULTS, USERS
from tests.machine.faults import LOSING, Fault
from tests.machine.ledger import Expense, Record, instant, is_exact
from tests.machine.recurrences import Recurrences, follow_rename
from tests.machine.system import UNANSWERED, System

if TYPE_CHECKING:
    from tests.machine.world import World

CSV, NDJSON = "text/csv", "application/x-ndjson"
OUTCOMES = ("recorded", "already_there", "in_trash")
RECORDING = timedelta(milliseconds=1)
"""How long before a request the lines of its file are recorded at the earliest, since they are in the file's order."""


@dataclass
class Files:
    """What a user has imported and exported."""

    by_import_id: dict[str, str] = field(default_factory=dict)
    """The expense that each import_id leads to, once it is known."""
    by_content: dict[tuple[Any, ...], str] = field(default_factory=dict)
    """The expense that each line without an id leads to, once it is known."""
    export: list[Expense] = field(default_factory=list)
    """What was exported the last time."""


class Line(NamedTuple):
    """A line of a file to import, and the expense that it is, if that is known."""

    values: Mapping[str, Any]
    expense_id: str | None
    learn: Callable[[str], object]
    """Keeps the id of its expense."""


class Item(NamedTuple):
    """One expense of a batch."""

    body: Mapping[str, Any]
    key: str | None


def check_files(system: System, user: str, live: Sequence[Expense], checks: int) -> None:
    """Hold the categories, and now and then an export, to the user's live expenses, which are the newest first."""
    latest: dict[str, str] = {}
    for expense in reversed(live):
        latest[expense["category"]] = expense["date"]
    if checks % 3 == 0:
        page = system.look(user, "/categories").json
        assert {each["name"]: each["last_used"] for each in page["items"]} == latest
        assert page["next_cursor"] is None
    if checks % 6 == 0:
        assert exported(system, user) == live[::-1]


def exported(system: System, user: str) -> list[Expense]:
    """Return all pages of an export."""
    pages = [system.look(user, "/export?limit=3")]
    while "next" in pages[-1].links:
        pages.append(system.look(user, f"/export{pages[-1].links['next']}"))
    text = "".join(page.text for page in pages)
    return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]


def create_batch(world: "World", user: str, items: Sequence[Item]) -> None:
    """Record several expenses at once. The bodies differ from each other."""
    begun, ledger = world.now, world.ledgers[user]
    body = {"items": [{**item.body, **({"idempotency_key": item.key} if item.key else {})} for item in items]}
    response = world.send(user, "POST", "/expenses/batch", body)
    foretold = [ledger.create(item.body, item.key, begun) for item in items]
    statuses = {each.status for each in foretold}
    keys = [item.key for item in items if item.key]
    status = next((wrong for wrong in (400, 422, 410) if wrong in statuses), 201)
    status = 400 if len(set(keys)) < len(keys) else status
    if response.status == status != 201:
        return
    new = {at: each.after for at, each in enumerate(foretold) if each.after}
    if response.status == 201:
        shown = [item["expense"] for item in response.json["items"]]
        assert [item["replayed"] for item in response.json["items"]] == [each.is_replay for each in foretold]
        assert all(each.shows.expense == shown[at] for at, each in enumerate(foretold) if each.shows)
        ids = {at: shown[at]["expense_id"] for at in new}
    elif _is_made_nevertheless(world, response) and status == 201:
        ids = _found(world, user, {at: (record, ledger.by_key.get(items[at].key or "")) for at, record in new.items()})
        assert len(ids) in {0, len(new)}, "a batch is recorded as a whole"
    else:
        return
    made = _take_over(world, user, {ids[at]: new[at] for at in ids}, begun)
    assert made == set(ids.values())
    ledger.by_key.update({key: ids[at] for at in ids if (key := items[at].key)})


def import_lines(
    world: "World", user: str, rows: Sequence[Mapping[str, Any]], media_type: str = CSV, *, is_dry: bool = False
) -> None:
    """Import a file of these rows, each with other notes."""
    begun, ledger, files = world.now, world.ledgers[user], world.files[user]
    earlier = dict(ledger.records)
    text = _written(rows, media_type)
    response = world.send(user, "POST", f"/import{'?dry_run=true' * is_dry}", text, {"Content-Type": media_type})
    if not all(is_exact(row["amount"], row.get("currency", "EUR")) for row in rows) or _has_an_id_twice(files, rows):
        assert response.status == 400 or world.dynamodb.suffered
        return
    lines = list(_lines(files, rows))
    before = [ledger.records.get(line.expense_id or "") for line in lines]
    foretold = [_outcome(record, begun) for record in before]
    new = {
        at: ledger.imported(line.values, record)
        for at, (line, record) in enumerate(zip(lines, before, strict=True))
        if foretold[at] == "recorded"
    }
    reported: list[Any] = []
    if response.status == 200:
        reported = response.json["rows"]
        outcomes = [row["outcome"] for row in reported]
        for line, outcome, expected in zip(lines, outcomes, foretold, strict=False):
            # What others have deleted since it was read is reported as it was read.
            was = _outcome(earlier.get(line.expense_id or ""), begun)
            assert outcome == expected or outcome == was != "recorded"
        assert [response.json[name] for name in OUTCOMES] == [outcomes.count(name) for name in OUTCOMES]
        assert response.json["done"] == (len(reported) == len(rows))
        assert response.json["done"] or world.dynamodb.suffered
    ids = {at: row["expense_id"] for at, row in enumerate(reported)}
    assert all(lines[at].expense_id in {None, ids[at]} for at in ids)
    for at, expense_id in ids.items():
        lines[at].learn(expense_id)
    if is_dry:
        return
    ids = {at: expense_id for at, expense_id in ids.items() if reported[at]["outcome"] == "recorded"}
    if len(reported) < len(rows) and _is_made_nevertheless(world, response):
        open_ones = {at: (new[at], lines[at].expense_id) for at in new if at not in ids}
        found = _found(world, user, open_ones)
        for at, expense_id in found.items():
            lines[at].learn(expense_id)
        ids |= found
    assert _take_over(world, user, {ids[at]: new[at] for at in ids}, begun) == set(ids.values())


def rename(world: "World", user: str, old: str, new: str) -> None:
    """Rename a category, as far as one request does."""
    begun, earlier = world.now, set(world.ledgers[user].records)
    was_in_the_way = any(_is_in_the_way(world, user, each, new) for each in world.budgets[user] if each.category == old)
    response = world.send(user, "POST", "/categories/rename", {"from": old, "to": new})
    by_parts = sum(each.category == old and bool(model.settings) for each, model in world.budgets[user].items()) > 1
    stay = _follow(world, user, old, new, response)
    follow_rename(world, user, old, new, response)
    after = {
        expense_id: _without(
            replace(record, expense={**record.expense, "category": new, "version": record.version + 1})
        )
        for expense_id, record in world.ledgers[user].records.items()
        if record.expense["category"] == old and (record.is_live or record.is_in_trash(begun))
    }
    may_be_made = response.status == 200 or _is_made_nevertheless(world, response, by_parts=by_parts)
    made = _take_over(world, user, after, begun) if may_be_made else set()
    if response.status == 200:
        assert response.json["moved"] == len(made)
        # What others erase after it was looked for was still in the way.
        assert len(response.json["notices"]) in {bool(stay), was_in_the_way}
        # What others record after it was looked for stays where it is.
        assert not response.json["done"] or set(after) & earlier <= made
        assert response.json["done"] or made or world.dynamodb.suffered


def erase(world: "World", user: str) -> None:
    """Erase everything, as far as one request does; what it says of records alone is looked up by another one."""
    ledger = world.ledgers[user]
    response = world.send(user, "POST", "/erase", {"confirm": "erase everything"})
    if response.status != 200 and not _is_made_nevertheless(world, response):
        return
    there = _kept(world, user, Settings.example().table_name, "expense_id")
    gone = {expense_id for expense_id in ledger.records if expense_id not in there}
    assert there <= set(ledger.records)
    is_exact_count = not LOSING & set(world.dynamodb.suffered)
    if response.status == 200:
        assert response.json["erased"] == len(gone) or (not is_exact_count and response.json["erased"] < len(gone))
        assert not (response.json["done"] and there)
    for expense_id in gone:
        del ledger.records[expense_id]
    if not there:
        if response.status != 200 or not response.json["done"]:
            _erase_the_rest(world, user)
        assert _kept(world, user, Settings.example().records_table_name, "record_key") <= {"erasure"}
        world.budgets[user] = {}
        world.recurrences[user] = Recurrences()


def _erase_the_rest(world: "World", user: str) -> None:
    """Repeat the request where records are left, as a client does."""
    with world.dynamodb.undisturbed():
        while True:
            response = world.send(user, "POST", "/erase", {"confirm": "erase everything"})
            assert response.json["erased"] == 0
            if response.json["done"]:
                return


CATEGORIES = st.sampled_from(["Food", "Food", "Rent", "Food#2025-06", "%23"])
KEYS = st.sampled_from(["a", "b", "c"])
CONTENTS = {
    "category": CATEGORIES,
    "amount": st.sampled_from([Decimal(amount) for amount in ("0", "12.5", "-3.2", "100", "9999999999999.99")]),
    "payment_method": st.sampled_from(["Cash", "Card#"]),
}
DATES = st.sampled_from(["2025-06-14", "2025-07-01", "2024-06-14", "2025-05-31"])
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY"])
BODIES = st.fixed_dictionaries(CONTENTS, optional={"date": DATES, "currency": CURRENCIES})
BATCHES = st.lists(st.tuples(BODIES, st.none() | KEYS, st.booleans()), min_size=1, max_size=4)
"""Each item with a key or none, and whether it repeats what the key recorded."""
ROWS = st.lists(
    st.tuples(
        st.fixed_dictionaries({**CONTENTS, "date": DATES}, optional={"currency": CURRENCIES}),
        st.none() | st.sampled_from(["x", "y", "z"]) | st.tuples(USERS, st.integers(0, 5)),
    ),
    min_size=1,
    max_size=5,
)
"""Each row with no id, with an import_id, or with the id of some user's expense."""
LATE = st.builds(
    lambda before, fault, count: [*[Fault.NONE] * before, *[fault] * count],
    st.integers(2, 8),
    st.sampled_from(Fault),
    st.sampled_from([1, 4, 60]),
)
FAULTS_ON_THE_WAY = FAULTS | LATE
"""What goes wrong may do so after some of it is done."""
MEDIA_TYPES = st.sampled_from([CSV, NDJSON])


class FileRules:
    """What users do with many expenses at once: the machine has these rules, too."""

    world: "World"
    _user: Callable[[int], str]
    _expense: Callable[[int, int], str]
    _suffer: Callable[[Collection[Fault]], None]

    @rule(who=USERS, items=BATCHES, faults=FAULTS)
    def record_a_batch(self, who: int, items: Sequence[tuple[Any, str | None, bool]], faults: Any) -> None:
        self._suffer(faults)
        create_batch(self.world, self._user(who), self._batch(who, items))

    @rule(
        who=USERS,
        rows=ROWS,
        media_type=MEDIA_TYPES,
        is_dry=st.sampled_from([False, False, True]),
        faults=FAULTS_ON_THE_WAY,
    )
    def import_a_file(self, who: int, rows: Any, media_type: str, is_dry: bool, faults: Any) -> None:
        self._suffer(faults)
        import_lines(self.world, self._user(who), self._rows(rows), media_type, is_dry=is_dry)

    @rule(who=USERS)
    def export_to_a_file(self, who: int) -> None:
        self.world.files[self._user(who)].export = exported(self.world, self._user(who))

    @rule(who=USERS, whose=USERS, media_type=MEDIA_TYPES, faults=FAULTS_ON_THE_WAY)
    def import_an_export(self, who: int, whose: int, media_type: str, faults: Any) -> None:
        """An account's own export, or that of another one, may be old by now."""
        self._suffer(faults)
        if rows := self.world.files[self._user(whose)].export[:20]:
            import_lines(self.world, self._user(who), rows, media_type)

    @rule(who=USERS, old=CATEGORIES, new=CATEGORIES, faults=FAULTS_ON_THE_WAY)
    def rename_a_category(self, who: int, old: str, new: str, faults: Any) -> None:
        if old != new:
            self._suffer(faults)
            rename(self.world, self._user(who), old, new)

    @rule(who=USERS, is_meant=st.sampled_from([True, False, False]), faults=FAULTS_ON_THE_WAY)
    def erase_everything(self, who: int, is_meant: bool, faults: Any) -> None:
        """Seldom, since nothing is left then to do things to."""
        if is_meant:
            self._suffer(faults)
            erase(self.world, self._user(who))

    @rule(
        who=USERS,
        acts=st.tuples(*[st.sampled_from(["batch", "import", "rename", "delete", "erase"])] * 2),
        items=BATCHES,
        rows=ROWS,
        which=st.integers(0, 5),
    )
    def do_much_on_two_devices_at_once(
        self, who: int, acts: tuple[str, str], items: Any, rows: Any, which: int
    ) -> None:
        user, world = self._user(who), self.world
        do = {
            "batch": partial(create_batch, world, user, self._batch(who, items)),
            "import": partial(import_lines, world, user, self._rows(rows)),
            "rename": partial(rename, world, user, "Food", "Rent"),
            "delete": partial(world.delete, user, self._expense(who, which)),
            "erase": partial(erase, world, user),
        }
        self._suffer(())
        world.interrupted(do[acts[0]], do[acts[1]])

    def _batch(self, who: int, items: Sequence[tuple[Any, str | None, bool]]) -> list[Item]:
        ledger = self.world.ledgers[self._user(who)]
        made = []
        for at, (body, key, is_repeated) in enumerate(items):
            earlier = ledger.records.get(ledger.by_key.get(key or "", ""))
            repeated = earlier.request if earlier and is_repeated else None
            made.append(Item(repeated or {**body, "notes": f"item {at}"}, key))
        return made

    def _rows(self, rows: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
        made = []
        for at, (content, identity) in enumerate(rows):
            ids = {"import_id": identity} if isinstance(identity, str) else {}
            ids |= {"expense_id": self._expense(*identity)} if isinstance(identity, tuple) else {}
            made.append({**content, **ids, "notes": f"row {at}"})
        return made


def _written(rows: Sequence[Mapping[str, Any]], media_type: str) -> str:
    if media_type == NDJSON:
        return "".join(json.dumps(row, default=float) + "\n" for row in rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _has_an_id_twice(files: Files, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lines are of one expense, by ids of one kind or of both."""
    imported = [files.by_import_id.get(row["import_id"], row["import_id"]) for row in rows if "import_id" in row]
    ids = [*imported, *(row["expense_id"] for row in rows if "expense_id" in row)]
    return len(set(ids)) < len(ids)


def _lines(files: Files, rows: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Give the lines with the ids that the service told before, by the identities that the contract names."""
    given = [row.get("expense_id") or files.by_import_id.get(row.get("import_id", "")) for row in rows]
    seen: dict[tuple[Any, ...], int] = {}
    for row, given_id in zip(rows, given, strict=True):
        if "expense_id" in row:
            yield Line(row, given_id, lambda _: None)
        elif "import_id" in row:
            yield Line(row, given_id, partial(files.by_import_id.__setitem__, row["import_id"]))
        else:
            content = (row["date"], row["amount"], row.get("currency", "EUR"), row["payment_method"])
            while True:
                seen[content] = seen.get(content, 0) + 1
                identity = (*content, seen[content])
                expense_id = files.by_content.get(identity)
                if expense_id is None or expense_id not in given:
                    break
            yield Line(row, expense_id, partial(files.by_content.__setitem__, identity))


def _outcome(before: Record | None, now: datetime) -> str:
    if before is None or before.is_gone(now):
        return "recorded"
    return "already_there" if before.is_live else "in_trash"


def _is_in_the_way(world: "World", user: str, identity: Identity, new: str) -> bool:
    """Whether a budget cannot follow a rename since there is another one."""
    budgets = world.budgets[user]
    there = budgets.get(Identity(new, identity.currency), BudgetModel())
    return bool(budgets[identity].settings and there.settings)


def _follow(world: "World", user: str, old: str, new: str, response: Response) -> list[Identity]:
    """Let the budgets follow a rename as far as they did; return those that are in the way of others."""
    budgets, stay = world.budgets[user], []
    for identity in [each for each, model in budgets.items() if each.category == old and model.settings]:
        there = Identity(new, identity.currency)
        moving, other = budgets[identity], budgets.get(there, BudgetModel())
        if other.settings:
            stay.append(there)
        elif response.status == 200 or _has_budget(world, user, there):
            assert response.status == 200 or _is_made_nevertheless(world, response, by_parts=True), response
            budgets[identity] = BudgetModel({}, moving.version + 1)
            budgets[there] = BudgetModel(moving.settings, other.version + 1)
    return stay


def _has_budget(world: "World", user: str, identity: Identity) -> bool:
    items = world.look(user, "/budgets?limit=100").json["items"]
    return any((each["category"], each["currency"]) == identity for each in items)


def _is_made_nevertheless(world: "World", response: Response, *, by_parts: bool = False) -> bool:
    """Hold an unexpected response to the faults that there were; return whether the work may be done.

    What is done by parts that the response does not tell apart may be half done whatever the fault was.
    """
    if response.status == 200:
        return bool(LOSING & set(world.dynamodb.suffered))
    assert world.dynamodb.suffered, (response, world.log[-2:])
    assert response.status in UNANSWERED or (response.status == 409 and Fault.CONFLICT in world.dynamodb.suffered)
    if response.status == 409 or (response.status == 503 and response.json["outcome"] == "unchanged"):
        return False
    assert by_parts or LOSING & set(world.dynamodb.suffered), response
    FIGURES["writes of unknown outcome, looked up"] += 1
    return True


def _found(world: "World", user: str, new: Mapping[int, tuple[Record, str | None]]) -> dict[int, str]:
    """Return the ids of those that are there now of some records, each with its id where that is known."""
    ledger = world.ledgers[user]
    found: dict[int, str] = {}
    for expense in world.listed(user):
        before = ledger.records.get(expense["expense_id"])
        if before is not None and before.version == expense["version"]:
            continue
        for at, (record, expense_id) in new.items():
            is_it = expense_id in {None, expense["expense_id"]} and record.expense.items() <= expense.items()
            if is_it and at not in found:
                found[at] = expense["expense_id"]
                break
    return found


def _take_over(world: "World", user: str, after: Mapping[str, Record], begun: datetime) -> set[str]:
    """Take over which of the records are there now, with the instants that only the service knows; return their ids."""
    if not after:
        return set()
    made = set()
    for seen in [*world.listed(user), *world.trashed(user)]:
        record = after.get(seen["expense_id"])
        if record is None or record.version != seen["version"]:
            continue
        own = {name: seen[name] for name in ("created_at", "updated_at") if name not in record.expense}
        assert all(begun - RECORDING <= instant(each) <= max(begun, world.now) for each in own.values())
        expense = {**record.expense, **own, "expense_id": seen["expense_id"]}
        world.ledgers[user].records[seen["expense_id"]] = replace(record, expense=expense)
        made.add(seen["expense_id"])
    return made


def _without(record: Record) -> Record:
    """Return a record whose `updated_at` is that of a change to come."""
    return replace(record, expense={name: value for name, value in record.expense.items() if name != "updated_at"})


def _kept(world: "World", user: str, table: str, sort_key: str) -> set[str]:
    """Look into a table itself: return the sort keys of all that a user has there."""
    keys: set[str] = set()
    start: dict[str, Any] = {}
    with world.dynamodb.undisturbed():
        while True:
            page = world.dynamodb.query(
                TableName=table,
                KeyConditionExpression="user_id = :user_id",
                ExpressionAttributeValues={":user_id": {"S": user}},
                **start,
            )
            keys |= {item[sort_key]["S"] for item in page["Items"]}
            if "LastEvaluatedKey" not in page:
                return keys
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
