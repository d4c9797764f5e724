"""Each operation: what it accepts, and every class of what it refuses, with all violations at once, each located."""

import base64
import copy
import json
import os
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import quote

import pytest

from api.bootstrap import compose
from api.openapi.contract import Contract
from api.settings import Settings
from tests.client import ApiClient, EventTransport, Request, Response
from tests.clock import Clock
from tests.contract.document import CONTRACT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MISSING = "/expenses/00000000-0000-4000-8000-000000000000"
LABEL = "must be a string with a visible character, without control or replacement characters"
NOTES = "must be a string without replacement characters, or control characters but tabs and line breaks"
LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash", "date": "2025-06-14"}
NEW_EXPENSE = CONTRACT["components"]["schemas"]["ExpenseCreate"]["properties"]
OPERATIONS = [
    (method.upper(), path, operation)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
]


def named(operation: object) -> str:
    return operation["operationId"] if isinstance(operation, dict) else str(operation)


def details(response: Response) -> dict[str, str]:
    """Return the message of each violation of a problem, by its location."""
    return dict(zip(response.pointers, (violation["detail"] for violation in response.json["errors"]), strict=True))


@pytest.fixture
def place(api: ApiClient) -> str:
    return f"/expenses/{api.post('/expenses', LUNCH).json['expense_id']}"


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=named)
def test_an_operation_describes_all_that_a_reader_needs(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"].isidentifier()
    assert {"summary", "description", "tags", "security", "responses"} <= operation.keys(), (method, path)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=named)
def test_every_body_of_an_operation_has_examples(method: str, path: str, operation: dict[str, Any]) -> None:
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    named_responses = CONTRACT["components"]["responses"]
    for body in bodies:
        content = (named_responses[body["$ref"].split("/")[-1]] if "$ref" in body else body).get("content", {})
        assert all(media["examples"] for media in content.values()), (method, path)


def test_the_health_needs_no_token(api: ApiClient) -> None:
    response = api.as_user(None).get("/health")
    assert (response.status, response.json) == (200, {"status": "ok", "version": CONTRACT["info"]["version"]})


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=named)
def test_an_operation_without_a_token_is_a_401_unless_it_is_public(
    api: ApiClient, method: str, path: str, operation: dict[str, Any]
) -> None:
    response = api.as_user(None).send(method, re.sub("{[a-z]+_id}", MISSING[10:], path), {})
    assert (response.status == 401) == (operation["security"] != [])


@pytest.mark.parametrize("example", ["shortest", "complete", "refund"])
def test_each_example_of_a_new_expense_is_recorded(api: ApiClient, example: str) -> None:
    content = CONTRACT["paths"]["/expenses"]["post"]["requestBody"]["content"]["application/json"]
    assert api.post("/expenses", content["examples"][example]["value"]).status == 201


def test_five_violations_are_one_problem_that_names_them_all(api: ApiClient) -> None:
    response = api.post("/expenses", {"amount": "12", "currency": "XX", "category": "", "colour": 1})
    assert response.status == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert details(response) == {
        "/amount": "must be a number",
        "/category": "must have at least 1 character",
        "/colour": f"unknown property; allowed: {', '.join(NEW_EXPENSE)}",
        "/currency": "must be three capital letters, such as EUR",
        "/payment_method": "is required",
    }


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("category", "x" * 51, "must have at most 50 characters"),
        ("category", "   ", LABEL),
        ("category", "\u3000", LABEL),
        ("category", "a\nb", LABEL),
        ("category", None, "must be a string"),
        ("category", ["Food"], "must be a string"),
        (
            "payment_method",
            "Cash\u0000",
            LABEL,
        ),
        ("amount", "12.35", "must be a number"),
        ("amount", True, "must be a number"),
        ("amount", None, "must be a number"),
        ("amount", 10**15, "must be at most 999999999999999"),
        ("amount", -(10**15), "must be at least -999999999999999"),
        ("notes", "x" * 1001, "must have at most 1000 characters"),
        (
            "notes",
            "bell \u0007",
            NOTES,
        ),
        ("notes", 7, "must be a string or null"),
        ("date", "2025-02-29", "must be an existing date such as 2025-06-14"),
        ("date", "14.06.2025", "must be an existing date such as 2025-06-14"),
        ("date", "2025-06-14T10:00:00Z", "must be an existing date such as 2025-06-14"),
        ("date", "0025-06-14", "must be a date from 1900-01-01 to 2199-12-31"),
        ("date", None, "must be a string"),
        ("currency", "eur", "must be three capital letters, such as EUR"),
        ("currency", "ZZZ", "must be the ISO 4217 code of a currency in use"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_invalid_property_is_refused_at_its_pointer(
    api: ApiClient, place: str, method: str, name: str, value: object, detail: str
) -> None:
    response = api.post("/expenses", {**LUNCH, name: value}) if method == "POST" else api.patch(place, {name: value})
    assert response.status == 400
    assert details(response) == {f"/{name}": detail}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("category", "\u1ebe" * 17),
        ("category", "\u00ca\u0301" * 17),
        ("category", "E\u0302\u0301" * 50),
        ("notes", "e\u0301" * 1000),
    ],
)
def test_a_length_is_counted_in_characters_however_they_were_composed(api: ApiClient, name: str, text: str) -> None:
    assert api.post("/expenses", {**LUNCH, name: text}).json[name] == normalize("NFC", text)
    too_long = api.post("/expenses", {**LUNCH, name: text[:3] * 1001})
    assert details(too_long)[f"/{name}"].startswith("must have at most")


