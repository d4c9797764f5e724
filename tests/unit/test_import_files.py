"""Exports of other programs, with the columns that these document, become files that are imported."""

from pathlib import Path

from tests.client import ApiClient
from tools.import_files import MAX_BYTES, converted, files, main

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
