"""Imports through the whole service: once each, all or nothing, never over what is there, and back to the byte."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import ApiClient, Response
from tests.clock import Clock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver
from tests.integration.test_export import CSV, NDJSON, exported, objects
from tests.seed import expense, expenses, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from api.models import Expense

HEADER = "date,amount,category,payment_method,notes\n"
LUNCH = "2025-06-14,12.50,Food,Cash,Lunch\n"


def imported(api: ApiClient, text: str | bytes, media_type: str = CSV, query: str = "") -> Response:
    return api.send("POST", f"/import{query}", {"Content-Type": media_type}, text)


def counts(response: Response) -> tuple[int, int, int]:
    """Return how many were recorded, how many were there, and how many are deleted."""
    assert response.status == 200, response.text
    report = response.json
    outcomes = Counter(row["outcome"] for row in report["rows"])
    assert outcomes == +Counter({name: report[name] for name in ("recorded", "already_there", "in_trash")})
    return report["recorded"], report["already_there"], report["in_trash"]


def spreadsheet(rows: int) -> str:
    """Return a file of that many lines, some of which are alike."""
    lines = (f"2025-{n % 12 + 1:02}-{n % 28 + 1:02},{n % 9}.50,Food {n % 5},Cash,row {n}\n" for n in range(rows))
    return HEADER + "".join(lines)


def test_a_spreadsheet_is_recorded_once_with_its_totals(api: ApiClient) -> None:
    assert counts(imported(api, spreadsheet(60))) == (60, 0, 0)
    assert counts(imported(api, spreadsheet(60))) == (0, 60, 0)
    assert api.get("/summary").json["items"][0]["count"] == 60
    found = api.get("/expenses?limit=100").json["items"]
    assert Counter(row["notes"] for row in found) == Counter(f"row {n}" for n in range(60))


def test_a_report_says_of_each_line_what_became_of_it(api: ApiClient) -> None:
    kept, binned = imported(api, HEADER + LUNCH * 2).json["rows"]
    api.delete(f"/expenses/{binned['expense_id']}")
    report = imported(api, HEADER + LUNCH * 3).json
    assert [(row["line"], row["outcome"]) for row in report["rows"]] == [
        (2, "already_there"),
        (3, "in_trash"),
        (4, "recorded"),
    ]
    assert [row["expense_id"] for row in report["rows"][:2]] == [kept["expense_id"], binned["expense_id"]]
    assert (report["done"], report["next_line"]) == (True, None)
    assert api.get(f"/expenses/{report['rows'][2]['expense_id']}").json["notes"] == "Lunch"


def test_one_expense_by_both_kinds_of_id_is_refused_at_the_second_line(api: ApiClient) -> None:
    header = "import_id,expense_id,date,amount,category,payment_method\n"
    line = "2025-06-14,12.50,Food,Cash\n"
    (row,) = imported(api, f"{header}7,,{line}").json["rows"]
    refused = imported(api, f"{header},{row['expense_id'].upper()},{line}8,,{line}7,,{line}")
    (violation,) = refused.json["errors"]
    assert violation == {"line": 4, "pointer": "/import_id", "detail": "must not be of the expense of line 2"}
    assert api.get("/summary").json["items"][0]["count"] == 1


def test_what_was_changed_since_stays_as_it_is(api: ApiClient) -> None:
    (row,) = imported(api, HEADER + LUNCH).json["rows"]
    api.patch(f"/expenses/{row['expense_id']}", {"notes": "Dinner", "amount": 20})
    assert counts(imported(api, HEADER + LUNCH)) == (0, 1, 0)
    assert api.get(f"/expenses/{row['expense_id']}").json["notes"] == "Dinner"


def test_a_dry_run_says_what_an_import_would_and_records_nothing(api: ApiClient) -> None:
    imported(api, HEADER + LUNCH)
    planned = imported(api, spreadsheet(3) + LUNCH, query="?dry_run=true")
    assert counts(planned) == (3, 1, 0)
    assert api.get("/expenses").json["count"] == 1
    done = imported(api, spreadsheet(3) + LUNCH)
    assert done.json == planned.json


def test_one_bad_row_among_700_leaves_everything_as_it_was(fake: FakeDynamoDB, api_over: ApiOver) -> None:
    text = spreadsheet(699) + "06/14/2025,1,Food,Cash,\n"
    response = imported(api_over(fake), text)
    assert (response.status, fake.items, fake.items_of("records")) == (400, [], [])
    assert response.json["errors"] == [
        {
            "line": 701,
            "pointer": "/date",
            "detail": "must be year-month-day such as 2025-06-14; 06/14/2025 is another day in another country",
        }
    ]


def test_a_file_in_which_every_row_is_bad_has_each_of_them_named(api: ApiClient) -> None:
    response = imported(api, HEADER + "x,1,F,C,\n" * 900)
    assert [violation["line"] for violation in response.json["errors"]] == list(range(2, 902))


@pytest.mark.parametrize(
    "body",
    [
        (HEADER + LUNCH).encode("utf-16"),
        (HEADER + LUNCH).encode("utf-16-le"),
        HEADER + '2025-06-14,1,"Food,Cash,\n',
        HEADER + "2025-06-14,1,Fo\0od,Cash,\n",
        ",".join("abcdefgh"[n % 8] for n in range(10_000)),
        "," * 65_000,
        '"' * 65_001,
        HEADER + "2025-06-14,1,Caf\xe9,Cash,\n".encode("latin-1").decode(errors="replace"),
        HEADER + "2025-06-14,1,\ud800,Cash,\n",
        HEADER + f"2025-06-14,{'9' * 60_000},Food,Cash,\n",
        "{}\n" * 20_000,
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.parametrize("media_type", [CSV, NDJSON])
def test_a_hostile_file_is_a_400_and_records_nothing(api: ApiClient, body: str | bytes, media_type: str) -> None:
    response = imported(api, body, media_type)
    assert (response.status, len(response.text) < 500_000) == (400, True)
    assert api.get("/expenses").json["count"] == 0


@pytest.mark.parametrize("media_type", [CSV, NDJSON])
@pytest.mark.parametrize("octets", [b"\xff\xfe", "Café".encode("latin-1"), b"\xed\xa0\x80", b"\xc0\xaf"])
def test_octets_that_are_not_utf_8_are_refused_where_they_are(api: ApiClient, octets: bytes, media_type: str) -> None:
    row = b"2025-06-14,1," + octets + b",Cash,\n"
    line = b'{"date": "2025-06-14", "amount": 1, "payment_method": "Cash", "category": "' + octets + b'"}\n'
    body = {CSV: (HEADER + LUNCH).encode() + row, NDJSON: b"\n\n" + line}[media_type]
    response = imported(api, body, media_type)
    assert (response.status, [(each["line"], each["pointer"]) for each in response.json["errors"]]) == (
        400,
        [(3, "/category")],
    )


def test_a_file_has_at_most_64_kib(api: ApiClient) -> None:
    text = (HEADER + LUNCH).ljust(65_536, "\n")
    assert counts(imported(api, text)) == (1, 0, 0)
    assert imported(api, text + "\n").status == 413


def test_a_byte_order_mark_may_be_there_twice_in_a_spreadsheets_file(api: ApiClient) -> None:
    assert counts(imported(api, "\ufeff\ufeff" + HEADER + LUNCH)) == (1, 0, 0)
    assert imported(api, "\ufeff\ufeff{}", NDJSON).pointers == [""]


def test_what_was_recorded_counts_in_the_metric_and_what_would_be_does_not(api: ApiClient, log: list[str]) -> None:
    for query in ("?dry_run=true", "", ""):
        imported(api, spreadsheet(3), query=query)
    assert [line.partition('"ExpensesCreated":')[2][:1] for line in log] == ["", "3", ""]


def test_mixed_line_ends_are_line_ends(api: ApiClient) -> None:
    assert counts(imported(api, HEADER + LUNCH.strip() + "\r" + LUNCH.strip() + "\r\n" + LUNCH)) == (3, 0, 0)


@pytest.mark.parametrize(("media_type", "status"), [("application/json", 415), ("text/csv; charset=utf-16", 415)])
def test_another_media_type_is_a_415(api: ApiClient, media_type: str, status: int) -> None:
    assert imported(api, HEADER + LUNCH + "é", media_type).status == status


def test_an_export_into_an_empty_account_is_the_same_to_the_byte(client: "DynamoDBClient", api: ApiClient) -> None:
    put(client, "amina", expenses(60))
    there = api.as_user("ben")
    for media_type in (NDJSON, CSV):
        text = exported(api, "", media_type)
        assert counts(imported(there, text, media_type)) == ((60, 0, 0) if media_type == NDJSON else (0, 60, 0))
        assert exported(there, "", media_type) == text
    assert there.get("/summary").json["items"][0]["count"] == 60


def test_an_export_into_the_same_account_records_nothing(api: ApiClient) -> None:
    imported(api, spreadsheet(20))
    for media_type in (NDJSON, CSV):
        assert counts(imported(api, exported(api, "", media_type), media_type)) == (0, 20, 0)


def test_an_expense_changed_by_a_clock_that_is_behind_comes_back(api: ApiClient, clock: Clock) -> None:
    clock.now = datetime(2025, 6, 14, 12, tzinfo=UTC)
    expense_id = api.post("/expenses", {"category": "Food", "amount": 1, "payment_method": "Cash"}).json["expense_id"]
    clock.now -= timedelta(seconds=1)
    api.patch(f"/expenses/{expense_id}", {"amount": 2})
    text = exported(api, "", NDJSON)

    assert counts(imported(api.as_user("ben"), text, NDJSON)) == (1, 0, 0)
    assert exported(api.as_user("ben"), "", NDJSON) == text


LABELS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd"), min_size=1, max_size=8
).filter(str.strip)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(["=1+1", "'-x", "a,b;c", '"', "Café"]) | LABELS,
            "amount": st.decimals(-9999, 9999, places=2, allow_nan=False),
            "payment_method": st.sampled_from(["Cash", "@me", "+49"]),
            "notes": st.none() | st.sampled_from(["=A1", "\t=1", "a\r\nb", "\n", "'", "' =1", " x "]) | LABELS,
            "date": st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_whatever_was_recorded_comes_back_as_it_was(api_over: ApiOver, bodies: Sequence[dict[str, Any]]) -> None:
    take_along(api_over, bodies)


@pytest.mark.fuzz
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_500_accounts_come_back_as_they_were(api_over: ApiOver, bodies: Sequence[dict[str, Any]]) -> None:
    take_along(api_over, bodies)


def take_along(api_over: ApiOver, bodies: Sequence[dict[str, Any]]) -> None:
    """Record expenses, and take them to two other accounts and back."""
    api = api_over(FakeDynamoDB())
    for body in bodies:
        response = api.post("/expenses", body)
        if response.status == 201 and len(response.json["category"]) > 3:
            api.patch(f"/expenses/{response.json['expense_id']}", {"notes": body["notes"]})
    there, by_csv = api.as_user("ben"), api.as_user("chen")
    text = exported(api)
    recorded = counts(imported(api, text or "\n", NDJSON))
    assert recorded == (0, len(objects(text)), 0)
    imported(there, text or "\n", NDJSON)
    imported(by_csv, exported(api, "", CSV), CSV)
    assert exported(there) == exported(by_csv) == text


def test_the_feed_has_what_was_imported_whatever_its_instants(api: ApiClient) -> None:
    cursor = api.get("/changes").json["next_cursor"]
    row = expense(1, created_at="1999-01-01T00:00:00.000000Z", updated_at="1999-01-01T00:00:00.000000Z")
    imported(api, json.dumps(row, default=float), NDJSON)
    (change,) = api.get(f"/changes?cursor={cursor}").json["items"]
    assert change["expense"] == {**row}
    assert change["changed_at"] > "2020"


def test_50_threads_that_import_the_same_file_record_each_row_once(fake: FakeDynamoDB, api_over: ApiOver) -> None:
    fake.transaction_seconds = 0.001
    text = spreadsheet(60)
    api = api_over(fake, seconds=60)
    with ThreadPoolExecutor(50) as pool:
        reports = list(pool.map(lambda _: imported(api, text), range(50)))
    assert all(response.json["done"] for response in reports), [response.text for response in reports][:2]
    assert sum(response.json["recorded"] for response in reports) == len(fake.items) == 60
    assert api.get("/summary").json["items"][0]["count"] == 60


def test_a_file_that_is_cut_off_is_finished_by_the_same_request(fake: FakeDynamoDB, api_over: ApiOver) -> None:
    text = spreadsheet(240)
    cut_off = api_over(fake, seconds=1.8)
    first = imported(cut_off, text).json
    assert (first["done"], first["recorded"], first["next_line"]) == (False, 150, 152)
    again = imported(api_over(fake, seconds=60), text).json
    assert (again["done"], again["recorded"], again["already_there"]) == (True, 90, 150)
    assert len(fake.items) == 240


def test_an_import_writes_no_faster_than_a_partition_takes(
    fake: FakeDynamoDB, api_over: ApiOver, at_once: list[float]
) -> None:
    assert imported(api_over(fake, seconds=60), spreadsheet(700)).json["recorded"] == 700
    assert 5 < sum(at_once[-1:]) <= 6  # 10 units each, of which the first 500 are free


def test_what_is_there_already_costs_reads_only(fake: FakeDynamoDB, api_over: ApiOver) -> None:
    imported(api_over(fake), spreadsheet(60))
    calls: list[str] = []
    fake.before.append(lambda operation, _: calls.append(operation))
    assert counts(imported(api_over(fake), spreadsheet(60))) == (0, 60, 0)
    assert calls == ["BatchGetItem"] * 2


def test_a_user_reaches_nothing_of_others_by_an_id(api: ApiClient) -> None:
    theirs: Expense = api.post("/expenses", {"category": "Rent", "amount": 1, "payment_method": "Cash"}).json
    mine = {**theirs, "notes": "mine", "amount": 2}
    ben = api.as_user("ben")
    assert counts(imported(ben, json.dumps(mine), NDJSON)) == (1, 0, 0)
    assert api.get(f"/expenses/{theirs['expense_id']}").json == theirs
    assert ben.get(f"/expenses/{theirs['expense_id']}").json["notes"] == "mine"


def test_the_file_of_a_bank_is_known_in_another_account_after_an_export_took_it_along(api: ApiClient) -> None:
    header = "import_id,date,amount,category,payment_method,notes\n"
    of_bank = header + "7,2025-06-14,12.50,Food,Cash,\n8,2025-06-14,12.50,Food,Cash,\n"
    for text in (of_bank, HEADER + LUNCH * 2):
        assert counts(imported(api, text)) == (2, 0, 0)
    there = api.as_user("ben")
    assert counts(imported(there, exported(api), NDJSON)) == (4, 0, 0)
    for text in (of_bank, HEADER + LUNCH * 2):
        assert counts(imported(there, text)) == (0, 2, 0)
