"""Recurrences: made, changed, skipped, deleted; what is due is listed and recorded, each occurrence once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from api import cursors
from tests.client import ApiClient, Response
from tests.clock import Clock
from tests.contract.document import CONTRACT
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver

RENT = {
    "category": "Rent",
    "amount": 450,
    "currency": "EUR",
    "payment_method": "Card",
    "first": "2025-01-31",
    "every": {"count": 1, "unit": "month"},
}
ENDS_OF_MONTHS = ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30"]
MISSING = "/recurrences/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def api(api_over: ApiOver, fake: FakeDynamoDB, clock: Clock) -> ApiClient:
    """The real handler over tables that are faster than moto's, on 1 July 2025."""
    clock.now = datetime(2025, 7, 1, 12, tzinfo=UTC)
    return api_over(fake)


def made(api: ApiClient, **properties: Any) -> str:
    """Make the recurrence of a rent, but for some properties; return where it is."""
    response = api.post("/recurrences", {**RENT, **properties})
    assert response.status == 201, response
    return response.headers["Location"]


def look(api: ApiClient, place: str) -> dict[str, Any]:
    response = api.get(place)
    assert response.status == 200, response
    found: dict[str, Any] = response.json
    return found


def patched(api: ApiClient, place: str, **properties: Any) -> dict[str, Any]:
    response = api.patch(place, properties)
    assert response.status == 200, response
    found: dict[str, Any] = response.json
    return found


def due(api: ApiClient, until: str | None = None) -> list[str]:
    """Return the dates of what is due."""
    response = api.get(f"/recurrences/due?{urlencode({'until': until} if until else {})}&limit=100")
    assert (response.status, response.json["next_cursor"]) == (200, None), response
    return [item["date"] for item in response.json["items"]]


def record(api: ApiClient, until: str | None = None) -> list[str]:
    """Record all that is due; return the dates."""
    dates: list[str] = []
    while True:
        response = api.post("/recurrences/record", {"until": until} if until else {})
        assert response.status == 200, response
        assert response.json["count"] == len(response.json["items"]) <= 50
        dates += [item["expense"]["date"] for item in response.json["items"]]
        if response.json["done"]:
            return dates


def expenses(api: ApiClient) -> list[dict[str, Any]]:
    """Return all expenses, the oldest first."""
    found: list[dict[str, Any]] = []
    url = "/expenses?sort=date&limit=100"
    while url:
        page = api.get(url)
        found += page.json["items"]
        url = f"/expenses{page.links['next']}" if page.json["next_cursor"] else ""
    return found


def recorded(api: ApiClient) -> list[str]:
    """Return the dates of all expenses."""
    return [expense["date"] for expense in expenses(api)]


def test_rent_on_the_31st_is_recorded_for_six_months_and_twice_called_once(api: ApiClient) -> None:
    place = made(api)
    assert due(api) == ENDS_OF_MONTHS
    assert record(api) == ENDS_OF_MONTHS
    assert (due(api), record(api), recorded(api)) == ([], [], ENDS_OF_MONTHS)
    rent = look(api, place)
    assert (rent["recorded_through"], rent["next"], rent["version"]) == ("2025-06-30", "2025-07-31", 2)
    [group] = api.get("/summary?year=2025").json["items"]
    assert (group["total"], group["count"]) == (2700, 6)


def test_a_recurrence_is_what_was_sent_and_what_follows_from_it(api: ApiClient) -> None:
    response = api.post("/recurrences", {**RENT, "category": " Re\u200bnt ", "notes": "flat"})
    rent = response.json
    assert response.headers["Location"] == f"/recurrences/{rent['recurrence_id']}"
    assert response.headers["ETag"] == '"1"'
    assert {name: rent[name] for name in RENT} == RENT
    assert (rent["notes"], rent["until"], rent["times"], rent["recorded_through"]) == ("flat", None, None, None)
    assert (rent["skipped"], rent["next"], rent["version"]) == ([], "2025-01-31", 1)
    assert rent["created_at"] == rent["updated_at"] == "2025-07-01T12:00:00.000000Z"
    assert look(api, response.headers["Location"]) == rent
    assert api.get(response.headers["Location"], If_None_Match='"1"').status == 304
    assert api.get(response.headers["Location"], If_None_Match='"2"').status == 200


