"""Dependencies point one way: a module of the Lambda imports what is below it, and nothing of this project outside."""

import ast
import sys
from pathlib import Path

import pytest

API = Path(__file__).parents[2] / "api"

MAY_IMPORT = {
    "models": set(),
    "currencies": set(),
    "settings": set(),
    "cors": set(),
    "strict_json": set(),
    "schemas": set(),
    "errors": {"models"},
    "parameters": {"models", "schemas"},
    "body": {"errors", "models", "schemas", "strict_json"},
    "contract": {"body", "errors", "parameters", "schemas"},
    "proxy_event": {"body", "contract", "parameters"},
    "problems": {"errors", "models"},
    "telemetry": {"errors", "strict_json"},
    "items": {"models"},
    "store": {"errors", "items", "models"},
    "cursor": {"errors", "items"},
    "search": {"cursor", "items", "models", "store"},
    "ledger": {"currencies", "errors", "models", "search", "store", "strict_json"},
    "operations": {"contract", "ledger", "models", "search"},
    "dispatch": {
        "contract",
        "cors",
        "errors",
        "ledger",
        "operations",
        "problems",
        "proxy_event",
        "strict_json",
        "telemetry",
    },
    "handler": {"contract", "dispatch", "ledger", "operations", "settings", "store", "telemetry"},
}
"""What each module may import from the Lambda, the lowest first: no line names a module of a later one."""

OUTSIDE = {
    "schemas": {"jsonschema_rs"},
    "strict_json": {"orjson"},
    "contract": {"yaml"},
    "store": {"botocore"},
    "handler": {"botocore"},
}
"""What each module may import from other projects. PyYAML is not in the image, and not needed there."""

TYPES_ONLY = {"mypy_boto3_dynamodb"}


def imported_by(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names |= {f"{base}.{alias.name}" for alias in node.names} if base == "api" else {base}
    return names


def test_the_order_of_the_modules_has_no_cycle() -> None:
    order = list(MAY_IMPORT)
    for position, (module, below) in enumerate(MAY_IMPORT.items()):
        assert below <= set(order[:position]), module


def test_every_module_is_in_the_order() -> None:
    assert {path.stem for path in API.glob("*.py")} - {"__init__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_a_module_imports_only_what_is_below_it(module: str) -> None:
    names = imported_by(API / f"{module}.py")
    inside = {name.split(".")[1] for name in names if name.startswith("api.")}
    outside = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"api"} - TYPES_ONLY
    assert inside <= MAY_IMPORT[module]
    assert outside <= OUTSIDE.get(module, set())
