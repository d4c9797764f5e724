"""Several expenses in one request: all or none, each once for its key, and every violation of every item at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.client import ApiClient, Response
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, reset_after, reset_before
from tests.integration.conftest import ApiOver

FOOD = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
RENT = {**FOOD, "category": "Rent", "amount": 45000, "currency": "KES"}


def batch(api: ApiClient, *items: dict[str, Any]) -> Response:
    return api.post("/expenses/batch", {"items": list(items)})


def keyed(key: str, item: dict[str, Any] = FOOD) -> dict[str, Any]:
    return {**item, "idempotency_key": key}


def listed(api: ApiClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/expenses?limit=100").json["items"]
    return found


def replayed(response: Response) -> list[bool]:
    assert response.status == 201, response
    return [item["replayed"] for item in response.json["items"]]


def test_expenses_are_recorded_in_order_with_their_totals(api: ApiClient) -> None:
    response = batch(api, FOOD, RENT, FOOD)
    recorded = [item["expense"] for item in response.json["items"]]
    assert replayed(response) == [False] * 3
    assert [expense["category"] for expense in recorded] == ["Food", "Rent", "Food"]
    assert sorted(recorded, key=str) == sorted(listed(api), key=str)
    groups = api.get("/summary").json["items"]
    assert [(group["currency"], group["total"], group["count"]) for group in groups] == [
        ("EUR", 25, 2),
        ("KES", 45000, 1),
    ]


def test_fifty_expenses_of_fifty_categories_fit(api: ApiClient) -> None:
    response = batch(api, *({**FOOD, "category": f"Category {number}"} for number in range(50)))
    assert (response.json["count"], len(listed(api))) == (50, 50)
    assert batch(api, *[FOOD] * 51).pointers == ["/items"]


def test_the_header_of_a_single_expense_is_no_key_of_a_batch(api: ApiClient) -> None:
    for _ in range(2):
        assert replayed(api.post("/expenses/batch", {"items": [FOOD]}, Idempotency_Key="lunch")) == [False]
    assert len(listed(api)) == 2


def test_what_a_key_recorded_before_is_reported_and_not_doubled(api: ApiClient) -> None:
    single = api.post("/expenses", FOOD, Idempotency_Key="lunch").json
    response = batch(api, RENT, keyed("lunch"), keyed("rent", RENT))
    assert replayed(response) == [False, True, False]
    assert response.json["items"][1]["expense"] == single
    assert replayed(batch(api, keyed("lunch"), keyed("rent", RENT))) == [True, True]
    again = api.post("/expenses", RENT, Idempotency_Key="rent")
    assert (again.headers["Idempotency-Replayed"], len(listed(api))) == ("true", 3)


def test_a_replay_shows_the_expense_as_it_is_now(api: ApiClient) -> None:
    made = batch(api, keyed("lunch")).json["items"][0]["expense"]
    changed = api.patch(f"/expenses/{made['expense_id']}", {"amount": 7}).json
    assert batch(api, keyed("lunch")).json["items"] == [{"expense": changed, "replayed": True}]


def test_a_key_of_another_expense_is_named_and_nothing_is_recorded(api: ApiClient) -> None:
    batch(api, keyed("a"), keyed("b"))
    response = batch(api, RENT, keyed("a", RENT), keyed("c"), keyed("b", RENT))
    assert (response.status, response.pointers) == (422, ["/items/1/idempotency_key", "/items/3/idempotency_key"])
    assert len(listed(api)) == 2


@pytest.mark.parametrize("purge", [False, True], ids=["in-trash", "purged"])
def test_a_key_of_a_deleted_expense_is_gone_and_nothing_is_recorded(api: ApiClient, purge: bool) -> None:
    (made,) = batch(api, keyed("lunch")).json["items"]
    place = made["expense"]["expense_id"]
    api.delete(f"/expenses/{place}")
    if purge:
        api.delete(f"/trash/{place}")
    response = batch(api, RENT, keyed("lunch"))
    assert (response.status, response.pointers) == (410, ["/items/1/idempotency_key"])
    assert listed(api) == []


def test_the_same_key_twice_is_a_violation_of_the_second_one(api: ApiClient) -> None:
    response = batch(api, keyed("a"), FOOD, keyed("a"), keyed("b"), keyed("a"))
    assert (response.status, response.pointers) == (400, ["/items/2/idempotency_key", "/items/4/idempotency_key"])
    assert listed(api) == []


def test_all_violations_of_all_items_are_reported_at_once(api: ApiClient) -> None:
    schema = batch(api, {**FOOD, "amount": "1"}, FOOD, {**FOOD, "notes": 7, "date": "2025-02-30"}, {})
    assert schema.status == 400
    assert sorted(schema.pointers) == [
        *("/items/0/amount", "/items/2/date", "/items/2/notes"),
        *("/items/3/amount", "/items/3/category", "/items/3/payment_method"),
    ]
    rules = batch(
        api,
        {**FOOD, "amount": 1.234},
        FOOD,
        {**FOOD, "currency": "XXZ", "category": "\U000e0001", "payment_method": "\U000e0001"},
        keyed("a", {**FOOD, "currency": "DEM"}),
        keyed("a"),
    )
    assert rules.pointers == [
        "/items/0/amount",
        *("/items/2/category", "/items/2/payment_method", "/items/2/currency"),
        *("/items/3/currency", "/items/4/idempotency_key"),
    ]
    assert listed(api) == []


def test_every_property_of_every_item_can_be_a_violation(api: ApiClient) -> None:
    wrong = dict.fromkeys(("category", "amount", "payment_method", "notes", "date", "currency", "idempotency_key"), 0)
    response = batch(api, *[{**wrong, "amount": "1"}] * 50)
    assert len(set(response.pointers)) == 50 * len(wrong)


def test_a_date_left_out_is_the_callers_today_or_a_violation(api: ApiClient) -> None:
    undated = {name: value for name, value in FOOD.items() if name != "date"}
    assert batch(api.as_user("amina", "Pacific/Kiritimati"), undated).status == 201
    response = batch(api.as_user("amina", "Mars/Olympus"), FOOD, undated, {**undated, "amount": 1.234})
    assert (response.status, response.pointers) == (400, ["/items/1/date", "/items/2/date", "/items/2/amount"])


def test_a_batch_of_more_than_64_kib_is_too_large(api: ApiClient) -> None:
    assert batch(api, *[{**FOOD, "notes": "ä" * 1000}] * 32).status == 413


def test_another_users_keys_are_not_known(api: ApiClient) -> None:
    batch(api, keyed("a"))
    brian = api.as_user("brian")
    assert replayed(batch(brian, keyed("a", RENT))) == [False]


def test_each_new_expense_counts_in_the_metric(api: ApiClient, log: list[str]) -> None:
    batch(api, keyed("a"), FOOD, FOOD)
    batch(api, keyed("a"), FOOD)
    batch(api, keyed("a"))
    counts = [line.partition('"ExpensesCreated":')[2][:1] for line in log]
    assert counts == ["3", "1", ""]


@pytest.mark.parametrize("behaviour", [reset_before, reset_after])
def test_a_lost_response_doubles_nothing(
    remote: ApiClient, server: DynamoDBServer, behaviour: Any, fake: FakeDynamoDB
) -> None:
    server.plan = {"TransactWriteItems": [behaviour, behaviour]}
    assert replayed(batch(remote, FOOD, keyed("a"), RENT)) == [False] * 3
    assert (len(listed(remote)), len(fake.items)) == (3, 3)
    assert [group["count"] for group in remote.get("/summary").json["items"]] == [2, 1]


def test_fifty_batches_at_once_record_each_key_once(api_over: ApiOver, fake: FakeDynamoDB) -> None:
    fake.transaction_seconds = 0.002
    api = api_over(fake, seconds=60)
    items = [keyed(f"key-{number}", {**FOOD, "amount": number}) for number in range(10)]
    with ThreadPoolExecutor(50) as pool:
        responses = list(pool.map(lambda _: batch(api, *items), range(50)))
    assert {response.status for response in responses} == {201}
    assert sorted(replayed(response)[0] for response in responses) == [False] + [True] * 49
    assert all(len(set(replayed(response))) == 1 for response in responses)
    assert (len(listed(api)), [group["total"] for group in api.get("/summary").json["items"]]) == (10, [45])


def test_rules_are_reported_with_what_violates_the_schema(api: ApiClient) -> None:
    response = batch(
        api,
        {**FOOD, "amount": "1"},
        keyed("a", {**FOOD, "amount": 1.234, "notes": 7}),
        keyed("a", {**FOOD, "currency": "XYZ", "category": "\u200b"}),
        {**FOOD, "currency": 7, "amount": 1.234},
        {**FOOD, "currency": "XYZ", "date": "2025-02-30", "idempotency_key": 7},
        RENT,
    )
    assert (response.status, len(response.pointers), sorted(response.pointers)) == (
        400,
        10,
        [
            *("/items/0/amount", "/items/1/amount", "/items/1/notes", "/items/2/category", "/items/2/currency"),
            *("/items/2/idempotency_key", "/items/3/currency", "/items/4/currency", "/items/4/date"),
            *("/items/4/idempotency_key",),
        ],
    )
