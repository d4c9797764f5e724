"""Deleting, restoring and deleting for good, over the tables in memory, with a total kept alongside."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from api.deadline import deadline
from api.dynamodb import StoreUnavailable, TransactItem
from api.expenses.errors import ExpenseChanged, ExpenseDeleted, ExpenseNotFound, IdempotencyKeyReused
from api.expenses.filters import Filters
from api.expenses.service import ExpenseService
from api.expenses.states import KEPT, BeforeAndAfter
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.models import Expense, ExpenseCreate
from api.tables import RECORDS
from api.trash.service import MAX_PURGED, TrashService
from tests.fakes.dynamodb import FakeDynamoDB, canceled

if TYPE_CHECKING:
    from collections.abc import Callable

AMINA, BRIAN = Caller("amina", UTC), Caller("brian", UTC)
LUNCH: ExpenseCreate = {"category": "Food", "amount": Decimal(12), "payment_method": "Cash", "date": "2025-06-14"}
KEY = "lunch-1"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2025, 6, 14, 12, 0, 0, 123456, UTC)

    def __call__(self) -> datetime:
        return self.now


def total_alongside(user_id: str, moves: Sequence[BeforeAndAfter]) -> list[TransactItem]:
    """Keep the total of all live expenses of a user in one record."""
    [(before, after)] = moves
    amounts = [expense["amount"] if expense else Decimal(0) for expense in (before, after)]
    if (before is None) == (after is None) and amounts[0] == amounts[1]:
        return []
    update = {
        "TableName": "records",
        "Key": RECORDS.key(user_id, "total"),
        "UpdateExpression": "ADD spent :amount, purchases :count",
        "ExpressionAttributeValues": {
            ":amount": {"N": str(amounts[1] - amounts[0])},
            ":count": {"N": str((after is not None) - (before is not None))},
        },
    }
    return [{"Update": update}]


class Ledger:
    """One user's expenses and trash, and the total."""

    def __init__(self) -> None:
        self.fake = FakeDynamoDB()
        self.clock = Clock()
        client: Any = self.fake
        self.expenses = ExpenseService(DynamoDBExpenseStore(client, "expenses", total_alongside), "EUR", self.clock)
        self.trash = TrashService(self.expenses)

    def record(self, amount: int = 12, key: str | None = None) -> str:
        return self.expenses.record(AMINA, {**LUNCH, "amount": Decimal(amount)}, key).expense["expense_id"]

    def listed(self) -> list[Expense]:
        return self.expenses.find(AMINA, Filters(), 100, None)["items"]

    def in_trash(self) -> list[str]:
        """Return the ids in the trash, read a few at a time."""
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = self.trash.find(AMINA, 2, cursor)
            found += [item["expense_id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def total(self) -> tuple[int, int]:
        """Return the total that is kept, and of how many expenses it is."""
        records = self.fake.items_of("records")
        return (int(records[0]["spent"]["N"]), int(records[0]["purchases"]["N"])) if records else (0, 0)

    def expire(self) -> None:
        self.clock.now += KEPT + timedelta(seconds=1)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_a_deleted_expense_is_in_the_trash_and_in_no_list_or_total(ledger: Ledger) -> None:
    kept, gone = ledger.record(5), ledger.record(12)
    ledger.expenses.remove(AMINA, gone)
    assert [expense["expense_id"] for expense in ledger.listed()] == [kept]
    assert (ledger.in_trash(), ledger.total()) == ([gone], (5, 1))


def test_the_trash_shows_what_was_deleted_and_until_when_it_can_be_restored(ledger: Ledger) -> None:
    expense = ledger.expenses.look_up(AMINA, ledger.record())
    ledger.clock.now += timedelta(days=1)
    ledger.expenses.remove(AMINA, expense["expense_id"])
    assert ledger.trash.find(AMINA, 25, None)["items"] == [
        {
            **expense,
            "version": 2,
            "deleted_at": "2025-06-15T12:00:00.123456Z",
            "expires_at": "2025-07-15T12:00:01.000000Z",
        }
    ]


def test_the_trash_has_the_latest_deletion_first(ledger: Ledger) -> None:
    ids = [ledger.record(amount) for amount in range(5)]
    for expense_id in (ids[3], ids[0], ids[4], ids[1], ids[2]):
        ledger.clock.now += timedelta(microseconds=1)
        ledger.expenses.remove(AMINA, expense_id)
    assert ledger.in_trash() == [ids[2], ids[1], ids[4], ids[0], ids[3]]


@pytest.mark.parametrize("act", ["look_up", "change", "remove", "restore", "purge"])
def test_no_state_of_another_users_expense_can_be_reached(ledger: Ledger, act: str) -> None:
    live, deleted = ledger.record(), ledger.record()
    ledger.expenses.remove(AMINA, deleted)
    acts: dict[str, Callable[[str], object]] = {
        "look_up": lambda expense_id: ledger.expenses.look_up(BRIAN, expense_id),
        "change": lambda expense_id: ledger.expenses.change(BRIAN, expense_id, {}),
        "remove": lambda expense_id: ledger.expenses.remove(BRIAN, expense_id),
        "restore": lambda expense_id: ledger.trash.restore(BRIAN, expense_id),
        "purge": lambda expense_id: ledger.trash.purge(BRIAN, expense_id),
    }
    for expense_id in (live, deleted):
        with pytest.raises(ExpenseNotFound):
            acts[act](expense_id)
    assert ledger.trash.find(BRIAN, 25, None)["count"] == ledger.trash.empty(BRIAN)["purged"] == 0
    assert ledger.in_trash() == [deleted]


def test_a_restored_expense_is_back_with_its_content_at_the_next_version(ledger: Ledger) -> None:
    before = ledger.expenses.look_up(AMINA, ledger.record())
    ledger.expenses.remove(AMINA, before["expense_id"])
    ledger.clock.now += timedelta(days=3)
    restored = ledger.trash.restore(AMINA, before["expense_id"])
    assert restored == {**before, "version": 3, "updated_at": "2025-06-17T12:00:00.123456Z"}
    assert (ledger.listed(), ledger.in_trash(), ledger.total()) == ([restored], [], (12, 1))


def test_a_live_expense_is_restored_as_it_is_without_a_write(ledger: Ledger) -> None:
    expense = ledger.expenses.look_up(AMINA, ledger.record())
    made: list[str] = []
    ledger.fake.before.append(lambda operation, _: made.append(operation))
    assert ledger.trash.restore(AMINA, expense["expense_id"]) == expense
    assert made == ["GetItem"]


def test_the_version_never_restarts(ledger: Ledger) -> None:
    expense_id = ledger.record(key=KEY)
    versions = [1]
    for round_number in range(3):
        versions.append(ledger.expenses.change(AMINA, expense_id, {"amount": Decimal(round_number)})["version"])
        ledger.expenses.remove(AMINA, expense_id)
        versions.append(ledger.trash.find(AMINA, 1, None)["items"][0]["version"])
        versions.append(ledger.trash.restore(AMINA, expense_id)["version"])
    ledger.expenses.remove(AMINA, expense_id)
    ledger.expire()
    versions += [11, ledger.expenses.record(AMINA, LUNCH, KEY).expense["version"]]
    assert versions == list(range(1, 13))


@pytest.mark.parametrize("purge_first", [False, True])
def test_an_etag_from_before_a_delete_never_fits_what_is_recorded_anew(ledger: Ledger, purge_first: bool) -> None:
    expense_id = ledger.record(key=KEY)
    ledger.expenses.remove(AMINA, expense_id)
    if purge_first:
        ledger.trash.purge(AMINA, expense_id)
    ledger.expire()
    assert ledger.record(key=KEY) == expense_id
    for act in (
        lambda: ledger.expenses.change(AMINA, expense_id, {"notes": "old"}, {1}),
        lambda: ledger.expenses.remove(AMINA, expense_id, {1, 2}),
    ):
        with pytest.raises(ExpenseChanged):
            act()
    assert ledger.listed()[0]["notes"] is None


def test_a_restore_that_others_made_too_is_made_once(ledger: Ledger) -> None:
    expense_id = ledger.record()
    ledger.expenses.remove(AMINA, expense_id)
    others: list[Callable[[], object]] = [lambda: ledger.trash.restore(AMINA, expense_id)]

    def interfere(operation: str, _: object) -> None:
        if operation != "GetItem" and others:
            others.pop()()

    ledger.fake.before.append(interfere)
    assert ledger.trash.restore(AMINA, expense_id)["version"] == 3
    assert ledger.total() == (12, 1)


@pytest.mark.parametrize("purge", [False, True])
def test_a_key_whose_expense_was_deleted_records_nothing(ledger: Ledger, purge: bool) -> None:
    expense_id = ledger.record(key=KEY)
    ledger.expenses.remove(AMINA, expense_id)
    if purge:
        ledger.trash.purge(AMINA, expense_id)
    with pytest.raises(ExpenseDeleted):
        ledger.record(key=KEY)
    with pytest.raises(IdempotencyKeyReused):
        ledger.record(99, key=KEY)
    assert (ledger.listed(), ledger.total()) == ([], (0, 0))


def test_a_key_records_again_what_was_restored_by_no_more_than_a_replay(ledger: Ledger) -> None:
    expense_id = ledger.record(key=KEY)
    ledger.expenses.remove(AMINA, expense_id)
    restored = ledger.trash.restore(AMINA, expense_id)
    assert ledger.expenses.record(AMINA, LUNCH, KEY) == (restored, True)
    assert ledger.total() == (12, 1)


@pytest.mark.parametrize("purge", [False, True])
@pytest.mark.parametrize("is_removed_by_dynamodb", [False, True])
def test_what_is_past_its_time_is_gone_though_it_is_still_kept(
    ledger: Ledger, purge: bool, is_removed_by_dynamodb: bool
) -> None:
    expense_id = ledger.record(key=KEY)
    ledger.expenses.remove(AMINA, expense_id)
    if purge:
        ledger.trash.purge(AMINA, expense_id)
    ledger.expire()
    if is_removed_by_dynamodb:
        ledger.fake.delete_item(TableName="expenses", Key={"user_id": {"S": "amina"}, "expense_id": {"S": expense_id}})
    acts: list[Callable[[], object]] = [
        lambda: ledger.expenses.look_up(AMINA, expense_id),
        lambda: ledger.expenses.change(AMINA, expense_id, {"amount": Decimal(1)}),
        lambda: ledger.expenses.remove(AMINA, expense_id),
        lambda: ledger.trash.restore(AMINA, expense_id),
        lambda: ledger.trash.purge(AMINA, expense_id),
    ]
    for act in acts:
        with pytest.raises(ExpenseNotFound):
            act()
    assert (ledger.in_trash(), ledger.trash.empty(AMINA)) == ([], {"purged": 0, "done": True})
    again = ledger.expenses.record(AMINA, {**LUNCH, "amount": Decimal(3)}, KEY)
    assert (again.is_replay, again.expense["expense_id"]) == (False, expense_id)
    assert (ledger.listed(), ledger.total()) == ([again.expense], (3, 1))


def test_a_cursor_of_deletions_that_have_all_expired_leads_to_an_empty_page(ledger: Ledger) -> None:
    for amount in range(3):
        ledger.expenses.remove(AMINA, ledger.record(amount))
    cursor = ledger.trash.find(AMINA, 1, None)["next_cursor"]
    ledger.expire()
    assert ledger.trash.find(AMINA, 1, cursor) == {"items": [], "count": 0, "next_cursor": None}


def test_two_that_record_anew_over_an_expired_deletion_are_one_and_a_replay(ledger: Ledger) -> None:
    ledger.expenses.remove(AMINA, ledger.record(key=KEY))
    ledger.expire()
    others: list[Callable[[], object]] = [lambda: ledger.record(key=KEY)]

    def interfere(_: str, arguments: Any) -> None:
        put = arguments.get("TransactItems", [{}])[0].get("Put", {})
        if ":seen" in put.get("ExpressionAttributeValues", {}) and others:
            others.pop()()

    ledger.fake.before.append(interfere)
    assert ledger.expenses.record(AMINA, LUNCH, KEY).is_replay
    assert (others, len(ledger.listed()), ledger.total()) == ([], 1, (12, 1))


def test_what_is_deleted_for_good_is_in_no_trash_and_leaves_no_content(ledger: Ledger) -> None:
    ledger.expenses.change(AMINA, ledger.record(), {"notes": "very private"})
    expense_id = ledger.listed()[0]["expense_id"]
    ledger.expenses.remove(AMINA, expense_id)
    ledger.trash.purge(AMINA, expense_id)
    assert (ledger.in_trash(), ledger.total()) == ([], (0, 0))
    assert "private" not in str(ledger.fake.items)
    for act in (ledger.trash.purge, ledger.trash.restore):
        with pytest.raises(ExpenseNotFound):
            act(AMINA, expense_id)


def test_only_what_is_in_the_trash_can_be_deleted_for_good(ledger: Ledger) -> None:
    expense_id = ledger.record()
    with pytest.raises(ExpenseNotFound):
        ledger.trash.purge(AMINA, expense_id)
    assert len(ledger.listed()) == 1


def fill(ledger: Ledger, count: int) -> None:
    for amount in range(count):
        ledger.expenses.remove(AMINA, ledger.record(amount))


@pytest.mark.parametrize(
    ("count", "rounds"),
    [
        (0, [(0, True)]),
        (3, [(3, True)]),
        (MAX_PURGED, [(MAX_PURGED, True)]),
        (MAX_PURGED + 1, [(MAX_PURGED, False), (1, True)]),
        (2 * MAX_PURGED + 5, [(MAX_PURGED, False), (MAX_PURGED, False), (5, True)]),
    ],
)
def test_the_trash_is_emptied_in_bounded_steps(ledger: Ledger, count: int, rounds: list[tuple[int, bool]]) -> None:
    live = ledger.record()
    fill(ledger, count)
    made = [ledger.trash.empty(AMINA) for _ in rounds]
    assert [(step["purged"], step["done"]) for step in made] == rounds
    assert (ledger.in_trash(), [expense["expense_id"] for expense in ledger.listed()]) == ([], [live])


def test_emptying_the_trash_ends_before_its_time_does(ledger: Ledger) -> None:
    fill(ledger, 3)
    with deadline(0.9):
        assert ledger.trash.empty(AMINA) == {"purged": 1, "done": False}
    assert len(ledger.in_trash()) == 2


def fail_at(ledger: Ledger, number: int, *errors: Exception) -> None:
    """Let the write with this number, counted from 0, fail with one error after another."""
    writes: list[str] = []
    planned = list(errors)

    def fail(operation: str, _: object) -> None:
        if operation == "PutItem":
            writes.append(operation)
            if len(writes) > number and planned:
                raise planned.pop(0)

    ledger.fake.before.append(fail)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.usefixtures("_no_pauses")
def test_emptying_the_trash_says_what_it_did_before_the_table_was_too_busy(ledger: Ledger) -> None:
    fill(ledger, 3)
    fail_at(ledger, 2, *[canceled("ThrottlingError")] * 4)
    assert ledger.trash.empty(AMINA) == {"purged": 2, "done": False}


@pytest.mark.usefixtures("_no_pauses")
def test_emptying_the_trash_of_which_nothing_was_done_is_an_error(ledger: Ledger) -> None:
    fill(ledger, 3)
    fail_at(ledger, 0, *[canceled("ThrottlingError")] * 4)
    with pytest.raises(StoreUnavailable) as raised:
        ledger.trash.empty(AMINA)
    assert raised.value.outcome == "unchanged"


def test_what_is_restored_while_the_trash_is_emptied_stays(ledger: Ledger) -> None:
    fill(ledger, 2)
    restored = ledger.in_trash()[0]

    def restore(operation: str, _: object) -> None:
        if operation == "GetItem":
            ledger.fake.before.clear()
            ledger.trash.restore(AMINA, restored)

    ledger.fake.before.append(restore)
    assert ledger.trash.empty(AMINA) == {"purged": 1, "done": True}
    assert [expense["expense_id"] for expense in ledger.listed()] == [restored]