def test_the_contract_alone_decides_how_long_a_category_is(client: "DynamoDBClient", clock: Clock) -> None:
    longer = copy.deepcopy(CONTRACT)
    longer["components"]["schemas"]["Category"]["maxLength"] = 80
    settings = Settings.from_env(os.environ)
    dispatcher = compose(settings, dynamodb=client, contract=Contract(longer), clock=clock, write=lambda _: None)
    longer_than_documented = Request(
        "POST", "/expenses", {"Content-Type": "application/json"}, LUNCH | {"category": "x" * 60}
    )
    assert EventTransport(dispatcher)(longer_than_documented).status == 201


@pytest.mark.parametrize("text", [*"\u200b\ufeff\u3164\u00ad\u202e\u2800\ufe0f\U000e0041", "\u2060 \u200b"])
@pytest.mark.parametrize("name", ["category", "payment_method"])
def test_a_label_that_shows_nothing_is_refused(api: ApiClient, name: str, text: str) -> None:
    assert api.post("/expenses", {**LUNCH, name: text}).pointers == [f"/{name}"]


@pytest.mark.parametrize("text", ["\ufeffFood", "Food\u200b", "Fo\u00adod", "\u202aFood\u202c", "\u3164 Food \u2060"])
def test_labels_that_look_the_same_are_the_same(api: ApiClient, text: str) -> None:
    assert api.post("/expenses", {**LUNCH, "category": text}).json["category"] == "Food"
    assert api.get(f"/expenses?category={quote(text)}").json["count"] == 1


@pytest.mark.parametrize("notes", ["", " ", "\u200b", "\n\t"])
def test_notes_that_show_nothing_are_null(api: ApiClient, notes: str) -> None:
    assert api.post("/expenses", {**LUNCH, "notes": notes}).json["notes"] is None


@pytest.mark.parametrize("name", ["category", "payment_method", "notes"])
def test_a_replacement_character_shows_that_something_was_misread(api: ApiClient, name: str) -> None:
    assert api.post("/expenses", {**LUNCH, name: "Caf\ufffd"}).pointers == [f"/{name}"]


@pytest.mark.parametrize("text", ["Ÿ" * 50, "🍕 & 🥗", "a/b~c", "<script>", "'; DROP TABLE", "=1+1", "日本語"])
def test_any_visible_text_is_a_category(api: ApiClient, text: str) -> None:
    assert api.post("/expenses", {**LUNCH, "category": text}).json["category"] == text


def test_notes_keep_their_lines_and_tabs(api: ApiClient) -> None:
    assert api.post("/expenses", {**LUNCH, "notes": "a\n\tb\r\n"}).json["notes"] == "a\n\tb\r\n"


