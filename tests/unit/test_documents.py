"""README and docs name files, targets and headings that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=[path.name for path in DOCUMENTS])


@each_document
def test_every_path_in_a_document_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:api|bench|definitions|docs|infra|local|requirements|tests|tools|\.github)/[\w./-]*)`", text
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@each_document
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", document.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), target
        headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, target


@each_document
def test_every_make_target_in_a_document_exists(document: Path) -> None:
    named = re.findall(r"`make ([a-z-]+)[^`]*`", document.read_text(encoding="utf-8"))
    assert [name for name in named if name not in TARGETS] == []


def test_the_tree_of_the_readme_is_that_of_the_project() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [tree] = re.findall(r"```\n(openapi\.yaml .*?)```", text, re.DOTALL)
    top = re.findall(r"^([\w.]+)/? ", tree, re.MULTILINE)
    inner = [f"api/{name}" for name in re.findall(r"^  ([\w.]+)/? ", tree, re.MULTILINE)]
    assert [name for name in top + inner if not (ROOT / name).exists()] == []
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - set(top) == set()


def test_every_recipe_begins_with_the_contract_or_says_where() -> None:
    recipes = (ROOT / "docs" / "changing.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(recipes) == 7
    for recipe in recipes:
        assert re.search(r"^1\. `[\w./]+`", recipe, re.MULTILINE), recipe.splitlines()[0]
