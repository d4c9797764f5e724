"""Exports over moto: whole files from pages, in the media type that the client wants, of any filters."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from api.transfer.csv_file import COLUMNS
from api.transfer.service import MAX_PAGE_BYTES
from tests.client import ApiClient, Response
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver
from tests.seed import expense, expenses, item, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NDJSON, CSV = "application/x-ndjson", "text/csv"
DAY = date(2025, 6, 14)


def pages(api: ApiClient, query: str = "", accept: str = NDJSON) -> list[Response]:
    """Return every page of an export, by following each Link as it stands."""
    found = [api.get(f"/export?{query}", Accept=accept)]
    while "next" in found[-1].links:
        found.append(api.get(f"/export{found[-1].links['next']}", Accept=accept))
    assert [page.status for page in found] == [200] * len(found), found[-1].text
    return found


def exported(api: ApiClient, query: str = "", accept: str = NDJSON) -> str:
    """Return a whole export."""
    return "".join(page.text for page in pages(api, query, accept))


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in text.split("\n")[:-1]]


def test_an_export_is_what_the_list_has_oldest_first(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(60, days=20))
    listed = api.get("/expenses?sort=date&limit=100").json["items"]
    assert objects(exported(api)) == listed


def test_pages_put_together_are_one_file(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(45))
    for accept in (NDJSON, CSV):
        assert exported(api, "limit=7", accept) == exported(api, "", accept)
    assert [len(objects(page.text)) for page in pages(api, "limit=20")] == [20, 20, 5]


def test_a_page_has_a_thousand_expenses(api_over: ApiOver) -> None:
    api = api_over(FakeDynamoDB(item("amina", expense(n, DAY)) for n in range(1001)))
    assert [page.text.count("\n") for page in pages(api)] == [1000, 1]


def test_a_table_is_as_rfc_4180_says(client: "DynamoDBClient", api: ApiClient) -> None:
    notes = 'Amina said: "a, b"\r\nand\nmore'
    put(client, "amina", [expense(1, DAY, amount=Decimal("-3.20"), notes=notes), expense(2, DAY, notes=None)])
    text = exported(api, "", CSV)
    assert text.split("\r\n")[0] == ",".join(COLUMNS)
    assert text.endswith("\r\n")
    first, second = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    assert (first["amount"], first["notes"], second["notes"]) == ("-3.20", notes, "")


@pytest.mark.parametrize("name", ["category", "payment_method", "notes"])
def test_a_formula_is_neutralized_but_never_an_amount(client: "DynamoDBClient", api: ApiClient, name: str) -> None:
    put(client, "amina", [expense(1, DAY, amount=Decimal(-1), **{name: "=HYPERLINK(A1)"})])
    (row,) = csv.DictReader(io.StringIO(exported(api, "", CSV), newline=""))
    assert (row[name], row["amount"]) == ("'=HYPERLINK(A1)", "-1")
    assert objects(exported(api))[0][name] == "=HYPERLINK(A1)"


@pytest.mark.parametrize(
    "filters",
    [
        {"month": "June"},
        {"year": 2021},
        {"month": "June", "year": 2021},
        {"category": "Food#2025-06-15"},
        {"category": "Café & Crème 100%", "year": 2022},
        {"date_from": "2021-03-01", "date_to": "2023-05-31"},
        {"date_from": "2023-01-01", "month": "February"},
    ],
)
def test_an_export_has_what_its_filters_find(
    client: "DynamoDBClient", api: ApiClient, filters: dict[str, object]
) -> None:
    put(client, "amina", expenses(80))
    query = urlencode(filters)
    listed = api.get(f"/expenses?sort=date&limit=100&{query}").json["items"]
    assert objects(exported(api, f"limit=9&{query}")) == listed != []


def test_an_export_of_nothing_is_an_empty_file(api: ApiClient) -> None:
    assert (exported(api), exported(api, "", CSV)) == ("", ",".join(COLUMNS) + "\r\n")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ({}, NDJSON),
        ({"Accept": "*/*"}, NDJSON),
        ({"Accept": "text/csv, */*;q=0.1"}, CSV),
        ({"Accept": "application/x-ndjson;q=0, */*"}, CSV),
    ],
)
def test_the_accept_header_decides_the_media_type(api: ApiClient, accept: dict[str, str], media_type: str) -> None:
    response = api.get("/export", **accept)
    assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert response.headers["Vary"] == "Accept"
    head = api.send("HEAD", "/export", accept)
    assert (head.status, head.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8")


def test_what_no_client_accepts_is_a_406_that_says_what_there_is(api: ApiClient) -> None:
    response = api.get("/export", Accept="text/html")
    assert (response.status, response.headers["Vary"]) == (406, "Accept")
    assert response.json["detail"] == (
        "The Accept is text/html; this operation responds with application/x-ndjson or text/csv."
    )


def test_an_operation_with_one_media_type_disregards_accept(api: ApiClient) -> None:
    response = api.get("/expenses", Accept="text/html")
    assert (response.status, "Vary" in response.headers) == (200, False)


@pytest.mark.parametrize("character", ["\U0001f355", '"'])
@pytest.mark.parametrize("accept", [NDJSON, CSV])
def test_a_page_fits_into_what_lambda_can_respond_with(api_over: ApiOver, accept: str, character: str) -> None:
    made = [expense(n, DAY, notes=character * 1000) for n in range(1000)]
    found = pages(api_over(FakeDynamoDB(item("amina", row) for row in made)), "", accept)
    assert all(len(json.dumps(page.text)) <= MAX_PAGE_BYTES + 1000 for page in found)
    text = "".join(page.text for page in found)
    written = objects(text) if accept == NDJSON else list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["expense_id"] for row in written} == {row["expense_id"] for row in made}
    assert len(written) == 1000


def test_a_user_exports_nothing_of_others(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(10))
    assert exported(api.as_user("ben")) == ""
    cursor = api.get("/export?limit=3").links["next"]
    assert api.as_user("ben").get(f"/export{cursor}").text == ""


@pytest.mark.parametrize(
    "query", ["cursor=bm8", "limit=1001", "limit=0", "q=coffee", "date_from=2025-02-01&date_to=2025-01-01"]
)
def test_a_parameter_that_is_not_valid_is_a_400(api: ApiClient, query: str) -> None:
    response = api.get(f"/export?{query}")
    assert response.status == 400
    assert response.headers["Content-Type"] == "application/problem+json"