def test_one_that_is_moved_from_another_account_goes_on_where_it_was(api: ApiClient) -> None:
    there = api.as_user("ben")
    place = made(api, times=5)
    assert record(api, "2025-03-31") == ENDS_OF_MONTHS[:3]
    kept = look(api, place)
    sent = {name: kept[name] for name in (*RENT, "times", "recorded_through")}
    moved = there.post("/recurrences", sent, Idempotency_Key="a").json
    assert {name: moved[name] for name in sent} == sent
    assert moved["next"] == "2025-04-30"
    assert record(there) == ENDS_OF_MONTHS[3:5]
    assert there.post("/recurrences", {**sent, "recorded_through": None}, Idempotency_Key="a").status == 422


def test_an_expense_says_what_its_recurrence_says(api: ApiClient) -> None:
    place = made(api, notes="flat", amount=12.345, currency="KWD", until="2025-02-01")
    [item] = api.post("/recurrences/record", {}).json["items"]
    assert f"/recurrences/{item['recurrence_id']}" == place
    [expense] = expenses(api)
    assert item["expense"] == expense
    wanted = {"category": "Rent", "amount": Decimal("12.345"), "currency": "KWD", "payment_method": "Card"}
    assert {name: expense[name] for name in wanted} == wanted
    assert (expense["notes"], expense["date"], expense["month"], expense["version"]) == (
        "flat",
        "2025-01-31",
        "January",
        1,
    )
    assert api.get("/changes").json["items"][0]["expense"] == expense


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (
            {"first": "2025-06-28", "every": {"count": 1, "unit": "day"}},
            ["2025-06-28", "2025-06-29", "2025-06-30", "2025-07-01"],
        ),
        ({"first": "2025-06-03", "every": {"count": 2, "unit": "week"}}, ["2025-06-03", "2025-06-17", "2025-07-01"]),
        ({"first": "2024-02-29", "every": {"count": 1, "unit": "year"}}, ["2024-02-29", "2025-02-28"]),
        (
            {"first": "2024-12-31", "every": {"count": 2, "unit": "month"}},
            ["2024-12-31", "2025-02-28", "2025-04-30", "2025-06-30"],
        ),
        ({"until": "2025-03-31"}, ENDS_OF_MONTHS[:3]),
        ({"until": "2025-03-30"}, ENDS_OF_MONTHS[:2]),
        ({"times": 4}, ENDS_OF_MONTHS[:4]),
        ({"times": 1, "until": None}, ENDS_OF_MONTHS[:1]),
        ({"first": "2025-07-02"}, []),
        ({"first": "2025-07-01"}, ["2025-07-01"]),
        (
            {"first": "2001-12-31", "currency": "DEM"},
            ["2001-12-31", "2002-01-31", "2002-02-28", "2002-03-31", "2002-04-30"],
        ),
    ],
)
def test_occurrences_are_counted_from_the_first_date(
    api: ApiClient, properties: dict[str, Any], wanted: list[str]
) -> None:
    made(api, **properties)
    assert (due(api), record(api)) == (wanted, wanted)


def test_what_is_over_has_no_next_one(api: ApiClient) -> None:
    place = made(api, times=6)
    record(api)
    assert look(api, place)["next"] is None


@pytest.mark.parametrize(
    ("properties", "violations"),
    [
        ({"amount": "450"}, ["/amount"]),
        ({"amount": 0.001}, ["/amount"]),
        ({"currency": "XXX"}, ["/currency"]),
        ({"currency": "DEM"}, ["/currency"]),
        ({"category": "\U000e0041", "payment_method": "\U000e0041"}, ["/category", "/payment_method"]),
        ({"first": None}, ["/first"]),
        ({"first": "2025-02-29"}, ["/first"]),
        ({"date": "2025-02-28"}, ["/date"]),
        ({"every": None}, ["/every"]),
        ({"every": {"count": 1}}, ["/every/unit"]),
        ({"every": {"count": 0, "unit": "day"}}, ["/every/count"]),
        ({"every": {"count": 1000, "unit": "day"}}, ["/every/count"]),
        ({"every": {"count": 1.5, "unit": "day"}}, ["/every/count"]),
        ({"every": {"count": 1, "unit": "fortnight"}}, ["/every/unit"]),
        ({"until": "2025-01-30"}, ["/until"]),
        ({"times": 0}, ["/times"]),
        ({"times": 10001}, ["/times"]),
        ({"times": 3, "until": "2025-12-31"}, ["/times"]),
        ({"skipped": []}, ["/skipped"]),
        ({"recorded_through": "1899-12-31"}, ["/recorded_through"]),
        (
            {"amount": 0.001, "until": "2024-01-01", "times": 2, "category": "\U000e0041"},
            ["/amount", "/category", "/times", "/until"],
        ),
    ],
)
def test_a_recurrence_that_is_not_valid_is_not_made(
    api: ApiClient, properties: dict[str, Any], violations: list[str]
) -> None:
    response = api.post("/recurrences", {**RENT, **properties})
    assert (response.status, sorted(response.pointers)) == (400, violations)
    assert api.get("/recurrences").json["items"] == []


