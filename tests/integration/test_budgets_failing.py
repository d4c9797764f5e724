"""Budgets on a bad day: responses that are lost, devices that write at once, and a process that stops at each call."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import pytest

from tests.client import ApiClient, Response
from tests.fakes.dynamodb import FakeDynamoDB, Listener
from tests.fakes.dynamodb_server import DynamoDBServer, Exchange, refuse, reset_after, reset_before
from tests.integration.conftest import ApiOver

FOOD = {"category": "Food", "currency": "EUR", "amount": 400, "from": "2025-05", "carry_over": "both"}
OF_FOOD = "/budgets?category=Food&currency=EUR"
PUT = "PutItem"


@pytest.fixture
def others(api_over: ApiOver, fake: FakeDynamoDB) -> ApiClient:
    """The same user on another device, whose network is in order."""
    return api_over(fake, seconds=30)


def put(api: ApiClient, if_match: str = "", **properties: Any) -> Response:
    return api.put("/budgets", {**FOOD, **properties}, **({"If_Match": if_match} if if_match else {}))


def there(api: ApiClient) -> list[tuple[Any, ...]]:
    """Return each budget's category, version and amounts by their months."""
    return [
        (item["category"], item["version"], {period["from"]: period["amount"] for period in item["periods"]})
        for item in api.get("/budgets?limit=100").json["items"]
    ]


@pytest.mark.parametrize("behaviour", [reset_before, reset_after], ids=["before", "after"])
@pytest.mark.parametrize("if_match", ["", '"1"'], ids=["plain", "if-match"])
def test_a_budget_whose_response_is_lost_is_set_changed_and_deleted_once(
    remote: ApiClient, server: DynamoDBServer, behaviour: Callable[[Exchange], None], if_match: str
) -> None:
    server.plan = {PUT: [behaviour, Exchange.respond, behaviour]}
    assert put(remote).headers["ETag"] == '"1"'
    assert put(remote, if_match, amount=450, **{"from": "2025-06"}).headers["ETag"] == '"2"'
    assert there(remote) == [("Food", 2, {"2025-05": 400, "2025-06": 450})]
    server.plan = {PUT: [behaviour]}
    assert remote.delete(OF_FOOD, **({"If_Match": '"2"'} if if_match else {})).status == 204
    assert there(remote) == []
    assert server.requests.count(PUT) == 6


@pytest.mark.parametrize("is_made", [True, False], ids=["made", "never arrived"])
@pytest.mark.parametrize("if_match", ["", '"1"'], ids=["plain", "if-match"])
def test_a_change_whose_response_is_lost_meets_that_of_another_device(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient, is_made: bool, if_match: str
) -> None:
    put(others)

    def lose(exchange: Exchange) -> None:
        if is_made:
            exchange.make()
        put(others, amount=1, **{"from": "2025-07"})
        exchange.reset()

    server.plan = {PUT: [lose]}
    response = put(remote, if_match, amount=450, **{"from": "2025-06"})
    is_refused = bool(if_match) and not is_made
    assert response.status == (412 if is_refused else 200)
    mine = {} if is_refused else {"2025-06": 450}
    assert there(others) == [("Food", 2 if is_refused else 3, {"2025-05": 400, **mine, "2025-07": 1})]


def test_a_write_that_always_fails_is_of_unknown_outcome_and_a_busy_table_of_a_known_one(
    remote: ApiClient, server: DynamoDBServer
) -> None:
    for behaviour, outcome in (
        (refuse(500, "InternalServerError"), "unknown"),
        (refuse(400, "ThrottlingException"), "unchanged"),
    ):
        server.plan = {PUT: [behaviour] * 4}
        response = put(remote)
        assert (response.status, response.json["outcome"]) == (503, outcome)
    server.plan = {"Query": [refuse(400, "ThrottlingException")] * 4}
    assert remote.get("/budgets/status?year=2025&month=May").json["outcome"] == "unchanged"
    assert there(remote) == []


def test_20_devices_that_set_another_month_each_are_all_heard(others: ApiClient) -> None:
    months = [f"20{year}-{month:02}" for year in (25, 26) for month in range(1, 11)]
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda month: put(others, **{"from": month}), months))
    assert {response.status for response in responses} == {200}
    assert there(others) == [("Food", 20, dict.fromkeys(months, 400))]


def test_of_20_changes_at_one_version_one_is_made(others: ApiClient) -> None:
    put(others)
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda amount: put(others, '"1"', amount=amount), range(20)))
    assert sorted(response.status for response in responses) == [200] + [412] * 19
    [won] = [response.json for response in responses if response.status == 200]
    assert there(others) == [("Food", 2, {"2025-05": won["periods"][0]["amount"]})]


def test_a_budget_is_set_and_its_category_renamed_at_once(others: ApiClient) -> None:
    put(others)

    def act(number: int) -> int:
        if number % 2:
            return put(others, **{"from": f"2026-{number // 2 + 1:02}"}).status
        return others.post("/categories/rename", {"from": "Food", "to": "Groceries"}).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(act, range(16))) == {200}
    months = [month for _, _, periods in there(others) for month in periods]
    assert sorted(months) == ["2025-05", *(f"2026-{number:02}" for number in range(1, 9))]


CALLS = {"set": 2, "change": 2, "end": 2, "delete": 2, "rename": 4}
"""How many calls each makes to DynamoDB, up to the one that writes."""


class Stopped(BaseException):
    """The process is stopped."""


ACTS: dict[str, Callable[[ApiClient], Response]] = {
    "set": lambda api: put(api, category="Rent"),
    "change": lambda api: put(api, amount=450, **{"from": "2025-06"}),
    "end": lambda api: api.delete(f"{OF_FOOD}&from=2025-06"),
    "delete": lambda api: api.delete(OF_FOOD),
    "rename": lambda api: api.post("/categories/rename", {"from": "Food", "to": "Groceries"}),
}


@contextmanager
def stopping(listeners: list[Listener], at: int) -> Iterator[None]:
    """Stop the process in the block at the call with this number, from 0."""
    numbers = count()

    def stop(_operation: str, _arguments: object) -> None:
        if next(numbers) == at:
            raise Stopped

    listeners.append(stop)
    with suppress(Stopped):
        yield
    listeners.remove(stop)


def amounts(api: ApiClient) -> list[tuple[Any, ...]]:
    return [(category, periods) for category, _, periods in there(api)]


@pytest.mark.parametrize("is_made", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ACTS)
def test_a_stop_at_any_call_leaves_all_of_a_budget_or_nothing_and_a_repetition_ends_it(
    api_over: ApiOver, name: str, is_made: bool
) -> None:
    found: list[list[tuple[Any, ...]]] = []
    for at in range(CALLS[name] + 1):
        fake = FakeDynamoDB()
        api = api_over(fake)
        put(api)
        with stopping(fake.after if is_made else fake.before, at):
            ACTS[name](api)
        found.append(there(api))
        ACTS[name](api)
        last = amounts(api)
    *stopped, done = found
    assert last == [(category, periods) for category, _, periods in done]
    untouched = [("Food", 1, {"2025-05": 400})]
    assert all(state in (untouched, done) for state in stopped)
    assert (stopped[-1] == done) == is_made
