"""One user can never read, page into, change or delete what another one has, whatever they send."""

import base64
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.expenses import cursor
from api.expenses.filters import Filters
from api.expenses.items import Position
from tests.client import ApiClient, EventTransport, Request
from tests.seed import expenses, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MINE, THEIRS = "amina", "brian"


@pytest.fixture
def shared_table(client: "DynamoDBClient", api: ApiClient) -> ApiClient:
    """A table in which two users have expenses, of the same days and even of the same ids."""
    rows = expenses(20)
    put(client, MINE, [{**row, "notes": MINE} for row in rows[:12]])
    put(client, THEIRS, [{**row, "notes": THEIRS} for row in rows[6:]])
    return api.as_user(MINE)


def of_others(shared_table: ApiClient) -> dict[str, Any]:
    rows = shared_table.as_user(THEIRS).get("/expenses?limit=100").json["items"]
    mine = {row["expense_id"] for row in shared_table.get("/expenses?limit=100").json["items"]}
    return next(row for row in rows if row["expense_id"] not in mine)


@pytest.mark.parametrize("if_match", [{}, {"If_Match": '"1"'}, {"If_Match": "*"}])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_another_has_is_a_404_and_stays_as_it_was(
    shared_table: ApiClient, method: str, if_match: dict[str, str]
) -> None:
    theirs = of_others(shared_table)
    place = f"/expenses/{theirs['expense_id']}"
    body = {"amount": 1} if method == "PATCH" else None
    headers = {"Content-Type": "application/json", **({} if method == "GET" else if_match)}
    answer = shared_table.send(method, place, headers, body)
    missing = shared_table.send(method, f"/expenses/{UUID(int=2)}", headers, body)
    assert answer.status == missing.status == 404
    assert answer.json | {"instance": ""} == missing.json | {"instance": ""}
    assert shared_table.as_user(THEIRS).get(place).json == theirs


def test_the_same_id_is_another_expense_for_another_user(shared_table: ApiClient) -> None:
    mine = shared_table.get("/expenses?limit=100").json["items"]
    theirs = shared_table.as_user(THEIRS).get("/expenses?limit=100").json["items"]
    both = {row["expense_id"] for row in mine} & {row["expense_id"] for row in theirs}
    expense_id = min(both)
    shared_table.delete(f"/expenses/{expense_id}")
    assert shared_table.as_user(THEIRS).get(f"/expenses/{expense_id}").json["notes"] == THEIRS


def test_the_same_idempotency_key_is_another_one_for_another_user(shared_table: ApiClient) -> None:
    new = {"category": "Food", "amount": 1, "payment_method": "Cash"}
    mine = shared_table.post("/expenses", new, Idempotency_Key="k")
    theirs = shared_table.as_user(THEIRS).post("/expenses", {**new, "amount": 2}, Idempotency_Key="k")
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.json["expense_id"] != theirs.json["expense_id"]


def test_anothers_cursor_goes_on_in_the_callers_own_expenses(shared_table: ApiClient) -> None:
    theirs = shared_table.as_user(THEIRS).get("/expenses?limit=3").json["next_cursor"]
    rows = shared_table.get(f"/expenses?cursor={theirs}").json["items"]
    assert {row["notes"] for row in rows} <= {MINE}


@pytest.mark.parametrize(
    "headers",
    [{"X-User-Id": THEIRS, "User-Id": THEIRS, "sub": THEIRS}, {"Authorization": f"Bearer {THEIRS}"}],
)
def test_no_header_makes_a_caller_another_user(shared_table: ApiClient, headers: dict[str, str]) -> None:
    rows = shared_table.send("GET", "/expenses?limit=100", headers).json["items"]
    assert {row["notes"] for row in rows} == {MINE}


@pytest.mark.parametrize("parameter", ["user_id=brian", "sub=brian", "user=brian"])
def test_no_parameter_makes_a_caller_another_user(shared_table: ApiClient, parameter: str) -> None:
    assert shared_table.get(f"/expenses?{parameter}").status == 400


def test_no_member_of_a_body_gives_an_expense_to_another_user(shared_table: ApiClient) -> None:
    new = {"category": "Food", "amount": 1, "payment_method": "Cash", "user_id": THEIRS}
    assert shared_table.post("/expenses", new).pointers == ["/user_id"]


@pytest.mark.parametrize("claims", [None, {}, {"sub": ""}, {"sub": None}, {"email": "brian@example.com"}])
def test_without_a_caller_nothing_is_returned(events: EventTransport, claims: dict[str, Any] | None) -> None:
    event = events.event(Request("GET", "/expenses"))
    event["requestContext"]["authorizer"] = None if claims is None else {"claims": claims}
    assert events.invoke(event)["statusCode"] == 401


forged = (
    st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="-_"), min_size=1, max_size=80)
    | st.text(max_size=60).map(lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
    | st.builds(
        lambda *position: cursor.encode(Position(*position), Filters().canonical()),
        st.dates(date(1890, 1, 1), date(2210, 1, 1)),
        st.sampled_from(["2025-01-01T00:00:13.000001Z", "0000-00-00T00:00:00.000000Z", "", "x", "#", "~"]),
        st.uuids().map(str) | st.sampled_from(["", "x", "brian#", "#", "~"]),
    )
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor_text=forged)
def test_a_forged_cursor_is_refused_or_moves_within_the_callers_own_expenses(
    shared_table: ApiClient, cursor_text: str
) -> None:
    response = shared_table.get(f"/expenses?cursor={cursor_text}&limit=5")
    if response.status == 400:
        assert response.pointers == ["cursor"]
    else:
        assert response.status == 200, response.text
        assert {row["notes"] for row in response.json["items"]} <= {MINE}


def test_a_cursor_of_other_filters_is_refused(shared_table: ApiClient) -> None:
    cursor_text = shared_table.get("/expenses?limit=3").json["next_cursor"]
    response = shared_table.get(f"/expenses?category=Food&cursor={cursor_text}")
    assert response.json["errors"] == [{"parameter": "cursor", "detail": "is not a valid cursor for this query"}]


@pytest.mark.parametrize(
    "position",
    [
        Position(date(2021, 5, 1), "2025-01-01T00:00:13.000001Z", str(UUID(int=1))),
        Position(date(1999, 6, 1), "", ""),
    ],
)
def test_a_forged_cursor_outside_what_is_looked_for_is_refused(shared_table: ApiClient, position: Position) -> None:
    filters = Filters(month=6, date_from=date(2020, 1, 1))
    forged_cursor = cursor.encode(position, filters.canonical())
    response = shared_table.get(f"/expenses?month=June&date_from=2020-01-01&cursor={forged_cursor}")
    assert response.pointers == ["cursor"]
