"""The categories of a user's expenses: listed with near-twins side by side, and renamed with their history."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import pytest

from api import cursors
from api.categories.service import MAX_TRANSACTIONS, MAX_TRASH_MOVED, CategoryService
from api.expenses.service import ExpenseService
from api.expenses.store import MAX_CHANGED, DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.summaries.recount import Recount
from api.summaries.store import DynamoDBTotals
from tests.client import ApiClient
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB, Listener
from tests.integration.conftest import ApiOver
from tests.seed import expense, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}


def record(api: ApiClient, category: str, day: str = "2025-06-14", **more: Any) -> str:
    body = {**LUNCH, "category": category, "date": day, **more}
    expense_id: str = api.post("/expenses", body).json["expense_id"]
    return expense_id


def names(api: ApiClient, query: str = "") -> list[str]:
    return [item["name"] for item in api.get(f"/categories{query}").json["items"]]


def rename(api: ApiClient, old: str, new: str) -> dict[str, Any]:
    response = api.post("/categories/rename", {"from": old, "to": new})
    assert response.status == 200, response
    renamed: dict[str, Any] = response.json
    return renamed


def rename_until_done(api: ApiClient, old: str, new: str) -> list[int]:
    """Repeat a rename; return what each request moved."""
    moved = []
    is_done = False
    while not is_done:
        result = rename(api, old, new)
        moved.append(result["moved"])
        is_done = result["done"]
    return moved


def totals(api: ApiClient) -> dict[str, Any]:
    groups = api.get("/summary?group_by=category").json["items"]
    return {group["category"]: (group["total"], group["count"]) for group in groups}


@pytest.fixture
def over_fake(api_over: ApiOver, fake: FakeDynamoDB) -> ApiClient:
    return api_over(fake, seconds=30)


def test_each_category_is_listed_once_with_its_latest_day(api: ApiClient) -> None:
    for category, day in [
        ("Food", "2025-06-14"),
        ("Food", "2026-01-01"),
        ("Rent", "2024-02-29"),
        ("Food", "1999-12-31"),
    ]:
        record(api, category, day)
    record(api.as_user("brian"), "Brian's")
    assert api.get("/categories").json == {
        "items": [
            {"name": "Food", "last_used": "2026-01-01", "similar_to": []},
            {"name": "Rent", "last_used": "2024-02-29", "similar_to": []},
        ],
        "count": 2,
        "next_cursor": None,
    }


def test_names_that_are_nearly_the_same_stand_side_by_side(api: ApiClient) -> None:
    for category in ("food", "Rent", "Café", "Eating out", "Food", "cafe", "Zoo", "eating-out", "\U0001f355", "FOOD"):
        record(api, category)
    similar = {item["name"]: item["similar_to"] for item in api.get("/categories").json["items"]}
    assert list(similar) == [
        *("Café", "cafe", "Eating out", "eating-out", "FOOD", "Food", "food", "Rent", "Zoo", "\U0001f355")
    ]
    assert similar["Food"] == ["FOOD", "food"]
    assert (similar["cafe"], similar["Eating out"]) == (["Café"], ["eating-out"])
    assert similar["Rent"] == similar["Zoo"] == similar["\U0001f355"] == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_have_every_category_once_whatever_its_characters(api: ApiClient, limit: int) -> None:
    strange = ["!", "#", "%23", "Food", "Food!", "Food#2025-06-14", "Food%", "~", "é", "\U0010fffd" * 50, "कि", "की"]
    for category in strange:
        record(api, category)
    found, url = [], f"/categories?limit={limit}"
    while url:
        page = api.get(url)
        found += [item["name"] for item in page.json["items"]]
        url = f"/categories{page.links['next']}" if "next" in page.links else ""
    assert sorted(found) == sorted(strange)


def test_the_list_reads_one_item_for_each_category(api: ApiClient, queries: Counter[str]) -> None:
    for number in range(12):
        record(api, "AB"[number % 2])
    assert names(api) == ["A", "B"]
    assert queries == {"made": 3, "scanned": 2, "returned": 2}


def test_what_is_in_the_trash_is_no_category(api: ApiClient) -> None:
    record(api, "Food")
    api.delete(f"/expenses/{record(api, 'Rent')}")
    assert names(api) == ["Food"]


@pytest.mark.parametrize("cursor", ["MSNmZWVk", "!", "MQ", cursors.encode("categories", ["\x1f"])])
def test_a_forged_cursor_is_a_violation(api: ApiClient, cursor: str) -> None:
    assert api.get(f"/categories?cursor={cursor}").pointers == ["cursor"]


def test_a_renamed_category_takes_its_history_and_totals_along(api: ApiClient) -> None:
    for day in ("1999-12-31", "2025-06-14", "2025-07-01"):
        record(api, "food", day)
    record(api, "Rent")
    before = api.get("/expenses").json["items"]
    assert rename(api, "food", "Groceries") == {"moved": 3, "done": True, "notices": []}
    assert totals(api) == {"Groceries": (Decimal("37.5"), 3), "Rent": (Decimal("12.5"), 1)}
    after = {each["expense_id"]: each for each in api.get("/expenses").json["items"]}
    for was in before:
        now = after[was["expense_id"]]
        changed = {name for name in now if now[name] != was[name]}
        assert changed == ({"category", "version", "updated_at"} if was["category"] == "food" else set())
    assert [expense["version"] for expense in api.get("/expenses?category=Groceries").json["items"]] == [2, 2, 2]
    assert rename(api, "food", "Groceries")["moved"] == 0


def test_a_category_is_merged_with_one_that_exists(api: ApiClient) -> None:
    for category in ("food", "Food", "food", "Food "):
        record(api, category)
    assert rename(api, "food ", " Food")["moved"] == 2
    assert (names(api), totals(api)) == (["Food"], {"Food": (50, 4)})


def test_a_restored_expense_comes_back_under_the_new_name(api: ApiClient) -> None:
    deleted, other = record(api, "food"), record(api, "Rent")
    for expense_id in (deleted, other):
        api.delete(f"/expenses/{expense_id}")
    before = {expense["expense_id"]: expense for expense in api.get("/trash").json["items"]}
    assert rename(api, "food", "Food")["moved"] == 1
    after = {expense["expense_id"]: expense for expense in api.get("/trash").json["items"]}
    assert after[other] == before[other]
    assert after[deleted] == {
        **before[deleted],
        **{name: after[deleted][name] for name in ("updated_at",)},
        "category": "Food",
        "version": 3,
    }
    assert totals(api) == {}
    restored = api.post(f"/expenses/{deleted}/restore").json
    assert (restored["category"], restored["version"], totals(api)) == ("Food", 4, {"Food": (Decimal("12.5"), 1)})


def test_what_moves_is_in_the_change_feed(api: ApiClient) -> None:
    moved, deleted, _ = record(api, "food"), record(api, "food"), record(api, "Rent")
    api.delete(f"/expenses/{deleted}")
    versions = {each["expense_id"]: each["version"] for each in api.get("/changes").json["items"]}
    rename(api, "food", "Food")
    changes = api.get("/changes").json["items"]
    assert {each["expense_id"]: each["version"] for each in changes} == {
        **versions,
        moved: versions[moved] + 1,
        deleted: versions[deleted] + 1,
    }
    assert {each["expense_id"] for each in changes[-2:]} == {moved, deleted}


def test_another_users_category_stays(api: ApiClient) -> None:
    brian = api.as_user("brian")
    record(brian, "food")
    assert rename(api, "food", "Food")["moved"] == 0
    assert names(brian) == ["food"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"from": "Food", "to": " Food\u200b"}, ["/to"]),
        ({"from": "\U000e0001", "to": "\U000e0001"}, ["/from", "/to"]),
        ({"from": "Food"}, ["/to"]),
        ({"from": "Food", "to": "a" * 51}, ["/to"]),
    ],
)
def test_names_that_are_no_two_categories_are_violations(
    api: ApiClient, body: dict[str, str], pointers: list[str]
) -> None:
    assert api.post("/categories/rename", body).pointers == pointers


def test_the_work_of_one_rename_is_bounded(over_fake: ApiClient, fake: FakeDynamoDB, at_once: list[float]) -> None:
    most = MAX_TRANSACTIONS * MAX_CHANGED
    rows = [expense(number, category="food") for number in range(most + 1)]
    put(fake, "amina", rows, totals=True)
    assert rename_until_done(over_fake, "food", "Food") == [most, 1]
    assert totals(over_fake)["Food"][1] == most + 1
    assert 4 < max(at_once) < 5  # 16 units each, of which the first 500 are free


def test_much_trash_is_moved_by_several_requests(over_fake: ApiClient) -> None:
    for number in range(MAX_TRASH_MOVED + 1):
        over_fake.delete(f"/expenses/{record(over_fake, 'food', amount=number)}")
    assert rename_until_done(over_fake, "food", "Food") == [MAX_TRASH_MOVED, 1]
    page = over_fake.get("/trash?limit=100").json["items"]
    assert {expense["category"] for expense in page} == {"Food"}


@pytest.mark.parametrize("is_made", [False, True], ids=["before", "after"])
def test_a_rename_that_stops_at_any_transaction_leaves_totals_right(
    over_fake: ApiClient, fake: FakeDynamoDB, is_made: bool
) -> None:
    """The process dies before or after each transaction in turn, and a repetition finishes the rest."""
    rows = [expense(number, date(2025, number % 12 + 1, 14), category="food") for number in range(80)]
    put(fake, "amina", rows, totals=True)
    transactions = 3
    for stop_at in range(transactions):
        with stopping(fake.after if is_made else fake.before, stop_at), pytest.raises(Stopped):
            over_fake.post("/categories/rename", {"from": "food", "to": "Food"})
        assert_right(fake)
        assert sum(count for _, count in totals(over_fake).values()) == 80
        rename_until_done(over_fake, "food", "Food")
        assert_right(fake)
        assert totals(over_fake).keys() == {"Food"}
        rename_until_done(over_fake, "Food", "food")


def test_a_rename_and_other_changes_at_once_lose_nothing(over_fake: ApiClient, fake: FakeDynamoDB) -> None:
    rows = [expense(number, category="food", notes=None) for number in range(40)]
    put(fake, "amina", rows, totals=True)
    ids = [row["expense_id"]["S"] for row in fake.items]

    def act(number: int) -> int:
        if number % 2:
            return over_fake.patch(f"/expenses/{ids[number % 40]}", {"notes": "theirs"}).status
        return over_fake.post("/categories/rename", {"from": "food", "to": "Food"}).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(act, range(40))) == {200}
    assert_right(fake)
    assert names(over_fake) == ["Food"]
    assert [row["notes"] for row in over_fake.get("/expenses?limit=100").json["items"]].count("theirs") == 20


def test_what_another_device_moved_out_of_the_trash_meanwhile_is_counted_there(
    over_fake: ApiClient, fake: FakeDynamoDB
) -> None:
    over_fake.delete(f"/expenses/{record(over_fake, 'food')}")
    others: list[int] = []

    def rename_first(operation: str, _: object) -> None:
        if operation == "PutItem":
            fake.before.clear()
            others.append(rename(over_fake, "food", "Food")["moved"])

    fake.before.append(rename_first)
    assert rename(over_fake, "food", "Food") == {"moved": 0, "done": True, "notices": []}
    assert others == [1]


def test_what_follows_is_told_each_time_and_heard(fake: FakeDynamoDB) -> None:
    calls: list[tuple[str, str, str]] = []

    def follow(user_id: str, old: str, new: str) -> tuple[bool, list[str]]:
        calls.append((user_id, old, new))
        return False, ["The budget of Food is kept, because there is one of Groceries."]

    totals_store = DynamoDBTotals(cast("DynamoDBClient", fake), "records")
    store = DynamoDBExpenseStore(cast("DynamoDBClient", fake), "expenses", totals_store.updates)
    service = CategoryService(ExpenseService(store, "EUR", Clock()), [follow, follow])
    renamed = service.rename(Caller("amina", UTC), "Food ", "Groceries")
    assert calls == [("amina", "Food", "Groceries")] * 2
    assert renamed["notices"] == ["The budget of Food is kept, because there is one of Groceries."] * 2


class Stopped(BaseException):
    """The process is stopped."""


@contextmanager
def stopping(listeners: list[Listener], at: int) -> Iterator[None]:
    """Stop the process in the block at the transaction with this number, from 0."""
    numbers = count()

    def stop(operation: str, _: object) -> None:
        if operation == "TransactWriteItems" and next(numbers) == at:
            raise Stopped

    listeners.append(stop)
    yield
    listeners.remove(stop)


def assert_right(fake: FakeDynamoDB) -> None:
    """Hold every total to the expenses."""
    recount = Recount(cast("DynamoDBClient", fake), "expenses", "records")
    assert recount.of_user("amina", write=False, pause=lambda: None) == []
