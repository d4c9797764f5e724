"""What is generated is as its sources say."""

import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from datamodel_code_generator import generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import Formatter

from api.expenses.currencies import MINOR_UNIT_DIGITS, WITHDRAWN
from tests.contract.document import CONTRACT
from tools import currencies, models

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).parents[2]


def test_models_are_what_the_contract_generates() -> None:
    assert models.TARGET.read_text(encoding="utf-8") == models.render(), "run `make models`"


@pytest.mark.skipif(not currencies.CLDR.exists(), reason="needs the CLDR, which `npm ci` installs")
def test_currencies_are_what_iso_4217_and_the_cldr_generate() -> None:
    assert currencies.TARGET.read_text(encoding="utf-8") == currencies.render()


def test_the_currencies_that_everybody_gets_wrong_are_right() -> None:
    assert [MINOR_UNIT_DIGITS[code] for code in ("JPY", "EUR", "KES", "KWD", "CLF")] == [0, 2, 2, 3, 4]


@pytest.mark.parametrize(
    ("code", "withdrawn"),
    [
        ("BGN", (2, "2026-01-31")),
        ("HRK", (2, "2023-01-14")),
        ("ITL", (0, "2002-02-28")),
        ("DEM", (2, "2002-05-15")),
        ("XEU", None),  # the ecu was never tender
        ("EUR", None),
    ],
)
def test_a_withdrawn_currency_has_its_last_day(code: str, withdrawn: tuple[int, str] | None) -> None:
    assert WITHDRAWN.get(code) == withdrawn


def test_a_currency_is_in_use_or_withdrawn_but_not_both() -> None:
    assert not MINOR_UNIT_DIGITS.keys() & WITHDRAWN.keys()


def test_pydantic_models_of_the_contract_take_its_examples(tmp_path: Path) -> None:
    module = tmp_path / "generated_models.py"
    generate(
        ROOT / "openapi.yaml",
        input_file_type=InputFileType.OpenAPI,
        output=module,
        output_model_type=DataModelType.PydanticV2BaseModel,
        formatters=[Formatter.RUFF_FORMAT],
    )
    generated = runpy.run_path(str(module))
    expense: BaseModel = generated["Expense"].model_validate(CONTRACT["components"]["examples"]["Expense"]["value"])
    assert expense.model_dump()["amount"] == 12.5
    for response in CONTRACT["components"]["responses"].values():
        for example in response["content"]["application/problem+json"]["examples"].values():
            generated["Problem"].model_validate(example["value"])