class TestIdempotencyKey:
    def test_the_same_request_again_makes_nothing(self, api: ApiClient) -> None:
        first = api.post("/recurrences", RENT, Idempotency_Key="a")
        again = api.post("/recurrences", {**RENT, "amount": 450.0}, Idempotency_Key="a")
        assert (first.status, again.status, again.json) == (201, 201, first.json)
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert api.get("/recurrences").json["count"] == 1

    def test_it_is_shown_as_it_is_now(self, api: ApiClient) -> None:
        place = api.post("/recurrences", RENT, Idempotency_Key="a").headers["Location"]
        record(api)
        patched(api, place, amount=500)
        assert api.post("/recurrences", RENT, Idempotency_Key="a").json == look(api, place)

    def test_another_request_with_the_key_is_refused(self, api: ApiClient) -> None:
        api.post("/recurrences", RENT, Idempotency_Key="a")
        for other in ({"amount": 451}, {"first": "2025-02-01"}, {"every": {"count": 2, "unit": "month"}}, {"times": 3}):
            assert api.post("/recurrences", {**RENT, **other}, Idempotency_Key="a").status == 422

    def test_what_was_deleted_does_not_come_back(self, api: ApiClient) -> None:
        api.delete(api.post("/recurrences", RENT, Idempotency_Key="a").headers["Location"])
        assert api.post("/recurrences", RENT, Idempotency_Key="a").status == 410
        assert api.post("/recurrences", {**RENT, "amount": 1}, Idempotency_Key="a").status == 422
        assert (due(api), record(api)) == ([], [])

    def test_after_thirty_days_it_is_a_new_one_whose_version_goes_on(self, api: ApiClient, clock: Clock) -> None:
        place = api.post("/recurrences", RENT, Idempotency_Key="a").headers["Location"]
        api.delete(place)
        assert clock.now
        clock.now += timedelta(days=30)
        again = api.post("/recurrences", RENT, Idempotency_Key="a")
        assert (again.status, again.headers["Location"], again.headers["ETag"]) == (201, place, '"3"')
        assert "Idempotency-Replayed" not in again.headers

    def test_keys_of_expenses_and_of_others_are_other_keys(self, api: ApiClient) -> None:
        expense = {"category": "Rent", "amount": 450, "payment_method": "Card"}
        assert api.post("/expenses", expense, Idempotency_Key="a").status == 201
        assert api.post("/recurrences", RENT, Idempotency_Key="a").status == 201
        assert api.as_user("brian").post("/recurrences", {**RENT, "amount": 1}, Idempotency_Key="a").status == 201


def test_a_change_touches_only_what_is_to_be_recorded(api: ApiClient) -> None:
    place = made(api)
    record(api, "2025-03-31")
    patched(api, place, amount=500, category="Flat", notes="raised")
    record(api)
    assert [(expense["date"], expense["amount"], expense["category"]) for expense in expenses(api)] == [
        *((day, 450, "Rent") for day in ENDS_OF_MONTHS[:3]),
        *((day, 500, "Flat") for day in ENDS_OF_MONTHS[3:]),
    ]


