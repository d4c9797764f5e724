"""Whatever call of DynamoDB fails in whatever way, all of an act on recurrences is made, or nothing of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from api.openapi.contract import Contract
from tests.client import Response
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.machine.faults import Fault
from tests.machine.system import UNANSWERED, System

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
RENT = {
    "category": "Rent",
    "amount": 450,
    "payment_method": "Card",
    "first": "2025-04-30",
    "every": {"count": 1, "unit": "month"},
}
BREAD = {**RENT, "category": "Bread", "amount": 3, "first": "2025-06-28", "every": {"count": 1, "unit": "day"}}


def make(system: System) -> Response:
    return system.send("amina", "POST", "/recurrences", BREAD, {"Idempotency-Key": "bread"})


def change(system: System) -> Response:
    return system.send("amina", "PATCH", place_of(system, "Rent"), {"amount": 500, "skipped": ["2025-05-30"]})


def delete(system: System) -> Response:
    return system.send("amina", "DELETE", place_of(system, "Rent"))


def record(system: System) -> Response:
    return system.send("amina", "POST", "/recurrences/record", {})


def rename(system: System) -> Response:
    return system.send("amina", "POST", "/categories/rename", {"from": "Rent", "to": "Flat"})


def place_of(system: System, category: str) -> str:
    """Return where the recurrence of a category is, or was."""
    found = system.look("amina", "/recurrences").json["items"]
    ids = [item["recurrence_id"] for item in found if item["category"] == category]
    return f"/recurrences/{(*ids, '00000000-0000-4000-8000-000000000000')[0]}"


AS_MADE: list[Any] = [("Rent", 450, [], None)]
"""The recurrences at first: of each the category, the amount, the skipped dates and how far it is recorded."""
ACTS: dict[str, tuple[Callable[[System], Response], list[Any], list[str]]] = {
    "create": (make, [*AS_MADE, ("Bread", 3, [], None)], []),
    "update": (change, [("Rent", 500, ["2025-05-30"], None)], []),
    "delete": (delete, [], []),
    "record": (record, [("Rent", 450, [], "2025-06-30")], ["2025-04-30", "2025-05-30", "2025-06-30"]),
    "rename": (rename, [("Flat", 450, [], None)], []),
}
"""What is done, and the recurrences and the dates of the expenses that there are afterwards."""


def seen(system: System) -> tuple[list[Any], list[str]]:
    rules = system.look("amina", "/recurrences").json["items"]
    expenses = system.listed("amina", sort="date")
    total = sum(group["total"] for group in system.summed("amina"))
    assert total == sum(expense["amount"] for expense in expenses)
    return (
        [(rule["category"], rule["amount"], rule["skipped"], rule["recorded_through"]) for rule in rules],
        [expense["date"] for expense in expenses],
    )


@pytest.mark.usefixtures("virtual_time")
@pytest.mark.parametrize(("times", "honours_tokens"), [(1, False), (1, True), (60, False)])
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
@pytest.mark.parametrize("act", ACTS)
def test_a_fault_at_any_call_of_an_act_leaves_all_or_nothing_of_it_and_repeating_completes_it(
    contract: Contract, act: str, fault: Fault, times: int, honours_tokens: bool
) -> None:
    do, after, dates = ACTS[act]
    for calls_before in range(12):
        system = System(FakeDynamoDB(), contract, ["amina"], Clock())
        system.clock.now = NOW
        system.dynamodb.honours_tokens = honours_tokens
        assert system.send("amina", "POST", "/recurrences", RENT).status == 201
        system.pass_time(NOW.resolution)
        system.dynamodb.expect([*[Fault.NONE] * calls_before, *[fault] * times])
        response = do(system)
        is_over = bool(system.dynamodb.plan) and not system.dynamodb.suffered
        first = seen(system)
        assert first in ((AS_MADE, []), (after, dates))
        system.dynamodb.expect(())
        if response.status in UNANSWERED | {409}:
            if response.status == 409 or response.json.get("outcome") == "unchanged":
                assert first == (AS_MADE, [])
            assert do(system).status in {200, 201, 204, 404}
        assert seen(system) == (after, dates)
        if is_over:
            return
    raise AssertionError("the act makes ever more calls")


def two_that_are_due(contract: Contract) -> System:
    """Return a system where seven expenses of two recurrences are due."""
    system = System(FakeDynamoDB(), contract, ["amina"], Clock())
    system.clock.now = NOW
    for body in (RENT, BREAD):
        assert system.send("amina", "POST", "/recurrences", body).status == 201
    return system


@pytest.mark.usefixtures("virtual_time")
def test_what_is_recorded_is_reported_although_the_rest_fails(contract: Contract) -> None:
    system = two_that_are_due(contract)
    system.dynamodb.expect([Fault.NONE, Fault.NONE, *[Fault.THROTTLED] * 60])
    first = record(system)
    system.dynamodb.expect(())
    second = record(system)
    assert [(each.status, each.json["done"]) for each in (first, second)] == [(200, False), (200, True)]
    assert sorted([first.json["count"], second.json["count"]]) == [3, 4]
    assert len(seen(system)[1]) == 7


@pytest.mark.usefixtures("virtual_time")
def test_nothing_more_is_begun_when_time_is_short(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    system = two_that_are_due(contract)
    monkeypatch.setattr("api.deadline.RESERVED_SECONDS", 60)
    pages = [record(system).json for _ in range(3)]
    assert [page["done"] for page in pages] == [False, True, True]
    assert sorted(page["count"] for page in pages) == [0, 3, 4]


@pytest.mark.usefixtures("virtual_time")
def test_what_was_erased_meanwhile_is_not_recorded(contract: Contract) -> None:
    system = two_that_are_due(contract)

    def erase() -> None:
        with system.dynamodb.undisturbed():
            while not system.send("amina", "POST", "/erase", {"confirm": "erase everything"}).json["done"]:
                pass

    system.dynamodb.meanwhile = erase
    page = record(system)
    assert (page.status, page.json) == (200, {"items": [], "count": 0, "done": True})
    assert seen(system) == ([], [])


@pytest.mark.usefixtures("virtual_time")
@pytest.mark.parametrize("fault", [Fault.SHORT, Fault.EMPTY])
def test_an_erasure_is_done_when_nothing_is_left_however_short_the_pages_are(contract: Contract, fault: Fault) -> None:
    system = two_that_are_due(contract)
    assert record(system).json["done"]
    for _ in range(20):
        system.dynamodb.expect([fault] * 60)
        done = system.send("amina", "POST", "/erase", {"confirm": "erase everything"}).json["done"]
        system.dynamodb.expect(())
        if done:
            break
    assert done
    assert seen(system) == ([], [])


@pytest.mark.usefixtures("virtual_time")
@pytest.mark.parametrize(("calls_before", "outcome", "moved"), [(2, "unchanged", 0), (3, "unknown", 1)])
def test_a_rename_that_fails_says_whether_recurrences_may_have_followed(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, calls_before: int, outcome: str, moved: int
) -> None:
    monkeypatch.setattr("api.recurrences.service.MAX_ACTIONS", 1)
    system = System(FakeDynamoDB(), contract, ["amina"], Clock())
    for _ in range(2):
        assert system.send("amina", "POST", "/recurrences", RENT).status == 201
    system.dynamodb.expect([*[Fault.NONE] * calls_before, *[Fault.THROTTLED] * 60])
    response = rename(system)
    assert (response.status, response.json["outcome"]) == (503, outcome)
    system.dynamodb.expect(())
    assert [category for category, *_ in seen(system)[0]].count("Flat") == moved
    assert rename(system).json["done"]
    assert [category for category, *_ in seen(system)[0]] == ["Flat", "Flat"]
