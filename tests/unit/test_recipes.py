"""docs/changing.md: its recipes are as short as they say, and the first one is followed in a copy of the project."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.document import CONTRACT

ROOT = Path(__file__).parents[2]
RECIPES = dict(
    recipe.split("\n", 1)
    for recipe in (ROOT / "docs" / "changing.md").read_text(encoding="utf-8").split("\n## Add ")[1:]
)
FILES = {"a property to an expense": 3, "a filter": 4, "a setting of the Lambda": 5, "an alarm": 2}
"""How many files each recipe takes, with its tests and with what a command writes."""

LIFE_OF_A_MERCHANT = """

def test_a_merchant_is_recorded_changed_cleared_and_read_back(api: ApiClient) -> None:
    url = place(recorded(api, **LUNCH, merchant="Mama Oliech").json)
    assert api.get(url).json["merchant"] == "Mama Oliech"
    assert api.patch(url, {"merchant": "Amadi"}).json["merchant"] == "Amadi"
    assert api.patch(url, {"merchant": None}).json["merchant"] is None
    assert recorded(api, **LUNCH).json["merchant"] is None
    assert api.post("/expenses", {**LUNCH, "merchant": "x" * 81}).status == 400
"""


def files_of(recipe: str) -> list[str]:
    """Return the files that the steps of a recipe name before they say what to do in them."""
    steps = re.findall(r"^\d\. ([^:\n]*)", RECIPES[recipe], re.MULTILINE)
    return [path for step in steps for path in re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:json|md|py|yaml))`", step)]


@pytest.mark.parametrize("recipe", FILES)
def test_a_recipe_takes_few_files_and_all_of_them_exist(recipe: str) -> None:
    files = files_of(recipe)
    assert (len(files), [name for name in files if not (ROOT / name).is_file()]) == (FILES[recipe], [])


def test_a_new_property_is_served_once_the_contract_has_it(tmp_path: Path) -> None:
    for part in ("api", "definitions", "local", "tests", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "snapshots"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    contract = json.loads(json.dumps(CONTRACT))
    for name in ("Expense", "ExpenseCreate", "ExpensePatch"):
        schema = contract["components"]["schemas"][name]
        schema["properties"]["merchant"] = {"type": "string", "nullable": True, "maxLength": 80}
    contract["components"]["schemas"]["Expense"]["required"].append("merchant")
    (tmp_path / "openapi.yaml").write_text(json.dumps(contract), encoding="utf-8")  # JSON is YAML
    with (tmp_path / "tests" / "integration" / "test_expense_life.py").open("a", encoding="utf-8") as tests:
        tests.write(LIFE_OF_A_MERCHANT)
    for arguments in (
        ("tools.models",),
        ("pytest", "-q", "-p", "no:cacheprovider", "-k", "merchant", "tests/integration/test_expense_life.py"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout
