"""Files as they come: any spreadsheet's CSV is read or its every faulty line is named, and nothing is guessed."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.models import Expense
from api.openapi.errors import InvalidRequest
from api.openapi.schema import Schemas, translate
from api.transfer import csv_file, ndjson
from api.transfer.lines import lines_of
from api.transfer.rows import Rows
from tests.contract.document import CONTRACT

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
LINE = CONTRACT["paths"]["/import"]["post"]["requestBody"]["x-line"]
SCHEMA = Schemas(CONTRACT["components"]["schemas"]).compile(translate(LINE))
HEADER = "date,amount,category,payment_method,currency,notes\n"
LUNCH = "2025-06-14,12.5,Food,Cash,,\n"
NOT_UTF_8 = "is not UTF-8, or has U+FFFD in the place of a character that was lost; save the file in UTF-8"
SHORTENED = "must have no exponent: a spreadsheet that shows 123456.78 as 1.23E+05 saves it without the other digits"
ALLOWED = ", ".join(csv_file.ACCEPTED)


def expenses_of(rows: Rows) -> list[Expense]:
    return [line.state.expense for line in lines_of(rows, SCHEMA, "EUR", NOW) if line.state.expense]


def wrong(rows: Rows) -> list[tuple[int | None, str, str]]:
    """Return line, pointer and message of each violation."""
    found = violations(rows)
    assert found
    return found


def violations(rows: Rows) -> list[tuple[int | None, str, str]]:
    try:
        lines_of(rows, SCHEMA, "EUR", NOW)
    except InvalidRequest as error:
        return [(each.line, each.name, each.message) for each in error.violations]
    return []


def wrong_in(text: str) -> list[tuple[int | None, str, str]]:
    return wrong(csv_file.read(text))


def test_the_columns_are_those_of_the_contract() -> None:
    assert set(csv_file.REQUIRED) == set(LINE["required"])
    assert set(csv_file.ACCEPTED) == set(LINE["properties"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_spreadsheet_is_read(end: str, delimiter: str, mark: str) -> None:
    lines = [
        ["Notes", "payment method", " Amount ", "DATE", "Category"],
        ['"a, b; ""c""\n\nd"', "Cash", " -12.50 ", "2025-06-14 ", " Food "],
        ["", "", "", " ", ""],
        ["", "Card", "3", "2025-06-15", "Rent"],
    ]
    first, second = expenses_of(csv_file.read(mark + end.join(delimiter.join(cells) for cells in lines)))
    assert (first["notes"], first["amount"], first["date"]) == ('a, b; "c"\n\nd', Decimal("-12.5"), "2025-06-14")
    assert (second["notes"], second["payment_method"], second["currency"]) == (None, "Card", "EUR")


def test_a_line_is_counted_as_an_editor_counts_it() -> None:
    text = HEADER + '2025-06-14,1,Food,Cash,,"two\r\nlines"\r\n\n2025-06-14,x,Food,Cash,,\n'
    assert wrong_in(text) == [(5, "/amount", "must be a number such as 12.50 or -3.2, and nothing else")]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ('"12,50"', "must have a decimal point and not a comma: 12.50"),
        ('"-3,5"', "must have a decimal point and not a comma: 12.50"),
        ('"1,234.50"', "must have no separators but a decimal point: 1234.50"),
        ('"1.234,50"', "must have no separators but a decimal point: 1234.50"),
        ("1 234", "must have no separators but a decimal point: 1234.50"),
        ("€12", "must be a number such as 12.50 or -3.2, and nothing else"),
        ("(12.50)", "must be a number such as 12.50 or -3.2, and nothing else"),
        ("NaN", "must be a number such as 12.50 or -3.2, and nothing else"),
        ("1e3", SHORTENED),
        ("-1E-2", SHORTENED),
        ("1.23457E+05", SHORTENED),
        ('"1,23457E+05"', SHORTENED),
        ("1e999999999", SHORTENED),
        ("9" * 5000, "must be a number such as 12.50 or -3.2, and nothing else"),
        ("9" * 16, "must be at most 999999999999999"),
        ("1.005", "must have at most 2 decimals in EUR"),
        ("", "is required"),
    ],
)
def test_an_amount_that_is_not_exact_is_explained_and_not_guessed(amount: str, message: str) -> None:
    assert wrong_in(f"{HEADER}2025-06-14,{amount},Food,Cash,,\n") == [(2, "/amount", message)]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("06/14/2025", "must be year-month-day such as 2025-06-14; 06/14/2025 is another day in another country"),
        ("14.6.25", "must be year-month-day such as 2025-06-14; 14.6.25 is another day in another country"),
        ("2025/06/14", "must have hyphens such as 2025-06-14"),
        ("20250614", "must have hyphens such as 2025-06-14"),
        ("2025-06-14T10:00:00Z", "must be a date alone such as 2025-06-14, without a time"),
        ("2025-06-14 00:00", "must be a date alone such as 2025-06-14, without a time"),
        ("2025-02-30", "must be an existing date such as 2025-06-14"),
        ("45822", "must be an existing date such as 2025-06-14"),
        ("1825-02-03", "must be a date from 1900-01-01 to 2199-12-31"),
        ("", "is required"),
    ],
)
def test_a_date_is_iso_or_it_is_said_what_is_wrong_with_it(day: str, message: str) -> None:
    assert wrong_in(f"{HEADER}{day},1,Food,Cash,,\n") == [(2, "/date", message)]
    as_json = f'{{"date": "{day}", "amount": 1, "category": "Food", "payment_method": "Cash"}}'
    if day:
        assert wrong(ndjson.read(as_json)) == [(1, "/date", message)]


def test_every_violation_of_every_line_is_named() -> None:
    text = HEADER + LUNCH + "06/14/2025,x,,Cash,euro,\n" + LUNCH + "2025-06-14,1,Food\n" + "2025-06-14,1,,,,\n"
    found = wrong_in(text)
    assert [(line, at) for line, at, _ in found] == [
        *((3, at) for at in ("/amount", "/category", "/currency", "/date")),
        (5, ""),
        (6, "/category"),
        (6, "/payment_method"),
    ]
    assert found[4][2].startswith("has 3 values for 6 columns")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, f"must have the names of the columns; allowed: {ALLOWED}"),
        ("\n\n", 1, f"must have the names of the columns; allowed: {ALLOWED}"),
        (HEADER.replace("notes", "remarks"), 1, f"has the unknown column remarks; allowed: {ALLOWED}"),
        (
            HEADER.replace("notes", "") + LUNCH + LUNCH.replace(",,", ",,x") * 2,
            1,
            "has no name for column 6, which has values",
        ),
        (HEADER.replace("notes", "Amount"), 1, "has the column amount more than once"),
        (HEADER + '2025-06-14,1,"Food,Cash,,\n' + LUNCH, 2, "has a quote that is never closed"),
        (HEADER + '2025-06-14,1,"Food"d,Cash,,\n', 2, "is not CSV: ',' expected after '\"'"),
        ((HEADER + LUNCH).encode("utf-16").decode(errors="replace"), 1, "is not UTF-8; save the file in UTF-8"),
        ((HEADER + LUNCH).encode("utf-16-be").decode(errors="replace"), 1, "is not UTF-8; save the file in UTF-8"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(text: str, line: int, message: str) -> None:
    assert wrong_in(text)[0] == (line, "", message)


def test_a_column_without_a_name_and_values_is_as_absent() -> None:
    text = "date,,amount,category,payment_method,,\n" + "2025-06-14,,1,Food,Cash, ,\n" * 2
    plain = "date,amount,category,payment_method\n" + "2025-06-14,1,Food,Cash\n" * 2
    assert expenses_of(csv_file.read(text)) == expenses_of(csv_file.read(plain))
    assert wrong_in(text.replace("14,,1", "14,x,1").replace(", ,", ",,y")) == [
        (1, "", "has no name for column 2, which has values"),
        (1, "", "has no name for column 7, which has values"),
    ]


def test_a_missing_column_is_named_once() -> None:
    text = "date,amount,category\n" + "2025-06-14,1,Food\n" * 3
    assert wrong_in(text) == [(1, "/payment_method", "is required")]


def test_an_exponent_is_a_number_in_json() -> None:
    line = '{"date": "2025-06-14", "amount": 1.5e1, "category": "Food", "payment_method": "Cash"}'
    assert expenses_of(ndjson.read(line))[0]["amount"] == 15


def test_a_file_in_another_encoding_is_said_to_be_none_of_utf_8_once_a_line() -> None:
    text = HEADER + LUNCH + "2025-06-14,\xa312,Caf\xe9,Cash,euro,\xe0 deux\n" + LUNCH.replace("Food", "Caf\xe9")
    misread = text.encode("latin-1").decode(errors="replace")
    wrong_currency = (3, "/currency", "must be three capital letters, such as EUR")
    assert wrong_in(misread) == [(3, "/amount", NOT_UTF_8), wrong_currency, (4, "/category", NOT_UTF_8)]
    line = '{"date": "2025-06-14", "amount": 1, "category": "Caf\ufffd", "payment_method": "Cash"}'
    assert wrong(ndjson.read(line)) == [(1, "/category", NOT_UTF_8)]


@pytest.mark.parametrize("text", ["a\0b", "\x07"])
def test_what_was_misread_is_refused_where_it_is(text: str) -> None:
    assert [found[:2] for found in wrong_in(f"{HEADER}{LUNCH}2025-06-14,1,{text},Cash,,{text}\n")] == [
        (3, "/category"),
        (3, "/notes"),
    ]


def test_ten_thousand_columns_are_refused_in_bounds() -> None:
    found = wrong_in(",".join(f"c{n}" for n in range(10_000)) + "\n")
    assert len(found) == 1000
    assert found[0] == (1, "", f"has the unknown column c0; allowed: {ALLOWED}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "must be an object"),
        ("{", "is not JSON: Expecting property name enclosed in double quotes at column 2"),
        ('{"amount": 1, "amount": 2}', 'has the property "amount" more than once'),
        ('{"amount": NaN}', "has NaN, which is not a JSON number"),
        ('{"category": "\\ud800"}', "has a string with an unpaired surrogate, which is not a character"),
    ],
)
def test_a_line_that_is_not_json_is_named(text: str, message: str) -> None:
    good = '{"date": "2025-06-14", "amount": 1, "category": "Food", "payment_method": "Cash"}'
    assert wrong(ndjson.read(f"{good}\n\r\n{text}\r\n")) == [(3, "", message)]


@pytest.mark.parametrize(
    ("properties", "at", "message"),
    [
        ({"colour": 1}, "/colour", f"unknown property; allowed: {', '.join(LINE['properties'])}"),
        ({"amount": "12"}, "/amount", "must be a number"),
        ({"expense_id": "4711"}, "/expense_id", "must be a UUID"),
        ({"month": "July"}, "/month", "must be June, as the date says"),
        ({"year": 2024}, "/year", "must be 2025, as the date says"),
        ({"version": 0}, "/version", "must be at least 1"),
        ({"version": 2**31}, "/version", "must be at most 2147483647"),
        ({"created_at": "2025-07-01T12:00:06Z"}, "/created_at", "must be between 1970 and now"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "/created_at", "must be between 1970 and now"),
        ({"updated_at": "9999-12-31T23:59:59-14:00"}, "/updated_at", "must be between 1970 and now"),
        ({"created_at": "2016-12-31T23:59:60Z"}, "/created_at", "must be an instant such as 2025-06-14T18:22:05Z"),
        ({"created_at": "2025-06-14"}, "/created_at", "must be an instant such as 2025-06-14T18:22:05Z"),
    ],
)
def test_what_an_export_says_of_the_recording_must_be_possible(
    properties: dict[str, Any], at: str, message: str
) -> None:
    values = {"date": "2025-06-14", "amount": 1, "category": "Food", "payment_method": "Cash", **properties}
    line = ndjson.line(values)  # type: ignore[arg-type]
    assert wrong(ndjson.read(line)) == [(1, at, message)]


def test_an_instant_is_kept_in_utc_to_the_microsecond() -> None:
    (expense,) = expenses_of(
        csv_file.read(
            "date,amount,category,payment_method,created_at\n2025-06-14,1,Food,Cash,2025-06-14t20:00:00+02:00\n"
        )
    )
    assert expense["created_at"] == expense["updated_at"] == "2025-06-14T18:00:00.000000Z"


def test_the_order_within_a_day_is_that_of_the_file() -> None:
    found = expenses_of(csv_file.read(HEADER + LUNCH * 30))
    instants = [expense["created_at"] for expense in found]
    assert instants == sorted(set(instants))
    assert instants[-1] < NOW.isoformat()


def test_an_id_that_is_given_twice_is_refused_at_the_second_line() -> None:
    text = "import_id,date,amount,category,payment_method\n" + "7,2025-06-14,1,Food,Cash\n" * 2
    assert wrong_in(text) == [(3, "/import_id", "must not be that of line 2")]


@settings(max_examples=200)
@given(st.text("\",;\n\r\0='a1-\ufeff\ufffd\ud800é") | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (csv_file.read, ndjson.read):
        for file in (read(text), read(HEADER + text)):
            assert all(line for line, _, _ in violations(file))


def test_what_is_against_the_rules_in_a_line_is_reported_with_what_violates_the_schema() -> None:
    good = {"date": "2025-06-14", "amount": 1.5, "category": "Food", "payment_method": "Cash"}
    lines: list[dict[str, Any]] = [
        {"date": 7, "amount": 1.234, "category": "\u200b", "created_at": "2099-01-01T00:00:00Z"},
        {"amount": 1.5, "currency": "JPY", "updated_at": 7, "x/y": 1},
        {"amount": 1.234, "currency": 7},
        {"amount": 1.234, "updated_at": "2099-01-01T00:00:00Z"},
    ]
    found = wrong(ndjson.read("\n".join(json.dumps({**good, **given}) for given in lines)))
    assert sorted((line or 0, at) for line, at, _ in found) == [
        (1, "/amount"),
        (1, "/category"),
        (1, "/created_at"),
        (1, "/date"),
        (2, "/amount"),
        (2, "/updated_at"),
        (2, "/x~1y"),
        (3, "/currency"),
        (4, "/amount"),
        (4, "/updated_at"),
    ]
