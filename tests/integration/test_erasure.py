"""Everything of a user is erased, step by step, and whatever happens meanwhile keeps totals and copies right."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import pytest

from api.erasure.service import MAX_TRANSACTIONS
from api.expenses.store import MAX_ERASED
from api.summaries.recount import Recount
from api.tables import RECORDS
from tests.client import ApiClient
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, refuse, reset_after, reset_before
from tests.integration.conftest import ApiOver
from tests.seed import expense, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
CONFIRMED = {"confirm": "erase everything"}


class Stopped(BaseException):
    """The process is stopped."""


def erase(api: ApiClient) -> dict[str, Any]:
    response = api.post("/erase", CONFIRMED)
    assert response.status == 200, response
    erased: dict[str, Any] = response.json
    return erased


def erase_until_done(api: ApiClient) -> list[int]:
    """Repeat the request; return what each one erased."""
    counts = []
    is_done = False
    while not is_done:
        erased = erase(api)
        counts.append(erased["erased"])
        is_done = erased["done"]
    return counts


def live_a_little(api: ApiClient, key: str = "lunch") -> None:
    """Leave an expense, one in the trash and one that is deleted for good."""
    api.post("/expenses", LUNCH, Idempotency_Key=key)
    for is_purged in (False, True):
        expense_id = api.post("/expenses", LUNCH).json["expense_id"]
        api.delete(f"/expenses/{expense_id}")
        if is_purged:
            api.delete(f"/trash/{expense_id}")


def fill(fake: FakeDynamoDB, most: int) -> None:
    """Put expenses of many months into a user's partition, with their totals."""
    rows = [expense(number, date(2020, 1, 1) + timedelta(days=number)) for number in range(most)]
    put(fake, "amina", rows, totals=True)


def of(fake: FakeDynamoDB, user: str = "amina") -> list[str]:
    """Return the keys of all that is kept of a user."""
    kept = [*fake.items, *fake.items_of("records")]
    return [each.get("record_key", each.get("expense_id"))["S"] for each in kept if each["user_id"]["S"] == user]


def assert_right(fake: FakeDynamoDB) -> None:
    """Hold every total to the expenses."""
    recount = Recount(cast("DynamoDBClient", fake), "expenses", "records")
    assert recount.of_user("amina", write=False, pause=lambda: None) == []


@pytest.fixture
def over_fake(api_over: ApiOver, fake: FakeDynamoDB) -> ApiClient:
    return api_over(fake, seconds=30)


def test_nothing_is_left_but_the_mark(over_fake: ApiClient, fake: FakeDynamoDB) -> None:
    live_a_little(over_fake)
    budget = {**RECORDS.key("amina", "budget#Food"), "version": {"N": "1"}}
    fake.put_item(TableName="records", Item=budget)
    assert erase(over_fake) == {"erased": 3, "done": True}
    assert of(fake) == ["erasure"]
    assert erase(over_fake) == {"erased": 0, "done": True}


def test_moto_agrees_that_nothing_is_left(api: ApiClient, client: "DynamoDBClient") -> None:
    live_a_little(api)
    assert erase(api) == {"erased": 3, "done": True}
    assert client.scan(TableName="expenses")["Count"] == 0
    assert [record["record_key"]["S"] for record in client.scan(TableName="records")["Items"]] == ["erasure"]
    for url in ("/expenses", "/trash", "/changes", "/summary", "/categories"):
        assert api.get(url).json["items"] == []


def test_another_user_keeps_everything(over_fake: ApiClient, fake: FakeDynamoDB) -> None:
    brian = over_fake.as_user("brian")
    for api in (over_fake, brian):
        live_a_little(api)
    cursor = brian.get("/changes").json["next_cursor"]
    before = of(fake, "brian")
    erase_until_done(over_fake)
    assert of(fake, "brian") == before
    assert brian.get(f"/changes?cursor={cursor}").status == 200


@pytest.mark.parametrize("body", [{}, {"confirm": "yes"}, {"confirm": "Erase everything"}, {"confirm": True}])
def test_nothing_is_erased_without_the_exact_words(api: ApiClient, body: dict[str, Any]) -> None:
    live_a_little(api)
    assert api.post("/erase", body).pointers == ["/confirm"]
    assert api.get("/expenses").json["count"] == 1


def test_a_key_from_before_records_a_new_expense(api: ApiClient) -> None:
    live_a_little(api, "lunch")
    erase_until_done(api)
    response = api.post("/expenses", LUNCH, Idempotency_Key="lunch")
    assert (response.status, response.json["version"], "Idempotency-Replayed" in response.headers) == (201, 1, False)


def test_the_work_of_one_request_is_bounded(over_fake: ApiClient, fake: FakeDynamoDB, at_once: list[float]) -> None:
    most = MAX_TRANSACTIONS * MAX_ERASED
    fill(fake, most + 1)
    assert erase(over_fake) == {"erased": most, "done": False}
    assert 3 < max(at_once) < 4  # 10 units each, of which the first 500 are free
    assert_right(fake)
    assert erase_until_done(over_fake) == [1]
    assert of(fake) == ["erasure"]


@pytest.mark.parametrize("is_made", [False, True], ids=["before", "after"])
def test_an_erasure_that_stops_at_any_transaction_leaves_totals_right(
    over_fake: ApiClient, fake: FakeDynamoDB, is_made: bool
) -> None:
    fill(fake, 2 * MAX_ERASED + 20)
    numbers = count()

    def stop(operation: str, _: object) -> None:
        """Stop after each transaction, or before every other one, since nothing would be made else."""
        if operation == "TransactWriteItems" and (is_made or next(numbers) % 2 == 0):
            raise Stopped

    (fake.after if is_made else fake.before).append(stop)
    stops, is_done = 0, False
    while not is_done:
        try:
            is_done = erase(over_fake)["done"]
        except Stopped:
            stops += 1
        if any(key.startswith("total") for key in of(fake)):
            assert_right(fake)
    assert stops == 4
    assert of(fake) == ["erasure"]