@pytest.mark.parametrize("body", [None, "", "[]", "null", "1", '"x"', "{", "\ud800"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_not_an_object_is_refused(api: ApiClient, place: str, method: str, body: str | None) -> None:
    response = api.send(method, place if method == "PATCH" else "/expenses", {"Content-Type": "application/json"}, body)
    assert (response.status, response.pointers) == (400, [""])


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "application/jsonx"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_another_media_type_is_a_415(api: ApiClient, place: str, method: str, content_type: str) -> None:
    url = place if method == "PATCH" else "/expenses"
    response = api.send(method, url, {"Content-Type": content_type}, LUNCH)
    assert response.status == 415
    assert "application/json" in response.json["detail"]


def test_a_merge_patch_is_not_a_new_expense(api: ApiClient) -> None:
    assert api.post("/expenses", LUNCH, Content_Type="application/merge-patch+json").status == 415


@pytest.mark.parametrize(("size", "status"), [(65_536, 201), (65_537, 413)])
def test_a_body_of_more_than_64_kib_is_a_413(api: ApiClient, size: int, status: int) -> None:
    body = json.dumps(LUNCH)
    assert api.post("/expenses", body + " " * (size - len(body))).status == status


def test_the_size_of_a_body_is_counted_in_bytes(api: ApiClient) -> None:
    assert api.post("/expenses", '"' + "€" * 22_000 + '"').status == 413


def test_a_base64_body_is_decoded(events: EventTransport) -> None:
    event = events.event(Request("POST", "/expenses", {"Content-Type": "application/json"}))
    event |= {"body": base64.b64encode(json.dumps(LUNCH).encode()).decode(), "isBase64Encoded": True}
    assert events.invoke(event)["statusCode"] == 201


@pytest.mark.parametrize(("body", "detail"), [("%%%", "is not valid Base64"), ("/w==", "is not UTF-8")])
def test_an_invalid_base64_body_is_refused(events: EventTransport, body: str, detail: str) -> None:
    event = events.event(Request("POST", "/expenses", {"Content-Type": "application/json"}))
    answer = events.invoke(event | {"body": body, "isBase64Encoded": True})
    assert json.loads(answer["body"])["errors"] == [{"pointer": "", "detail": detail}]


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_charset_of_utf_8_and_a_byte_order_mark_are_accepted(api: ApiClient, charset: str) -> None:
    body = "\ufeff" + json.dumps({**LUNCH, "category": "Café"}, ensure_ascii=False)
    assert api.post("/expenses", body, Content_Type=f"application/json; charset={charset}").json["category"] == "Café"


def test_another_charset_is_refused_where_it_would_be_misread(api: ApiClient) -> None:
    latin = "application/json; charset=iso-8859-1"
    assert api.post("/expenses", LUNCH, Content_Type=latin).status == 201
    body = json.dumps({**LUNCH, "category": "Café"}, ensure_ascii=False)
    assert api.post("/expenses", body, Content_Type=latin).status == 415


@pytest.mark.parametrize("write", [str.upper, str.title, str.lower])
def test_an_id_is_accepted_in_any_case_and_answered_in_lower_case(
    api: ApiClient, place: str, write: Callable[[str], str]
) -> None:
    url = f"/expenses/{write(place.removeprefix('/expenses/'))}"
    assert f"/expenses/{api.get(url).json['expense_id']}" == place
    assert f"/expenses/{api.patch(url, {'amount': 1}).json['expense_id']}" == place
    assert api.delete(url).status == 204


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("expense_id", ["1", "x" * 36, "%2e%2e"])
def test_an_invalid_id_is_refused(api: ApiClient, method: str, expense_id: str) -> None:
    body = {"amount": 1} if method == "PATCH" else None
    response = api.send(method, f"/expenses/{expense_id}", {"Content-Type": "application/json"}, body)
    assert details(response) == {"expense_id": "must be a UUID"}


@pytest.mark.parametrize("tag", ["1", "", "**", '*, "1"', 'w/"1"', '"1" "2"', '"1', "W/1", "'1'", '"a b"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_malformed_if_match_is_refused(api: ApiClient, place: str, method: str, tag: str) -> None:
    body = {"amount": 1} if method == "PATCH" else None
    response = api.send(method, place, {"Content-Type": "application/json", "If-Match": tag}, body)
    assert details(response) == {"If-Match": 'must be a list of entity tags such as "3", with their quotes, or *'}


@pytest.mark.parametrize("key", ["x" * 101, "with space", "ünicode"])
def test_an_invalid_idempotency_key_is_refused(api: ApiClient, key: str) -> None:
    assert api.post("/expenses", LUNCH, Idempotency_Key=key).pointers == ["Idempotency-Key"]


def test_of_very_many_violations_the_first_500_are_named(api: ApiClient) -> None:
    problem = api.get("/expenses?" + "&".join(f"p{n}=1" for n in range(2000))).json
    assert problem["detail"] == "The request has 2000 violations; the first 500 are in errors."
    assert len(problem["errors"]) == 500


@pytest.mark.parametrize(("url", "status"), [("/expenses", 200), ("/expenses?x=1", 400), ("/nothing", 404)])
def test_no_response_is_for_a_cache_or_for_guessing_its_type(api: ApiClient, url: str, status: int) -> None:
    response = api.get(url)
    assert response.status == status
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_other_parameters_of_a_media_type_are_ignored(api: ApiClient) -> None:
    content_type = "application/json; version=1; x=charset=latin-1"
    assert api.post("/expenses", LUNCH, Content_Type=content_type).status == 201


def test_violations_of_body_and_headers_are_named_at_once(api: ApiClient, place: str) -> None:
    response = api.patch(f"{place}x?colour=1", {"amount": "1"}, If_Match="1")
    assert sorted(response.pointers) == ["/amount", "If-Match", "colour", "expense_id"]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("month=june", "must be one of January, February"),
        ("month=6", "must be one of January, February"),
        ("month=", "must be one of January, February"),
        ("year=1899", "must be at least 1900"),
        ("year=2200", "must be at most 2199"),
        ("year=MMXXV", "must be an integer"),
        ("year=2025&year=2026", "must be given only once"),
        ("category=", "must have at least 1 character"),
        ("category=%00", "must be a string with a visible character"),
        ("payment_method=" + "x" * 51, "must have at most 50 characters"),
        ("date_from=2025-02-30", "must be an existing date"),
        ("date_to=yesterday", "must be an existing date"),
        ("min_amount=1,5", "must be a number"),
        ("min_amount=NaN", "must be a number"),
        ("min_amount=012", "must be a number"),
        ("limit=1e1", "must be an integer"),
        ("max_amount=1000000000000000", "must be at most 999999999999999"),
        ("q=", "must have at least 1 character"),
        ("q=" + "x" * 101, "must have at most 100 characters"),
        ("sort=amount", "must be one of -date, date"),
        ("limit=0", "must be at least 1"),
        ("limit=101", "must be at most 100"),
        ("limit=ten", "must be an integer"),
        ("cursor=%21", "must be the next_cursor of the page before"),
        ("cursor=abc", "is not a valid cursor for this query"),
        ("colour=red", "unknown parameter; allowed: month, year"),
        ("Month=June", "unknown parameter; allowed: month, year"),
    ],
)
def test_an_invalid_filter_is_refused_by_its_name(api: ApiClient, query: str, detail: str) -> None:
    response = api.get(f"/expenses?{query}")
    assert response.status == 400
    (found,) = details(response).items()
    assert found[0] == query.partition("=")[0]
    assert found[1].startswith(detail)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("date_from=2025-06-15&date_to=2025-06-14", {"date_to": "must not be before date_from"}),
        ("min_amount=2&max_amount=1", {"max_amount": "must not be less than min_amount"}),
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused(api: ApiClient, query: str, detail: dict[str, str]) -> None:
    assert details(api.get(f"/expenses?{query}")) == detail


@pytest.mark.parametrize("number", ["12.35", "12.350", "1235e-2", "1.235E%2B1", "0.1235E2"])
def test_a_number_in_the_query_is_written_as_in_json(api: ApiClient, place: str, number: str) -> None:
    found = api.get(f"/expenses?min_amount={number}&max_amount={number}").json["items"]
    assert [f"/expenses/{expense['expense_id']}" for expense in found] == [place]
    assert api.get("/expenses?min_amount=-0&max_amount=-0.0").json["items"] == []


@pytest.mark.parametrize(
    ("currency", "day", "status"),
    [
        ("BGN", "2025-06-14", 201),
        ("BGN", "2026-02-01", 400),
        ("HRK", "2022-12-31", 201),
        ("HRK", "2023-01-15", 400),
        ("DEM", "1999-01-01", 201),
        ("DEM", "2001-12-31", 201),
        ("DEM", "2003-01-01", 400),
        ("XEU", "1990-01-01", 400),
    ],
)
def test_a_withdrawn_currency_is_accepted_while_it_was_in_use(
    api: ApiClient, currency: str, day: str, status: int
) -> None:
    response = api.post("/expenses", {**LUNCH, "currency": currency, "date": day})
    assert response.status == status
    if status == 400:
        assert response.pointers == ["/currency"]


def test_an_old_expense_is_corrected_in_the_currency_of_its_time(api: ApiClient) -> None:
    expense = api.post("/expenses", {**LUNCH, "currency": "DEM", "date": "1999-06-14"}).json
    url = f"/expenses/{expense['expense_id']}"
    assert api.patch(url, {"amount": 7.5}).json["amount"] == Decimal("7.5")
    assert api.patch(url, {"currency": "FRF"}).status == 200
    assert details(api.patch(url, {"date": "2025-06-14"})) == {
        "/date": "must be 2002-02-17 or earlier for FRF; FRF was withdrawn on 2002-02-17"
    }
    assert api.patch(url, {"date": "2025-06-14", "currency": "EUR"}).status == 200


@pytest.mark.parametrize("path", [MISSING, "/health"])
def test_an_unknown_parameter_is_refused(api: ApiClient, path: str) -> None:
    assert details(api.get(f"{path}?colour=red")) == {"colour": "unknown parameter; allowed: none"}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/expense"), ("PUT", "/expenses"), ("POST", "/health"), ("GET", "//")]
)
def test_what_the_contract_does_not_have_is_a_404(api: ApiClient, method: str, path: str) -> None:
    assert api.send(method, path, {}).status == 404
