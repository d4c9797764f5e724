"""Exports of other programs, with the columns that these document, become files that are imported."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.client import ApiClient
from tools.image_root import REPOSITORY
from tools.import_files import MAX_BYTES, NotAnExport, converted, files, main

FIREFLY = (
    "user_id,group_id,journal_id,created_at,updated_at,group_title,type,currency_code,amount,foreign_currency_code,"
    "foreign_amount,primary_currency_code,pc_amount,pc_foreign_amount,description,date,source_name,source_iban,"
    "source_type,destination_name,destination_iban,destination_type,reconciled,category,budget,bill,tags,notes\n"
    '1,7,11,2025-06-14T20:00:00+02:00,2025-06-14T20:00:00+02:00,,Withdrawal,EUR,-12.50,,,EUR,,,"Lunch, two",'
    '2025-06-14T00:00:00+02:00,Wallet,,Asset account,Café,,Expense account,,Food,,,,"a\nb"\n'
    "1,8,12,2025-06-14T20:00:00+02:00,2025-06-14T20:00:00+02:00,,Withdrawal,JPY,-1200,,,EUR,,,Ramen,"
    "2025-06-15T00:00:00+02:00,Wallet,,Asset account,Shop,,Expense account,,,,,,\n"
    "1,9,13,2025-06-30T20:00:00+02:00,2025-06-30T20:00:00+02:00,,Deposit,EUR,2000.00,,,EUR,,,Salary,"
    "2025-06-30T00:00:00+02:00,Work,,Revenue account,Bank,,Asset account,,,,,,\n"
)
ACTUAL = (
    "Account,Date,Payee,Notes,Category,Amount,Split_Amount,Cleared\n"
    "Checking,2025-06-14,Café,,Food,-3.50,0,Not cleared\n"
    "Checking,2025-06-14,Café,second,Food,-3.50,0,Cleared\n"
    "Checking,2025-06-16,Shop,,Clothing,20,0,Cleared\n"
    "Checking,2025-06-17,Savings,,,-100,0,Cleared\n"
    "Checking,2025-06-30,Work,,Income,2000,0,Cleared\n"
)


def imported(api: ApiClient, export: str, source: str) -> dict[tuple[str, str], str]:
    """Import an export twice; return the amounts of what is there by date and notes."""
    expenses, _ = converted(export, source)
    for outcome in ("recorded", "already_there"):
        for text in files(expenses):
            report = api.send("POST", "/import", {"Content-Type": "text/csv"}, text).json
            assert report[outcome] == len(report["rows"]) > 0
    found = api.get("/expenses?limit=100").json["items"]
    return {(row["date"], row["notes"]): f"{row['amount']} {row['currency']}" for row in found}


def test_what_firefly_exports_is_imported_once(api: ApiClient) -> None:
    assert imported(api, FIREFLY, "firefly") == {
        ("2025-06-14", "Lunch, two\na\nb"): "12.5 EUR",
        ("2025-06-15", "Ramen"): "1200 JPY",
    }
    assert converted(FIREFLY, "firefly")[1] == {"Deposit": 1}


def test_what_actual_exports_is_imported_once_with_both_coffees(api: ApiClient) -> None:
    assert imported(api, ACTUAL, "actual") == {
        ("2025-06-14", "Café"): "3.5 EUR",
        ("2025-06-14", "Café\nsecond"): "3.5 EUR",
        ("2025-06-16", "Shop"): "-20 EUR",
    }
    assert converted(ACTUAL, "actual")[1] == {"Income": 1, "Transfer, or the whole of a split": 1}


def test_a_long_export_becomes_files_that_one_request_takes(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    header, row, *_ = ACTUAL.splitlines(keepends=True)
    export.write_text(header + row * 2000, encoding="utf-8")
    main("actual", export, tmp_path / "expenses")
    made = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("expenses-*.csv"))]
    assert len(made) > 1
    assert all(len(text.encode()) <= MAX_BYTES for text in made)
    ids = {line.split(",")[0] for text in made for line in text.splitlines()[1:]}
    assert len(ids) == 2000


@pytest.mark.parametrize(
    ("export", "source", "message"),
    [
        (FIREFLY, "actual", "has no column Account; it must have Account, Date, Payee, Notes, Category, Amount"),
        (ACTUAL.replace("Category", "Group"), "actual", "has no column Category; it must have Account, Date, "),
        (ACTUAL, "firefly", "has no column journal_id; it must have journal_id, type, currency_code, amount, "),
        ("", "actual", "is empty"),
        ("\n\n", "actual", "is empty"),
        ("\0\n", "actual", "has no column Account; it must have Account, "),
        (ACTUAL + "Checking,2025-06-14\n", "actual", "has fewer values than columns in line 7"),
        (ACTUAL.replace("20,0", "twenty,0"), "actual", "has an amount that is not a number: twenty"),
        (ACTUAL.replace("20,0", "NaN,0"), "actual", "has an amount that is not a number: NaN"),
        (ACTUAL.replace("20,0", ",0"), "actual", "has an amount that is not a number: nothing"),
        (ACTUAL + '"Checking', "actual", "is not CSV near line 6: unexpected end of data"),
    ],
)
def test_what_is_not_an_export_of_the_program_is_said_to_be_none(export: str, source: str, message: str) -> None:
    with pytest.raises(NotAnExport) as refused:
        converted(export, source)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (ACTUAL.encode("latin-1"), "export.csv is not UTF-8; export it again, or save it in UTF-8"),
        (FIREFLY.encode(), "export.csv has no column Account; it must have"),
        (None, "export.csv: no such file or directory"),
        ("a directory", "export.csv: is a directory"),
    ],
)
def test_a_file_that_can_not_be_converted_ends_it_with_one_sentence(
    tmp_path: Path, octets: bytes | str | None, message: str
) -> None:
    export = tmp_path / "export.csv"
    if isinstance(octets, bytes):
        export.write_bytes(octets)
    elif octets:
        export.mkdir()
    with pytest.raises(SystemExit) as ended:
        main("actual", export, tmp_path / "expenses")
    assert str(ended.value).startswith(f"{tmp_path}/{message}")
    assert list(tmp_path.glob("expenses-*")) == []


def test_a_target_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text(ACTUAL, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "tools.import_files",
        "actual",
        str(export),
        str(tmp_path / "missing" / "expenses"),
    ]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{tmp_path}/missing/expenses-1.csv: no such file or directory\n"
