"""docs/changing.md: its recipes are as short as they say, and the first one is followed in a copy of the project."""

import copy
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.document import CONTRACT
from tests.contract.test_copies import schemas_of_expenses

ROOT = Path(__file__).parents[2]
RECIPES = dict(
    recipe.split("\n", 1)
    for recipe in (ROOT / "docs" / "changing.md").read_text(encoding="utf-8").split("\n## Add ")[1:]
)
FILES = {"a property to an expense": 3, "a filter": 4, "a setting of the Lambda": 5, "an alarm": 1}
"""How many files each recipe takes, with its tests and with what a command writes."""

LIFE_OF_A_SHOP = """

def test_a_shop_is_recorded_changed_cleared_and_read_back(api: ApiClient) -> None:
    url = place(recorded(api, **LUNCH, shop="Mama Oliech").json)
    assert api.get(url).json["shop"] == "Mama Oliech"
    assert api.patch(url, {"shop": "Amadi"}).json["shop"] == "Amadi"
    assert api.patch(url, {"shop": None}).json["shop"] is None
    assert recorded(api, **LUNCH).json["shop"] is None
    assert api.post("/expenses", {**LUNCH, "shop": "x" * 81}).status == 400


def test_a_shop_is_in_the_feed_of_changes_and_in_the_trash(api: ApiClient) -> None:
    batch = api.post("/expenses/batch", {"items": [{**LUNCH, "shop": "Mama Oliech"}, LUNCH]}).json["items"]
    assert [item["expense"]["shop"] for item in batch] == ["Mama Oliech", None]
    changes = {item["expense_id"]: item["expense"] for item in api.get("/changes").json["items"]}
    for item in batch:
        expense = item["expense"]
        assert changes[expense["expense_id"]] == expense
        assert api.delete(place(expense)).status == 204
        assert api.get("/trash").json["items"][0]["shop"] == expense["shop"]
        assert api.post(f"{place(expense)}/restore").json["shop"] == expense["shop"]


def test_a_shop_is_exported_and_imported(api: ApiClient) -> None:
    for shop in ("=Amadi", "Mama Oliech", None):
        recorded(api, **LUNCH, shop=shop)
    for media_type in ("text/csv", "application/x-ndjson"):
        exported = api.get("/export", Accept=media_type).text
        assert ("'=Amadi" in exported) == (media_type == "text/csv")
        other = api.as_user(media_type)
        report = other.send("POST", "/import", {"Content-Type": media_type}, exported)
        assert report.json["recorded"] == 3, report.text
        assert other.get("/expenses").json == api.get("/expenses").json


def test_a_shop_recurs(api: ApiClient) -> None:
    rent = {"category": "Rent", "amount": 1, "payment_method": "Cash", "first": "2025-01-31"}
    for shop in ({}, {"shop": "Mama Oliech"}):
        new = {**rent, **shop, "every": {"count": 1, "unit": "month"}, "times": 1}
        recurrence = api.post("/recurrences", new).json
        url = f"/recurrences/{recurrence['recurrence_id']}"
        assert api.get(url).json["shop"] == shop.get("shop")
        assert api.patch(url, {"amount": 2}).json["shop"] == shop.get("shop")
        [occurrence] = api.get("/recurrences/due").json["items"]
        [item] = api.post("/recurrences/record", {}).json["items"]
        assert occurrence["shop"] == item["expense"]["shop"] == shop.get("shop")
        assert api.get(place(item["expense"])).json == item["expense"]
    assert api.patch(url, {"shop": "Amadi"}).json["shop"] == "Amadi"
    assert api.patch(url, {"shop": None}).json["shop"] is None
"""


def files_of(recipe: str) -> list[str]:
    """Return the files that the steps of a recipe name before they say what to do in them."""
    steps = re.findall(r"^\d\. ([^:\n]*)", RECIPES[recipe], re.MULTILINE)
    return [path for step in steps for path in re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:json|md|py|yaml))`", step)]


@pytest.mark.parametrize("recipe", FILES)
def test_a_recipe_takes_few_files_and_all_of_them_exist(recipe: str) -> None:
    files = files_of(recipe)
    assert (len(files), [name for name in files if not (ROOT / name).is_file()]) == (FILES[recipe], [])


def test_the_recipe_of_a_property_names_every_schema_that_has_it() -> None:
    recipe = RECIPES["a property to an expense"]
    assert [name for name in schemas_of_expenses(CONTRACT) if f"`{name.split(' ')[0]}`" not in recipe] == []


def test_a_new_property_is_served_once_the_contract_has_it(tmp_path: Path) -> None:
    for part in ("api", "definitions", "local", "tests", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "snapshots"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    contract = copy.deepcopy(CONTRACT)
    contract["components"]["schemas"]["Shop"] = {"type": "string", "nullable": True, "maxLength": 80}
    for schema in schemas_of_expenses(contract).values():
        schema["properties"]["shop"] = {"$ref": "#/components/schemas/Shop"}
        if "notes" in schema.get("required", ()):
            schema["required"].append("shop")
    (tmp_path / "openapi.yaml").write_text(json.dumps(contract), encoding="utf-8")  # JSON is YAML
    with (tmp_path / "tests" / "integration" / "test_expense_life.py").open("a", encoding="utf-8") as tests:
        tests.write(LIFE_OF_A_SHOP)
    for arguments in (
        ("tools.models",),
        ("pytest", "-q", "-p", "no:cacheprovider", "-k", "shop", "tests/integration/test_expense_life.py"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert "4 passed" in run.stdout