class OtherDevice:
    """Another device of the user, that acts between two calls of the erasure."""

    def __init__(self, fake: FakeDynamoDB, act: Callable[[], object], at: int) -> None:
        self.calls = 0
        self._fake, self._act, self._at = fake, act, at
        fake.before.append(self)

    def __call__(self, _operation: str, _arguments: object) -> None:
        self.calls += 1
        if self.calls == self._at:
            self._fake.before.remove(self)
            self._act()


@pytest.mark.parametrize("at", range(1, 11))
def test_what_is_recorded_meanwhile_is_erased_or_stays_with_its_total(
    over_fake: ApiClient, fake: FakeDynamoDB, at: int
) -> None:
    """At each call of the erasure in turn, another device records into a total that is about to go."""
    live_a_little(over_fake)
    OtherDevice(fake, lambda: over_fake.post("/expenses", LUNCH), at)
    erase(over_fake)
    assert_right(fake)
    listed = over_fake.get("/expenses").json["items"]
    assert [group["total"] for group in over_fake.get("/summary").json["items"]] == [each["amount"] for each in listed]
    erase_until_done(over_fake)
    assert of(fake) == ["erasure"]


def test_a_total_that_was_erased_and_made_anew_meanwhile_stays(over_fake: ApiClient, fake: FakeDynamoDB) -> None:
    over_fake.post("/expenses", LUNCH)

    def erase_records(_operation: str, arguments: Any) -> None:
        """Before the request erases records, let another one do that first, and then stop it."""
        tables = [each["Delete"]["TableName"] for each in arguments.get("TransactItems", ()) if "Delete" in each]
        if "records" not in tables:
            return
        fake.before.remove(erase_records)
        assert erase(over_fake)["done"]
        for _ in range(2):  # so that the total has moved as often as the one before
            over_fake.post("/expenses", LUNCH)
        fake.after.append(stop)

    def stop(*_: object) -> None:
        raise Stopped

    fake.before.append(erase_records)
    with suppress(Stopped):
        erase(over_fake)
    fake.after.clear()
    assert_right(fake)
    assert over_fake.get("/summary").json["items"][0]["count"] == 2


def test_a_cursor_from_before_is_told_to_start_over(api: ApiClient, clock: Clock) -> None:
    live_a_little(api)
    old = api.get("/changes").json["next_cursor"]
    erase_until_done(api)
    for _ in range(2):
        response = api.get(f"/changes?cursor={old}")
        assert (response.status, response.json["type"]) == (410, "urn:problem-type:expenses:cursor-expired")
    fresh = api.get("/changes").json
    assert (fresh["items"], fresh["up_to_date"]) == ([], True)
    made = api.post("/expenses", LUNCH).json
    page = api.get(f"/changes?cursor={fresh['next_cursor']}").json
    assert [change["expense"] for change in page["items"]] == [made]
    assert clock.now is None


@pytest.mark.parametrize("at", range(1, 9))
def test_a_device_that_reads_while_all_is_erased_keeps_no_copy(
    over_fake: ApiClient, fake: FakeDynamoDB, at: int
) -> None:
    """Whenever it reads, and whether the erasure goes on or not: what it has is there, or its cursor is refused."""
    fill(fake, 2 * MAX_ERASED + 20)
    copy: set[str] = set()
    cursors: list[str] = []

    def synchronize() -> None:
        cursor, is_up_to_date = "", False
        while not is_up_to_date:
            page = over_fake.get(f"/changes?limit=100&cursor={cursor}")
            assert page.status == 200
            copy.update(change["expense_id"] for change in page.json["items"] if not change["deleted"])
            cursor, is_up_to_date = page.json["next_cursor"], page.json["up_to_date"]
        cursors.append(cursor)

    def stop(operation: str, _: object) -> None:
        if stopper.calls > at and operation == "TransactWriteItems":
            raise Stopped

    stopper = OtherDevice(fake, synchronize, at)
    fake.before.append(stop)
    with suppress(Stopped):
        erase(over_fake)
    fake.before.remove(stop)
    if not cursors:
        synchronize()
    there = {row["expense_id"]["S"] for row in fake.items}
    status = over_fake.get(f"/changes?cursor={cursors[0]}").status
    assert status == 410 if copy - there else status == 200


def test_a_walk_across_an_erasure_is_told_to_start_over(over_fake: ApiClient, fake: FakeDynamoDB) -> None:
    fill(fake, 150)
    first = over_fake.get("/changes?limit=100").json
    erase_until_done(over_fake)
    over_fake.post("/expenses", LUNCH)
    assert over_fake.get(f"/changes?cursor={first['next_cursor']}").status == 410


@pytest.mark.parametrize("behaviour", [reset_before, reset_after, refuse(500, "InternalServerError")])
def test_a_lost_response_is_no_matter(
    remote: ApiClient, server: DynamoDBServer, fake: FakeDynamoDB, behaviour: Any
) -> None:
    live_a_little(remote)
    server.plan = {"TransactWriteItems": [behaviour]}
    assert erase(remote) == {"erased": 3, "done": True}
    assert of(fake) == ["erasure"]


def test_no_time_left_says_how_far_it_came(api_over: ApiOver, fake: FakeDynamoDB) -> None:
    fill(fake, 3 * MAX_ERASED)
    hurried = api_over(fake, seconds=1.05)
    erased = erase(hurried)
    assert 0 < erased["erased"] <= 3 * MAX_ERASED
    erase_until_done(hurried)
    assert of(fake) == ["erasure"]
