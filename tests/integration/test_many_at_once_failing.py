"""Batches, imports, renames and erasures while DynamoDB fails: what is reported is true, and a repetition ends it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import ApiClient, Response
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import Behaviour, DynamoDBServer, Exchange, cancel, read_nothing, refuse, reset_after
from tests.integration.conftest import ApiOver
from tests.integration.test_import import counts, imported, spreadsheet

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
BUDGET = {"category": "Food", "currency": "EUR", "amount": 400, "from": "2025-05", "carry_over": "both"}
WRITE = "TransactWriteItems"
FAILS = [refuse(500, "InternalServerError")] * 4
"""As often as a call is tried; DynamoDB may have made it."""
THROTTLES = [cancel("ThrottlingError")] * 4
"""As often as a call is tried; DynamoDB has not made it."""
FULL = cancel("None", "ItemCollectionSizeLimitExceeded")

Act = Callable[[ApiClient], Response]
ACTS: dict[str, Act] = {
    "import": lambda api: imported(api, spreadsheet(2)),
    "batch": lambda api: api.post("/expenses/batch", {"items": [{**LUNCH, "idempotency_key": "a"}, LUNCH]}),
    "rename": lambda api: api.post("/categories/rename", {"from": "Food", "to": "Groceries"}),
    "erase": lambda api: api.post("/erase", {"confirm": "erase everything"}),
}
ADVICE = {
    "import": "Send the same file again after the number of seconds in Retry-After: no line is recorded twice.",
    "batch": (
        "Send the same body again after the number of seconds in Retry-After, if each expense has an idempotency_key: "
        "it is recorded once. Without, look first at what is there now."
    ),
    "rename": "Send the same request again after the number of seconds in Retry-After: it moves what is left.",
    "erase": "Send the same request again after the number of seconds in Retry-After: it erases what is left.",
}
EACH = pytest.mark.parametrize("name", ACTS)


@pytest.fixture
def others(api_over: ApiOver, fake: FakeDynamoDB) -> ApiClient:
    """The same user on another device, whose network is in order."""
    return api_over(fake)


def totals(api: ApiClient) -> dict[str, Any]:
    return {group["category"]: group["count"] for group in api.get("/summary?group_by=category").json["items"]}


@EACH
def test_an_unknown_outcome_comes_with_what_to_do(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient, name: str
) -> None:
    others.post("/expenses", LUNCH)
    server.plan = {WRITE: list(FAILS)}
    response = ACTS[name](remote)
    assert (response.status, response.json["outcome"]) == (503, "unknown")
    assert response.json["detail"] == f"The request may or may not have been carried out. {ADVICE[name]}"
    assert ACTS[name](remote).status in {200, 201}


@pytest.mark.parametrize(
    ("name", "reasons", "status"),
    [
        *((name, ["None", "ThrottlingError"], 503) for name in ACTS),
        *((name, ["ItemCollectionSizeLimitExceeded"], 409) for name in ACTS),
        ("import", ["ProvisionedThroughputExceeded", "TransactionConflict"], 503),
        ("import", ["ValidationError", "ThrottlingError"], 500),
    ],
)
def test_a_cancelled_transaction_is_told_by_its_reasons_and_nothing_is_changed(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient, name: str, reasons: list[str], status: int
) -> None:
    others.post("/expenses", LUNCH)
    before = others.get("/expenses").json
    server.plan = {WRITE: [cancel(*reasons)] * 4}
    response = ACTS[name](remote)
    assert response.status == status
    assert status != 503 or response.json["outcome"] == "unchanged"
    assert others.get("/expenses").json == before


@EACH
def test_what_is_cancelled_by_a_conflict_is_done_by_another_attempt(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient, name: str
) -> None:
    others.post("/expenses", LUNCH)
    server.plan = {WRITE: [cancel("None", "TransactionConflict")]}
    assert ACTS[name](remote).status in {200, 201}
    assert sum(totals(others).values()) == {"import": 3, "batch": 3, "rename": 1, "erase": 0}[name]


@pytest.mark.parametrize("behaviours", [FAILS, THROTTLES, [FULL]], ids=["failed", "throttled", "full"])
def test_an_import_that_stops_half_way_reports_what_it_did_and_the_same_file_finishes_it(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient, behaviours: list[Behaviour]
) -> None:
    text = spreadsheet(60)
    server.plan = {WRITE: [Exchange.respond, *behaviours]}
    first = imported(remote, text)
    assert counts(first) == (50, 0, 0)
    assert (first.json["done"], first.json["next_line"]) == (False, 52)
    assert sum(totals(others).values()) == 50
    assert counts(imported(remote, text)) == (10, 50, 0)
    assert sum(totals(others).values()) == 60


def test_an_import_into_a_full_account_says_so_and_still_reports_what_was_there(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient
) -> None:
    imported(others, spreadsheet(50))
    server.plan = {WRITE: [FULL]}
    refused = imported(remote, spreadsheet(60))
    assert (refused.status, refused.json["type"]) == (409, "urn:problem-type:expenses:storage-full")
    assert counts(imported(remote, spreadsheet(50))) == (0, 50, 0)


def test_an_import_whose_response_was_lost_takes_its_own_lines_for_its_own(
    remote: ApiClient, server: DynamoDBServer
) -> None:
    server.plan = {WRITE: [reset_after, reset_after]}
    assert counts(imported(remote, spreadsheet(60))) == (60, 0, 0)


def test_keys_that_dynamodb_left_unread_are_read_by_another_call(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient
) -> None:
    imported(others, spreadsheet(3))
    server.plan = {"BatchGetItem": [read_nothing] * 2}
    assert counts(imported(remote, spreadsheet(4))) == (1, 3, 0)
    assert server.requests[:3] == ["BatchGetItem"] * 3


def test_keys_that_are_never_read_are_a_503_and_nothing_is_recorded(
    remote: ApiClient, server: DynamoDBServer, fake: FakeDynamoDB
) -> None:
    server.plan = {"BatchGetItem": [read_nothing] * 4}
    response = imported(remote, spreadsheet(3))
    assert (response.status, response.json["outcome"], fake.items) == (503, "unchanged", [])


def test_a_rename_whose_budget_has_moved_never_says_that_nothing_was_changed(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient
) -> None:
    others.put("/budgets", BUDGET)
    others.post("/expenses", LUNCH)
    server.plan = {WRITE: [Exchange.respond, *THROTTLES]}
    response = ACTS["rename"](remote)
    assert response.json == {"moved": 0, "done": False, "notices": []}
    assert [budget["category"] for budget in others.get("/budgets").json["items"]] == ["Groceries"]
    assert ACTS["rename"](remote).json == {"moved": 1, "done": True, "notices": []}


def test_a_rename_of_which_one_of_two_budgets_has_moved_is_of_unknown_outcome(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient
) -> None:
    for currency in ("EUR", "KES"):
        others.put("/budgets", {**BUDGET, "currency": currency})
    server.plan = {WRITE: [Exchange.respond, *THROTTLES]}
    response = ACTS["rename"](remote)
    assert (response.status, response.json["outcome"]) == (503, "unknown")
    assert ACTS["rename"](remote).json["done"]
    assert [budget["category"] for budget in others.get("/budgets").json["items"]] == ["Groceries"] * 2


def test_a_rename_that_finds_no_room_reports_what_it_moved(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient
) -> None:
    imported(others, re.sub("Food [0-9]", "Food", spreadsheet(40)))
    server.plan = {WRITE: [Exchange.respond, FULL]}
    assert ACTS["rename"](remote).json == {"moved": 33, "done": False, "notices": []}
    assert totals(others) == {"Food": 7, "Groceries": 33}


def test_an_erasure_that_has_erased_records_never_says_that_nothing_was_changed(
    remote: ApiClient, server: DynamoDBServer, others: ApiClient, fake: FakeDynamoDB
) -> None:
    for number in range(101):
        others.put("/budgets", {**BUDGET, "category": f"Food {number}"})
    server.plan = {WRITE: [Exchange.respond, *THROTTLES]}
    assert ACTS["erase"](remote).json == {"erased": 0, "done": False}
    assert 0 < len(fake.items_of("records")) < 101
    assert ACTS["erase"](remote).json == {"erased": 0, "done": True}
