"""What is generated is as its sources say."""

import runpy
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from datamodel_code_generator import generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import Formatter

from api.expenses.currencies import MINOR_UNIT_DIGITS
from tests.gateway import CONTRACT
from tools import currencies

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).parents[2]


def test_models_are_what_the_contract_generates() -> None:
    generator = Path(sys.executable).with_name("datamodel-codegen")
    checked = subprocess.run([generator, "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, f"run `make models`\n{checked.stdout}{checked.stderr}"


def test_currencies_are_what_iso_4217_generates() -> None:
    assert currencies.TARGET.read_text(encoding="utf-8") == currencies.render()


def test_the_currencies_that_everybody_gets_wrong_are_right() -> None:
    assert [MINOR_UNIT_DIGITS[code] for code in ("JPY", "EUR", "KES", "KWD", "CLF")] == [0, 2, 2, 3, 4]


def test_pydantic_models_that_somebody_generates_from_the_contract_take_its_examples(tmp_path: Path) -> None:
    module = tmp_path / "generated_models.py"
    generate(
        ROOT / "openapi.yaml",
        input_file_type=InputFileType.OpenAPI,
        output=module,
        output_model_type=DataModelType.PydanticV2BaseModel,
        formatters=[Formatter.RUFF_FORMAT],
    )
    models = runpy.run_path(str(module))
    expense: BaseModel = models["Expense"].model_validate(CONTRACT["components"]["examples"]["Expense"]["value"])
    assert expense.model_dump()["amount"] == Decimal("12.5")
    for response in CONTRACT["components"]["responses"].values():
        for example in response["content"]["application/problem+json"]["examples"].values():
            models["Problem"].model_validate(example["value"])


def test_the_figures_of_the_readme_are_those_that_were_measured_last() -> None:
    measured = (ROOT / "bench" / "results.md").read_text(encoding="utf-8")
    ratios = measured[measured.index("|  | cold start") :].partition("\n\n")[0]
    assert ratios in (ROOT / "README.md").read_text(encoding="utf-8")