def test_what_is_absent_stays_and_null_clears(api: ApiClient) -> None:
    place = made(api, notes="flat", times=7)
    assert patched(api, place, notes=None, times=None, every={"count": 3})["every"] == {"count": 3, "unit": "month"}
    rent = look(api, place)
    assert (rent["notes"], rent["times"], rent["amount"], rent["version"]) == (None, None, 450, 2)
    assert patched(api, place, every={"unit": "week"})["every"] == {"count": 3, "unit": "week"}
    assert patched(api, place, until="2025-12-31")["until"] == "2025-12-31"
    assert patched(api, place, until=None, times=3)["times"] == 3


@pytest.mark.parametrize(
    ("patch", "dates"),
    [
        ({"first": "2025-01-15"}, ["2025-04-15", "2025-05-15", "2025-06-15"]),
        ({"first": "2025-03-31"}, ["2025-04-30", "2025-05-31", "2025-06-30"]),
        ({"first": "2025-03-30"}, ["2025-04-30", "2025-05-30", "2025-06-30"]),
        ({"first": "2025-06-15"}, ["2025-06-15"]),
        ({"first": "2026-01-31"}, []),
        ({"first": "1999-12-01"}, ["2025-04-01", "2025-05-01", "2025-06-01", "2025-07-01"]),
        ({"every": {"count": 2}}, ["2025-05-31"]),
        ({"every": {"unit": "year"}}, []),
        ({"every": {"count": 6, "unit": "week"}}, ["2025-04-25", "2025-06-06"]),
        ({"times": 4}, ["2025-04-30"]),
        ({"times": 2}, []),
        ({"until": "2025-05-30"}, ["2025-04-30"]),
        ({"currency": "USD"}, ["2025-04-30", "2025-05-31", "2025-06-30"]),
    ],
)
def test_no_change_repeats_or_loses_what_comes_after_the_last_one_recorded(
    api: ApiClient, patch: dict[str, Any], dates: list[str]
) -> None:
    place = made(api)
    record(api, "2025-03-31")
    assert patched(api, place, **patch)["recorded_through"] == "2025-03-31"
    assert (due(api), record(api)) == (dates, dates)
    assert recorded(api) == ENDS_OF_MONTHS[:3] + dates


@pytest.mark.parametrize(
    ("patch", "violations"),
    [
        ({}, [""]),
        ({"recorded_through": None}, ["/recorded_through"]),
        ({"amount": None}, ["/amount"]),
        ({"amount": 0.001}, ["/amount"]),
        ({"currency": "JPY"}, ["/currency"]),
        ({"currency": "XXX"}, ["/currency"]),
        ({"currency": "DEM"}, ["/currency"]),
        ({"every": {}}, ["/every"]),
        ({"every": None}, ["/every"]),
        ({"every": {"count": None}}, ["/every/count"]),
        ({"until": "2025-01-30"}, ["/until"]),
        ({"until": "2025-12-31", "times": 3}, ["/times"]),
        ({"skipped": None}, ["/skipped"]),
        ({"skipped": ["2025-06-30", "2025-06-30"]}, ["/skipped"]),
        ({"skipped": ["2025-06-30", "2025-06-29"]}, ["/skipped/1"]),
        ({"skipped": ["2025-03-31", "2024-12-31", "2025-04-30"]}, ["/skipped/0", "/skipped/1"]),
        ({"first": "2025-01-30", "skipped": ["2025-05-31"]}, ["/skipped/0"]),
        ({"skipped": ["2025-06-29"], "amount": 0.001}, ["/amount", "/skipped/0"]),
        ({"skipped": ["2025-06-29"], "currency": "XXX"}, ["/currency", "/skipped/0"]),
    ],
)
def test_a_change_that_is_not_valid_is_not_made(api: ApiClient, patch: dict[str, Any], violations: list[str]) -> None:
    place = made(api, amount=450.5)
    record(api, "2025-03-31")
    before = look(api, place)
    response = api.patch(place, patch)
    assert (response.status, sorted(response.pointers)) == (400, violations)
    assert look(api, place) == before


@pytest.mark.parametrize(
    ("made_with", "patch", "violations"),
    [
        ({"times": 3}, {"until": "2025-12-31"}, ["/until"]),
        ({"until": "2025-12-31"}, {"times": 3}, ["/times"]),
        ({"until": "2025-12-31"}, {"first": "2026-01-01"}, ["/first"]),
        ({"first": "1999-01-01", "currency": "DEM"}, {"first": "2025-01-01"}, ["/first"]),
    ],
)
def test_a_change_that_does_not_fit_the_rest_is_not_made(
    api: ApiClient, made_with: dict[str, Any], patch: dict[str, Any], violations: list[str]
) -> None:
    place = made(api, **made_with)
    assert api.patch(place, patch).pointers == violations


