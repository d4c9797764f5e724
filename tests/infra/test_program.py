"""The program as Pulumi's Python host starts it: from infra/, which is then first on the path."""

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from tests.infra.recording import ROOT, STACKS, recorded

MODULES = sorted((ROOT / "infra").rglob("*.py"))
TOP_LEVEL = sorted({path.stem for path in (ROOT / "infra").iterdir() if path.suffix == ".py" or path.is_dir()})
SHARED_WITH_THE_LOCAL_STACK = ("api/gateway/cors.py", "api/openapi/document.py", "api/tables.py", "definitions")


@pytest.mark.parametrize("name", [name for name in TOP_LEVEL if not name.startswith("__")])
def test_no_module_hides_another_of_the_same_name(name: str) -> None:
    assert name not in sys.stdlib_module_names
    assert importlib.util.find_spec(name) is None


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("name", SHARED_WITH_THE_LOCAL_STACK)
def test_what_the_local_stack_shares_needs_no_pulumi(name: str) -> None:
    place = ROOT / name
    needed = set().union(*(imported(path) for path in (place.glob("*.py") if place.is_dir() else [place])))
    assert not {module for module in needed if module.startswith(("pulumi", "infra", "boto3"))}


def test_only_one_module_reads_pulumi_s_configuration() -> None:
    reading = {
        path.relative_to(ROOT) for path in MODULES if re.search(r"pulumi\.Config\(|runtime\.config", path.read_text())
    }
    assert reading == {Path("infra/config/loading.py")}


@pytest.mark.parametrize("name", STACKS)
def test_every_resource_belongs_to_a_component_that_finishes(name: str) -> None:
    components = {component.urn for component in recorded(name).components}
    assert [resource.name for resource in recorded(name).custom if resource.request.parent not in components] == []
    assert components == recorded(name).finished
