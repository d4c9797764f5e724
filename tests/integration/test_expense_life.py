"""The life of an expense through the handler and the table."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from api.expenses.service import ExpenseService
from tests.client import ApiClient, Response
from tests.clock import Clock
from tests.seed import expense, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": Decimal("12.35"), "payment_method": "Cash", "date": "2025-06-14"}


@pytest.fixture
def lunch(api: ApiClient) -> dict[str, Any]:
    return dict(recorded(api, **LUNCH, notes="With Amina").json)


def recorded(api: ApiClient, **properties: Any) -> Response:
    response = api.post("/expenses", properties)
    assert response.status == 201, response.text
    return response


def place(expense: dict[str, Any]) -> str:
    return f"/expenses/{expense['expense_id']}"


def test_a_recorded_expense_is_found_again_as_it_was_answered(api: ApiClient, lunch: dict[str, Any]) -> None:
    assert api.get(place(lunch)).json == lunch
    assert api.get("/expenses").json["items"] == [lunch]


def test_a_recorded_expense_says_where_it_is_and_at_which_version(api: ApiClient) -> None:
    response = recorded(api, **LUNCH)
    assert response.headers["Location"] == f"/expenses/{response.json['expense_id']}"
    assert response.headers["ETag"] == '"1"'


def test_month_and_year_come_from_the_date(api: ApiClient) -> None:
    expense = recorded(api, **{**LUNCH, "date": "2024-02-29"}).json
    assert (expense["month"], expense["year"]) == ("February", 2024)


def test_an_expense_may_be_as_short_as_its_three_required_members(api: ApiClient) -> None:
    expense = recorded(api, category="Food", amount=1, payment_method="Cash").json
    assert (expense["notes"], expense["currency"]) == (None, "EUR")


@pytest.mark.parametrize(
    "amount", ["0.1", "19.99", "-3.2", "0", "999999999999999", "-9999999999999.99", "1E+3", "5.00"]
)
def test_an_amount_comes_back_exactly(api: ApiClient, amount: str) -> None:
    body = f'{{"category": "Food", "payment_method": "Cash", "amount": {amount}}}'
    expense = api.post("/expenses", body).json
    found = api.get(place(expense)).json
    assert Decimal(expense["amount"]) == Decimal(found["amount"]) == Decimal(amount)


def test_minus_zero_is_zero(api: ApiClient) -> None:
    assert '"amount":0,' in api.post("/expenses", '{"category":"a","payment_method":"b","amount":-0.0}').text


@pytest.mark.parametrize(
    ("amount", "currency", "detail"),
    [
        ("1.5", "JPY", "must have no decimals in JPY"),
        ("1.2345", "KWD", "must have at most 3 decimals in KWD"),
        ("0.001", "EUR", "must have at most 2 decimals in EUR"),
        ("99999999999999.99", "EUR", "must have at most 15 significant digits"),
        ("1.0000000000000000000000000000000000001", "EUR", "must have at most 15 significant digits"),
    ],
)
def test_an_amount_that_its_currency_does_not_have_is_refused(
    api: ApiClient, amount: str, currency: str, detail: str
) -> None:
    body = f'{{"category":"a","payment_method":"b","amount":{amount},"currency":"{currency}"}}'
    response = api.post("/expenses", body)
    assert response.status == 400
    assert response.json["errors"] == [{"pointer": "/amount", "detail": detail}]


@pytest.mark.parametrize(("amount", "currency"), [("1.5", "EUR"), ("1.234", "KWD"), ("150", "JPY"), ("1.2345", "CLF")])
def test_an_amount_that_its_currency_has_is_taken(api: ApiClient, amount: str, currency: str) -> None:
    body = f'{{"category":"a","payment_method":"b","amount":{amount},"currency":"{currency}"}}'
    assert api.post("/expenses", body).status == 201


def test_a_currency_that_nobody_pays_with_is_refused(api: ApiClient) -> None:
    assert api.post("/expenses", {**LUNCH, "currency": "XAU"}).pointers == ["/currency"]


def test_spaces_around_category_and_payment_method_are_dropped(api: ApiClient) -> None:
    expense = recorded(api, **{**LUNCH, "category": "  Food ", "payment_method": "\u00a0Cash\u3000"}).json
    assert (expense["category"], expense["payment_method"]) == ("Food", "Cash")


def test_a_category_is_the_same_however_its_letters_are_composed(api: ApiClient) -> None:
    recorded(api, **{**LUNCH, "category": "Cafe\u0301"})
    assert api.get("/expenses?category=Caf%C3%A9").json["count"] == 1


def test_a_category_that_grows_too_long_in_its_composed_form_is_refused(api: ApiClient) -> None:
    assert api.post("/expenses", {**LUNCH, "category": "\u0958" * 50}).pointers == ["/category"]


def test_a_patch_of_the_amount_keeps_the_cents_and_everything_else(api: ApiClient, lunch: dict[str, Any]) -> None:
    patched = api.patch(place(lunch), {"amount": 10.01})
    assert patched.status == 200
    assert patched.headers["ETag"] == '"2"'
    assert patched.json == {
        **lunch,
        "amount": Decimal("10.01"),
        "version": 2,
        "updated_at": patched.json["updated_at"],
    }
    assert api.get(place(lunch)).json == patched.json


def test_a_change_is_dated_and_the_recording_stays_as_dated(api: ApiClient, clock: Clock) -> None:
    clock.now = datetime(2025, 3, 1, 12, tzinfo=UTC)
    lunch = recorded(api, **LUNCH).json
    clock.now = datetime(2025, 3, 2, 12, tzinfo=UTC)
    patched = api.patch(place(lunch), {"amount": 1}).json
    assert (patched["created_at"], patched["updated_at"]) == (
        "2025-03-01T12:00:00.000000Z",
        "2025-03-02T12:00:00.000000Z",
    )


def test_a_currency_that_was_withdrawn_bars_no_other_changes(client: "DynamoDBClient", api: ApiClient) -> None:
    late = expense(1, date(2024, 1, 1), currency="HRK")
    put(client, "amina", [late])
    assert api.patch(f"/expenses/{late['expense_id']}", {"notes": "x"}).status == 200
    assert api.patch(f"/expenses/{late['expense_id']}", {"amount": 1}).pointers == ["/currency"]
    assert api.patch(f"/expenses/{late['expense_id']}", {"date": "2023-01-14"}).status == 200


def test_every_read_sees_every_earlier_write(client: "DynamoDBClient", api: ApiClient, lunch: dict[str, Any]) -> None:
    reads: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        reads.append(params)

    client.meta.events.register("provide-client-params.dynamodb.Query", note)
    client.meta.events.register("provide-client-params.dynamodb.GetItem", note)
    api.get(place(lunch))
    api.get("/expenses")
    assert [params["ConsistentRead"] for params in reads] == [True, True]


@pytest.mark.parametrize(("parameter", "bound"), [("min_amount", "12.35"), ("max_amount", "12.35")])
def test_the_bounds_of_amounts_are_included(api: ApiClient, lunch: dict[str, Any], parameter: str, bound: str) -> None:
    assert api.get(f"/expenses?{parameter}={bound}").json["items"] == [lunch]


@pytest.mark.parametrize("query", ["category=%20Food", "payment_method=Cash%20", "q=with%20AMINA"])
def test_a_filter_is_as_forgiving_as_what_is_recorded(api: ApiClient, lunch: dict[str, Any], query: str) -> None:
    assert api.get(f"/expenses?{query}").json["items"] == [lunch]


def test_notes_are_found_however_their_letters_are_composed(api: ApiClient) -> None:
    recorded(api, **LUNCH, notes="Cafe\u0301")
    assert api.get("/expenses?q=Caf%C3%A9").json["count"] == 1
    assert api.get("/expenses?q=Cafe%CC%81").json["count"] == 1


def test_what_happens_is_counted(api: ApiClient, log: list[str]) -> None:
    expense_place = place(recorded(api, **LUNCH).json)
    api.patch(expense_place, {"amount": 1})
    api.delete(expense_place)
    counted = [[name for name in json.loads(line) if name.startswith("Expenses")] for line in log]
    assert counted == [["ExpensesCreated"], ["ExpensesUpdated"], ["ExpensesDeleted"]]


def test_a_patch_with_null_clears_the_notes(api: ApiClient, lunch: dict[str, Any]) -> None:
    assert api.patch(place(lunch), {"notes": None}).json["notes"] is None
    assert api.get(place(lunch)).json["notes"] is None


@pytest.mark.parametrize(
    "content_type", ["application/merge-patch+json", "application/json", "Application/JSON; charset=UTF-8"]
)
def test_a_patch_may_be_of_either_media_type(api: ApiClient, lunch: dict[str, Any], content_type: str) -> None:
    assert api.patch(place(lunch), {"amount": 1}, Content_Type=content_type).status == 200


@pytest.mark.parametrize(
    "patch", [{}, {"user_id": "x"}, {"version": 9}, {"expense_id": "x"}, {"month": "May"}, {"amount": None}]
)
def test_a_patch_that_is_empty_or_of_what_is_not_the_callers_to_change_is_refused(
    api: ApiClient, lunch: dict[str, Any], patch: dict[str, Any]
) -> None:
    response = api.patch(place(lunch), patch)
    assert response.status == 400
    assert response.pointers == ["".join(f"/{name}" for name in patch)]
    assert api.get(place(lunch)).json == lunch


def test_what_get_gives_patch_takes_back_but_for_what_is_read_only(api: ApiClient, lunch: dict[str, Any]) -> None:
    writable = {name: lunch[name] for name in ("category", "amount", "payment_method", "notes", "date", "currency")}
    patched = api.patch(place(lunch), writable).json
    assert {name: patched[name] for name in writable} == writable


def test_changing_the_date_moves_an_expense_to_its_new_month(api: ApiClient, lunch: dict[str, Any]) -> None:
    api.patch(place(lunch), {"date": "2024-01-31"})
    assert api.get("/expenses?month=June").json["count"] == 0
    (moved,) = api.get("/expenses?month=January&year=2024&category=Food").json["items"]
    assert (moved["month"], moved["year"]) == ("January", 2024)


def test_changing_the_category_moves_an_expense_to_its_new_category(api: ApiClient, lunch: dict[str, Any]) -> None:
    api.patch(place(lunch), {"category": "Rent"})
    assert api.get("/expenses?category=Food").json["count"] == 0
    assert api.get("/expenses?category=Rent").json["count"] == 1


def test_a_new_currency_must_suit_the_amount_that_stays(api: ApiClient, lunch: dict[str, Any]) -> None:
    response = api.patch(place(lunch), {"currency": "JPY"})
    assert response.json["errors"] == [{"pointer": "/currency", "detail": "must have no decimals in JPY"}]


def test_a_deleted_expense_is_gone(api: ApiClient, lunch: dict[str, Any]) -> None:
    deleted = api.delete(place(lunch))
    assert (deleted.status, deleted.text) == (204, "")
    assert "Content-Type" not in deleted.headers
    assert api.get(place(lunch)).status == 404
    assert api.get("/expenses").json["items"] == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_is_missing_is_a_404(api: ApiClient, method: str) -> None:
    headers = {"Content-Type": "application/json"}
    body = {"amount": 1} if method == "PATCH" else None
    response = api.send(method, "/expenses/00000000-0000-4000-8000-000000000000", headers, body)
    assert response.status == 404
    assert response.json["type"] == "urn:problem-type:expenses:not-found"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (None, date(2025, 3, 1)),
        ("Pacific/Kiritimati", date(2025, 3, 1)),
        ("Pacific/Pago_Pago", date(2025, 2, 28)),
        ("America/New_York", date(2025, 2, 28)),
        ("Africa/Nairobi", date(2025, 3, 1)),
        ("america/new york", date(2025, 2, 28)),
        ("UTC-5", date(2025, 2, 28)),
    ],
)
def test_today_is_the_callers_today(api: ApiClient, clock: Clock, zone: str | None, day: date) -> None:
    clock.now = datetime(2025, 3, 1, 3, 59, tzinfo=UTC)
    expense = api.as_user("amina", zone).post("/expenses", {k: v for k, v in LUNCH.items() if k != "date"}).json
    assert expense["date"] == day.isoformat()


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Nowhere", "America"])
def test_without_a_known_time_zone_the_date_must_be_given(api: ApiClient, zone: str) -> None:
    amina = api.as_user("amina", zone)
    refused = amina.post("/expenses", {k: v for k, v in LUNCH.items() if k != "date"})
    assert (refused.status, refused.pointers) == (400, ["/date"])
    assert refused.json["errors"][0]["detail"].startswith("is required, because the token's zoneinfo claim")
    assert amina.post("/expenses", LUNCH).status == 201


def test_a_default_currency_that_is_none_stops_the_service_at_start() -> None:
    store: Any = None
    with pytest.raises(ValueError, match="DEFAULT_CURRENCY is EURO; it must be an ISO 4217 code such as EUR"):
        ExpenseService(store, "EURO", now=lambda: datetime.now(UTC))