def test_an_occurrence_that_is_skipped_is_not_recorded(api: ApiClient) -> None:
    place = made(api)
    assert patched(api, place, skipped=["2025-06-30", "2025-02-28"])["skipped"] == ["2025-02-28", "2025-06-30"]
    rest = [day for day in ENDS_OF_MONTHS if day not in {"2025-02-28", "2025-06-30"}]
    assert (due(api), record(api), recorded(api)) == (rest, rest, rest)
    assert look(api, place)["next"] == "2025-07-31"
    assert patched(api, place, skipped=["2025-02-28", "2025-06-30"])["version"] == 4


def test_a_skipped_one_that_is_ahead_can_be_taken_back_and_one_that_has_passed_can_not(api: ApiClient) -> None:
    place = made(api)
    patched(api, place, skipped=["2025-02-28", "2025-06-30"])
    record(api)
    assert patched(api, place, skipped=[])["skipped"] == []
    assert record(api) == ["2025-06-30"]
    assert due(api) == []


def test_the_first_one_can_be_skipped(api: ApiClient) -> None:
    place = made(api)
    assert patched(api, place, skipped=["2025-01-31"])["next"] == "2025-02-28"
    assert record(api) == ENDS_OF_MONTHS[1:]


def test_skipped_ones_count_as_times(api: ApiClient) -> None:
    place = made(api, times=3)
    patched(api, place, skipped=["2025-02-28"])
    assert record(api) == ["2025-01-31", "2025-03-31"]


def test_a_change_of_days_drops_the_dates_ahead_that_are_none_any_more(api: ApiClient) -> None:
    place = made(api)
    patched(api, place, skipped=["2025-02-28", "2025-05-31", "2025-06-30"])
    record(api, "2025-03-31")
    assert patched(api, place, first="2025-01-30")["skipped"] == ["2025-02-28", "2025-06-30"]
    assert record(api) == ["2025-04-30", "2025-05-30"]


def test_an_expense_that_was_deleted_does_not_come_back(api: ApiClient, clock: Clock) -> None:
    made(api)
    record(api)
    for expense in expenses(api):
        assert api.delete(f"/expenses/{expense['expense_id']}").status == 204
    assert (due(api), record(api), recorded(api)) == ([], [], [])
    assert clock.now
    clock.now += timedelta(days=40)
    assert (record(api), recorded(api)) == (["2025-07-31"], ["2025-07-31"])


def test_an_expense_that_was_changed_stays_as_it_was_changed(api: ApiClient) -> None:
    place = made(api)
    record(api)
    first = expenses(api)[0]
    api.patch(f"/expenses/{first['expense_id']}", {"amount": 400, "date": "2025-02-02"})
    patched(api, place, amount=500, first="2025-01-01")
    assert record(api) == ["2025-07-01"]
    assert [expense["amount"] for expense in expenses(api)] == [400, 450, 450, 450, 450, 450, 500]


def test_an_expense_that_is_there_already_is_left_as_it_is(api: ApiClient, fake: FakeDynamoDB) -> None:
    """A copy that was imported after everything was erased has the ids of old."""
    place = made(api)
    record(api)
    lines = api.get("/export?limit=1000").text
    rule = next(item for item in fake.items_of("records") if item["record_key"]["S"].startswith("recurrence#"))
    while not api.post("/erase", {"confirm": "erase everything"}).json["done"]:
        pass
    assert api.get(place).status == 404
    api.send("POST", "/import", {"Content-Type": "application/x-ndjson"}, lines)
    api.delete(f"/expenses/{expenses(api)[0]['expense_id']}")
    before = expenses(api)
    unrecorded = {name: value for name, value in rule.items() if name != "recorded_through"}
    fake.put_item(TableName="records", Item=unrecorded)
    assert due(api) == ENDS_OF_MONTHS
    assert (record(api), expenses(api), look(api, place)["recorded_through"]) == ([], before, "2025-06-30")


