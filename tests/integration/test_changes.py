"""The change feed over the whole service: what is in it, in which state, for whom and for how long."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.client import ApiClient
from tests.clock import Clock

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
START = datetime(2025, 6, 14, 18, 22, 5, tzinfo=UTC)
WINDOW = timedelta(seconds=15)
"""The function's timeout of the example settings, and the skew."""

Later = Callable[..., None]


@pytest.fixture
def later(clock: Clock) -> Later:
    """Set the clock forward by a time given as to `timedelta`."""
    clock.now = START

    def forward(**time: float) -> None:
        assert clock.now
        clock.now += timedelta(**time)

    return forward


def record(api: ApiClient, **properties: object) -> str:
    expense_id: str = api.post("/expenses", {**LUNCH, **properties}).json["expense_id"]
    return expense_id


def walk(api: ApiClient, cursor: str = "", limit: int = 25) -> tuple[list[dict[str, Any]], str]:
    """Return all changes from a cursor on, and the last cursor."""
    found: list[dict[str, Any]] = []
    while True:
        page = api.get(f"/changes?limit={limit}&cursor={cursor}").json
        found += page["items"]
        cursor = page["next_cursor"]
        if page["up_to_date"]:
            return found, cursor


def seen(changes: list[dict[str, Any]]) -> list[tuple[str, int, bool]]:
    return [(change["expense_id"], change["version"], change["deleted"]) for change in changes]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_each_expense_is_there_once_in_its_latest_state(api: ApiClient, later: Later, limit: int) -> None:
    ids = []
    for amount in range(1, 5):
        ids.append(record(api, amount=amount))
        later(seconds=1)
    api.patch(f"/expenses/{ids[0]}", {"notes": "Changed"})
    later(seconds=1)
    api.delete(f"/expenses/{ids[2]}")
    changes, _ = walk(api, limit=limit)
    assert seen(changes) == [(ids[1], 1, False), (ids[3], 1, False), (ids[0], 2, False), (ids[2], 2, True)]
    assert changes[2]["expense"] == api.get(f"/expenses/{ids[0]}").json
    assert "expense" not in changes[3]


def test_what_changed_after_a_walk_is_in_the_next_one(api: ApiClient, later: Later) -> None:
    first = record(api)
    later(minutes=1)
    _, cursor = walk(api)
    assert walk(api, cursor)[0] == []
    second = record(api)
    later(minutes=1)
    api.patch(f"/expenses/{first}", {"amount": 1})
    assert seen(walk(api, cursor)[0]) == [(second, 1, False), (first, 2, False)]


def test_the_last_seconds_are_read_again_with_the_same_version(api: ApiClient, later: Later) -> None:
    expense_id = record(api)
    _, cursor = walk(api)
    later(seconds=WINDOW.total_seconds())
    again, cursor = walk(api, cursor)
    assert seen(again) == [(expense_id, 1, False)]
    later(microseconds=1)
    assert seen(walk(api, cursor)[0]) == [(expense_id, 1, False)]
    _, cursor = walk(api, cursor)
    assert walk(api, cursor)[0] == []


def test_a_restored_expense_is_live_in_the_feed(api: ApiClient, later: Later) -> None:
    expense_id = record(api)
    api.delete(f"/expenses/{expense_id}")
    later(minutes=1)
    _, cursor = walk(api)
    api.post(f"/expenses/{expense_id}/restore", None)
    [change] = walk(api, cursor)[0]
    assert change["expense"] == api.get(f"/expenses/{expense_id}").json
    assert change["version"] == 3


def test_an_expense_that_is_deleted_for_good_is_a_deletion(api: ApiClient, later: Later) -> None:
    expense_id = record(api)
    later(minutes=1)
    _, cursor = walk(api)
    api.delete(f"/expenses/{expense_id}")
    api.delete(f"/trash/{expense_id}")
    assert seen(walk(api, cursor)[0]) == [(expense_id, 2, True)]


def test_a_deletion_is_in_the_feed_for_30_days(api: ApiClient, later: Later) -> None:
    expense_id = record(api)
    api.delete(f"/expenses/{expense_id}")
    later(days=30, microseconds=-1)
    assert seen(walk(api)[0]) == [(expense_id, 2, True)]
    later(microseconds=1)
    assert walk(api)[0] == []


def test_a_cursor_of_30_days_ago_is_gone(api: ApiClient, later: Later) -> None:
    later(seconds=WINDOW.total_seconds())
    _, cursor = walk(api)
    later(days=30, seconds=-WINDOW.total_seconds(), microseconds=-1)
    api.get(f"/changes?cursor={cursor}")
    assert api.get(f"/changes?cursor={cursor}").status == 200
    later(microseconds=1)
    gone = api.get(f"/changes?cursor={cursor}")
    assert (gone.status, gone.json["type"]) == (410, "urn:problem-type:expenses:cursor-expired")


def test_who_synchronizes_each_month_is_up_to_date_without_any_change(api: ApiClient, later: Later) -> None:
    record(api)
    cursor = ""
    for _ in range(3):
        later(days=29)
        _, cursor = walk(api, cursor)
    assert walk(api, cursor)[0] == []


def test_a_page_that_is_not_the_last_links_to_the_next(api: ApiClient) -> None:
    record(api), record(api)
    page = api.get("/changes?limit=1")
    assert page.headers["Link"] == f'<?limit=1&cursor={page.json["next_cursor"]}>; rel="next"'
    last = api.get(f"/changes?limit=1&cursor={page.json['next_cursor']}")
    assert (last.json["up_to_date"], "Link" in last.headers) == (True, False)


def test_a_cursor_of_another_list_is_not_valid(api: ApiClient) -> None:
    record(api), record(api)
    cursor = api.get("/expenses?limit=1").json["next_cursor"]
    response = api.get(f"/changes?cursor={cursor}")
    assert (response.status, response.pointers) == (400, ["cursor"])
    of_the_feed = api.get("/changes?limit=1").json["next_cursor"]
    assert api.get(f"/expenses?cursor={of_the_feed}").status == 400
    assert api.get(f"/trash?cursor={of_the_feed}").status == 400


@pytest.mark.parametrize("limit", [1, 25])
def test_another_users_cursor_moves_within_ones_own(api: ApiClient, later: Later, limit: int) -> None:
    other = api.as_user("brian")
    record(other), record(other)
    later(seconds=1)
    mine = record(api)
    cursor = other.get(f"/changes?limit={limit}").json["next_cursor"]
    assert seen(walk(api, cursor)[0]) == [(mine, 1, False)]


def test_a_head_request_has_the_headers_of_a_page(api: ApiClient) -> None:
    record(api), record(api)
    response = api.send("HEAD", "/changes?limit=1", {})
    assert (response.status, response.text, "Link" in response.headers) == (200, "", True)
