"""Which expense a line is: its id, else what it least likely loses; two that are alike stay two."""

from datetime import UTC, datetime

import pytest

from api.openapi.schema import Schemas, translate
from api.transfer import csv_file
from api.transfer.lines import lines_of
from tests.contract.document import CONTRACT

LINE = CONTRACT["paths"]["/import"]["post"]["requestBody"]["x-line"]
SCHEMA = Schemas(CONTRACT["components"]["schemas"]).compile(translate(LINE))
HEADER = "date,amount,currency,payment_method,category,notes,import_id,expense_id\n"
COFFEE = "2025-06-14,3.50,EUR,Cash,Food,,,\n"


def ids(*lines: str, header: str = HEADER) -> list[str]:
    """Return the id of each line's expense."""
    now = datetime(2025, 7, 1, tzinfo=UTC)
    return [line.state.expense_id for line in lines_of(csv_file.read(header + "".join(lines)), SCHEMA, "EUR", now)]


def test_two_coffees_are_two_and_the_same_two_again() -> None:
    first, second = ids(COFFEE, COFFEE)
    assert first != second
    assert ids(COFFEE) == [first]
    assert ids(COFFEE, COFFEE, COFFEE)[:2] == [first, second]


@pytest.mark.parametrize(
    "alike",
    [
        "2025-06-14,3.5,EUR,Cash,Food,,,\n",
        "2025-06-14,3.500,,Cash,Food,,,\n",
        "2025-06-14,3.50,EUR, Cash\u200b,Leisure,with Amina,,\n",
    ],
)
def test_a_line_is_known_however_it_is_written_and_filed(alike: str) -> None:
    assert ids(alike) == ids(COFFEE)


@pytest.mark.parametrize(
    "other",
    [
        "2025-06-15,3.50,EUR,Cash,Food,,,\n",
        "2025-06-14,3.51,EUR,Cash,Food,,,\n",
        "2025-06-14,3.50,USD,Cash,Food,,,\n",
        "2025-06-14,3.50,EUR,Card,Food,,,\n",
        "2025-06-14,3.50,EUR,Cash,Food,,7,\n",
    ],
)
def test_another_expense_is_another_one(other: str) -> None:
    assert ids(other) != ids(COFFEE)


def test_an_import_id_is_an_identity_whatever_else_changes() -> None:
    assert ids("2025-06-14,3.50,EUR,Cash,Food,,7,\n") == ids("2024-01-01,9,USD,Card,Rent,x,7,\n")


def test_an_expense_id_stays_and_comes_before_an_import_id() -> None:
    expense_id = "6F1C2F0E-6d3b-4a8e-9a51-0f4f1c1f5b10"
    assert ids(f"2025-06-14,3.50,EUR,Cash,Food,,7,{expense_id}\n") == [expense_id.lower()]


def test_a_new_line_beside_an_export_of_an_earlier_import_is_new() -> None:
    (exported,) = ids(COFFEE)
    assert ids(COFFEE.replace(",,,\n", f",,,{exported}\n"), COFFEE) == [exported, ids(COFFEE, COFFEE)[1]]