def test_recording_after_two_months_is_recording_each_day(api: ApiClient, clock: Clock) -> None:
    often, rarely = api.as_user("amina"), api.as_user("brian")
    for user in (often, rarely):
        for unit in ("day", "week", "month"):
            made(user, first="2025-06-30", every={"count": 1, "unit": unit}, category=unit)
    assert clock.now
    for _ in range(61):
        record(often)
        clock.now += timedelta(days=1)
    record(often)
    record(rarely)

    def content(user: ApiClient) -> list[tuple[str, str]]:
        return sorted((expense["date"], expense["category"]) for expense in expenses(user))

    assert content(often) == content(rarely)
    assert len(content(rarely)) == 63 + 9 + 3


def test_much_is_recorded_in_parts_the_earliest_first(api: ApiClient) -> None:
    made(api, first="2025-05-01", every={"count": 1, "unit": "day"}, category="Bread")
    made(api, first="2025-05-15", every={"count": 1, "unit": "week"})
    page = api.post("/recurrences/record", {}).json
    dates = [item["expense"]["date"] for item in page["items"]]
    assert (page["done"], dates) == (False, sorted(dates))
    assert len(dates) == CONTRACT["components"]["schemas"]["RecordedDue"]["properties"]["items"]["maxItems"]
    assert dates[-1] < due(api)[0]
    assert len(record(api)) == 62 + 7 - len(dates)
    assert len(recorded(api)) == 62 + 7


def test_fifty_months_of_a_rent_are_fifty_totals(api: ApiClient) -> None:
    made(api, first="2021-05-31")
    assert len(record(api)) == 50
    assert api.get("/summary").json["items"][0]["count"] == 50


def test_only_what_is_due_by_a_day_is_recorded(api: ApiClient) -> None:
    made(api)
    assert record(api, "2025-01-30") == []
    assert record(api, "2025-02-28") == ENDS_OF_MONTHS[:2]
    assert record(api, "2025-02-01") == []
    assert record(api, "2025-07-01") == ENDS_OF_MONTHS[2:]


def test_nothing_is_recorded_before_its_day(api: ApiClient) -> None:
    made(api)
    response = api.post("/recurrences/record", {"until": "2025-07-02"})
    assert (response.status, response.pointers) == (400, ["/until"])
    assert recorded(api) == []


def test_a_look_ahead_reaches_a_year(api: ApiClient) -> None:
    made(api, first="2025-06-30")
    page = api.get("/recurrences/due?until=2025-08-31").json
    assert (page["today"], [item["date"] for item in page["items"]]) == (
        "2025-07-01",
        ["2025-06-30", "2025-07-30", "2025-08-30"],
    )
    assert len(due(api, "2026-07-02")) == 13
    assert api.get("/recurrences/due?until=2026-07-03").pointers == ["until"]
    assert due(api, "2025-06-29") == []


class TestZone:
    """Today is the caller's day, from the westernmost time zone to the easternmost."""

    @pytest.mark.parametrize("hour", [0, 11, 23])
    @pytest.mark.parametrize("offset", range(-11, 15))
    def test_an_occurrence_is_due_when_its_day_has_come_there(
        self, api: ApiClient, clock: Clock, offset: int, hour: int
    ) -> None:
        clock.now = datetime(2025, 6, 30, hour, 30, tzinfo=UTC)
        there = api.as_user("amina", f"UTC{offset:+}")
        today = (clock.now + timedelta(hours=offset)).date()
        made(there, first="2025-06-29", every={"count": 1, "unit": "day"})
        wanted = [day for day in ("2025-06-29", "2025-06-30", "2025-07-01") if day <= today.isoformat()]
        page = there.get("/recurrences/due").json
        assert (page["today"], [item["date"] for item in page["items"]]) == (today.isoformat(), wanted)
        tomorrow = (today + timedelta(days=1)).isoformat()
        assert there.post("/recurrences/record", {"until": tomorrow}).pointers == ["/until"]
        assert there.get(f"/recurrences/due?until={today + timedelta(days=366)}").status == 200
        assert there.get(f"/recurrences/due?until={today + timedelta(days=367)}").status == 400
        assert (record(there), recorded(there)) == (wanted, wanted)

    def test_without_a_claim_it_is_utc(self, api: ApiClient, clock: Clock) -> None:
        clock.now = datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC)
        made(api, first="2025-06-30", every={"count": 1, "unit": "day"})
        assert due(api) == ["2025-06-30"]

    def test_where_the_zone_is_not_known_the_day_has_to_be_given(self, api: ApiClient, clock: Clock) -> None:
        clock.now = datetime(2025, 6, 30, 10, tzinfo=UTC)
        lost = api.as_user("amina", "Middle/Earth")
        made(lost, first="2025-06-30", every={"count": 1, "unit": "day"})
        assert lost.get("/recurrences/due").pointers == ["until"]
        assert lost.post("/recurrences/record", {}).pointers == ["/until"]
        assert lost.get("/recurrences/due?until=2025-06-30").json["today"] is None
        assert lost.post("/recurrences/record", {"until": "2025-07-02"}).status == 400
        assert record(lost, "2025-07-01") == ["2025-06-30", "2025-07-01"]


