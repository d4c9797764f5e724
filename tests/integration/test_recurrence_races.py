"""Recording on many devices at the same time: each occurrence once, together with its total."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from tests.client import ApiClient, Request, Response
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
RENT = {
    "category": "Rent",
    "amount": 450,
    "payment_method": "Card",
    "first": "2025-04-30",
    "every": {"count": 1, "unit": "month"},
}
BREAD = {**RENT, "category": "Bread", "amount": 3, "first": "2025-06-28", "every": {"count": 1, "unit": "day"}}
DATES = ["2025-04-30", "2025-05-30", "2025-06-28", "2025-06-29", "2025-06-30", "2025-06-30", "2025-07-01"]


def recorded(api: ApiClient) -> list[str]:
    """Return the dates of all expenses, and see that the totals are theirs."""
    expenses = api.get("/expenses?sort=date&limit=100").json["items"]
    groups = api.get("/summary").json["items"]
    assert sum(group["total"] for group in groups) == sum(expense["amount"] for expense in expenses)
    assert sum(group["count"] for group in groups) == len(expenses)
    return [expense["date"] for expense in expenses]


def test_20_devices_that_record_at_once_record_each_once(api_over: ApiOver, fake: FakeDynamoDB, clock: Clock) -> None:
    clock.now = NOW
    api = api_over(fake, seconds=8)
    for body in (RENT, BREAD):
        assert api.post("/recurrences", body).status == 201
    fake.before.append(lambda *_: time.sleep(random.uniform(0, 0.002)))  # noqa: S311
    fake.transaction_seconds = 0.001
    start = Barrier(20)

    def record(_: int) -> Response:
        start.wait()
        return api.transport(Request("POST", "/recurrences/record", {"Content-Type": "application/json"}, {}))

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(record, range(20)))
    assert [response.status for response in responses] == [200] * 20
    assert {response.json["done"] for response in responses} == {True}
    assert sorted(item["expense"]["date"] for each in responses for item in each.json["items"]) == DATES
    fake.before.clear()
    assert recorded(api) == DATES
    assert [rule["version"] for rule in api.get("/recurrences").json["items"]] == [2, 2]