@pytest.mark.parametrize(
    "change",
    [lambda api, place, **h: api.patch(place, {"amount": 500}, **h), lambda api, place, **h: api.delete(place, **h)],
    ids=["update", "delete"],
)
class TestIfMatch:
    def test_another_version_stops_it(self, api: ApiClient, change: Callable[..., Response]) -> None:
        place = made(api)
        record(api)
        response = change(api, place, If_Match='"1", W/"2"')
        assert (response.status, response.headers["ETag"]) == (412, '"2"')
        assert look(api, place)["version"] == 2

    @pytest.mark.parametrize("tags", ['"2"', '"7", "2"', "*"])
    def test_the_current_version_or_any_lets_it_pass(
        self, api: ApiClient, change: Callable[..., Response], tags: str
    ) -> None:
        place = made(api)
        record(api)
        assert change(api, place, If_Match=tags).status in {200, 204}

    def test_what_is_missing_is_missing_whatever_the_version(
        self, api: ApiClient, change: Callable[..., Response]
    ) -> None:
        place = made(api)
        api.delete(place)
        assert [change(api, place, If_Match=tag).status for tag in ('"1"', '"2"', "*")] == [404, 404, 404]
        assert change(api, MISSING).status == 404


def test_a_deleted_one_is_gone_and_what_it_recorded_stays(api: ApiClient) -> None:
    place = made(api)
    record(api, "2025-03-31")
    assert [api.delete(place).status for _ in range(2)] == [204, 404]
    assert api.get(place).status == 404
    assert (api.get("/recurrences").json["items"], due(api), record(api)) == ([], [], [])
    assert recorded(api) == ENDS_OF_MONTHS[:3]


def test_a_users_recurrences_are_their_own(api: ApiClient) -> None:
    place = made(api)
    other = api.as_user("brian")
    assert (other.get("/recurrences").json["items"], due(other), record(other)) == ([], [], [])
    assert [other.get(place).status, other.patch(place, {"amount": 1}).status, other.delete(place).status] == [404] * 3
    assert look(api, place)["version"] == 1


def test_an_id_may_be_in_upper_case(api: ApiClient) -> None:
    place = made(api)
    assert api.get(f"/recurrences/{place.rpartition('/')[2].upper()}").status == 200


def test_recurrences_are_listed_in_the_order_in_which_they_were_made(api: ApiClient, clock: Clock) -> None:
    wanted: list[str] = []
    for number in range(7):
        assert clock.now
        clock.now += timedelta(seconds=number // 3)
        wanted.append(made(api, amount=number))
    api.delete(wanted.pop(2))
    found: list[dict[str, Any]] = []
    url = "/recurrences?limit=2"
    while url:
        page = api.get(url)
        assert page.json["count"] == len(page.json["items"]) == 2
        found += page.json["items"]
        url = f"/recurrences{page.links['next']}" if page.json["next_cursor"] else ""
    assert sorted(f"/recurrences/{item['recurrence_id']}" for item in found) == sorted(wanted)
    assert [item["created_at"] for item in found] == sorted(item["created_at"] for item in found)


def test_what_is_due_is_listed_page_by_page_in_the_order_of_dates(api: ApiClient) -> None:
    places = [made(api), made(api, every={"count": 2, "unit": "month"}), made(api, first="2025-03-15")]
    wanted = due(api, "2025-12-31")
    assert wanted == sorted(wanted)
    found: list[tuple[str, str]] = []
    url = "/recurrences/due?until=2025-12-31&limit=3"
    while url:
        page = api.get(url)
        assert 0 < page.json["count"] <= 3
        found += [(item["date"], item["recurrence_id"]) for item in page.json["items"]]
        url = f"/recurrences/due{page.links['next']}" if page.json["next_cursor"] else ""
    assert found == sorted(set(found))
    assert [day for day, _ in found] == wanted
    assert {f"/recurrences/{of}" for _, of in found} == set(places)


def test_a_cursor_belongs_to_its_list(api: ApiClient) -> None:
    made(api)
    made(api)
    of_list = api.get("/recurrences?limit=1").json["next_cursor"]
    of_due = api.get("/recurrences/due?limit=1&until=2025-06-30").json["next_cursor"]
    assert api.get(f"/recurrences/due?cursor={of_list}").pointers == ["cursor"]
    assert api.get(f"/recurrences?cursor={of_due}").pointers == ["cursor"]
    assert api.get(f"/recurrences/due?cursor={of_due}").pointers == ["cursor"]
    assert api.get(f"/recurrences/due?until=2025-06-30&cursor={of_due}").status == 200


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_cursor_of_a_day_that_no_occurrence_has_is_not_valid(api: ApiClient, day: str) -> None:
    made(api)
    forged = cursors.encode("occurrences until today", (day, MISSING.rpartition("/")[2]))
    assert api.get(f"/recurrences/due?cursor={forged}").pointers == ["cursor"]


def test_five_hundred_can_be_kept_and_old_deletions_make_room(api: ApiClient, fake: FakeDynamoDB, clock: Clock) -> None:
    place = made(api)
    [item] = fake.items_of("records")
    for number in range(499):
        key = {"record_key": {"S": f"recurrence#{number:08}-0000-4000-8000-000000000000"}}
        fake.put_item(TableName="records", Item={**item, **key})
    refused = api.post("/recurrences", RENT)
    assert (refused.status, refused.json["type"]) == (409, "urn:problem-type:expenses:storage-full")
    assert api.delete(place).status == 204
    assert api.post("/recurrences", RENT).status == 409
    assert api.post("/recurrences", RENT, Idempotency_Key="a").status == 409
    assert clock.now
    clock.now += timedelta(days=30)
    assert api.post("/recurrences", RENT).status == 201
    assert len(fake.items_of("records")) == 500


def rename(api: ApiClient, old: str, new: str) -> list[str]:
    """Rename a category and return the notices."""
    response = api.post("/categories/rename", {"from": old, "to": new})
    assert (response.status, response.json["done"]) == (200, True)
    notices: list[str] = response.json["notices"]
    return notices


def test_a_category_that_is_renamed_takes_its_recurrences_along(api: ApiClient) -> None:
    rent, other, gone = made(api), made(api, category="Rent#"), made(api)
    api.delete(gone)
    record(api, "2025-03-31")
    assert rename(api, "Rent", "Flat") == []
    assert (look(api, rent)["category"], look(api, rent)["version"]) == ("Flat", 3)
    assert look(api, other)["category"] == "Rent#"
    record(api)
    assert {expense["category"] for expense in expenses(api)} == {"Flat", "Rent#"}
    assert rename(api, "Rent", "Flat") == []
    assert look(api, rent)["version"] == 4


def test_more_recurrences_than_one_transaction_has_follow_their_category(api: ApiClient, fake: FakeDynamoDB) -> None:
    made(api)
    [item] = fake.items_of("records")
    for number in range(249):
        key = {"record_key": {"S": f"recurrence#{number:08}-0000-4000-8000-000000000000"}}
        fake.put_item(TableName="records", Item={**item, **key})
    rename(api, "Rent", "Flat")
    assert {record["category"]["S"] for record in fake.items_of("records")} == {"Flat"}


def test_recurrences_are_erased_with_everything(api: ApiClient, fake: FakeDynamoDB) -> None:
    place = made(api)
    api.delete(made(api))
    record(api)
    while not api.post("/erase", {"confirm": "erase everything"}).json["done"]:
        pass
    assert (api.get(place).status, due(api), record(api), recorded(api)) == (404, [], [], [])
    assert [item["record_key"]["S"] for item in fake.items_of("records")] == ["erasure"]
