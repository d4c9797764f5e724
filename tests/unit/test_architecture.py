"""Dependencies point one way: the table below is the architecture, and a module imports only what its line allows."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BELOW = {
    "api.cursors",
    "api.deadline",
    "api.dynamodb",
    "api.gateway",
    "api.models",
    "api.openapi",
    "api.tables",
}
"""What any capability may import."""

MAY_IMPORT = {
    "api.models": set(),
    "api.tables": set(),
    "api.settings": set(),
    "api.openapi": set(),
    "api.cursors": {"api.openapi"},
    "api.deadline": set(),
    "api.dynamodb": {"api.deadline", "api.tables"},
    "api.gateway": {"api.dynamodb", "api.models", "api.openapi"},
    "api.health": {"api.models", "api.openapi"},
    "api.expenses": BELOW,
    "api.summaries": BELOW | {"api.expenses"},
    "api.trash": BELOW | {"api.expenses"},
    "api.changes": BELOW | {"api.expenses"},
    "api.budgets": BELOW | {"api.expenses", "api.summaries"},
    "api.categories": BELOW | {"api.expenses"},
    "api.recurrences": BELOW | {"api.expenses"},
    "api.erasure": BELOW | {"api.expenses", "api.summaries"},
    "api.transfer": BELOW | {"api.expenses"},
    "api.bootstrap": {
        "api.budgets",
        "api.categories",
        "api.changes",
        "api.dynamodb",
        "api.erasure",
        "api.expenses",
        "api.gateway",
        "api.health",
        "api.openapi",
        "api.recurrences",
        "api.settings",
        "api.summaries",
        "api.transfer",
        "api.trash",
    },
    "api.handler": {"api.bootstrap", "api.deadline", "api.dynamodb", "api.gateway", "api.openapi", "api.settings"},
    "definitions": {"api.gateway", "api.openapi", "api.tables"},
    "infra": {"api.expenses", "api.gateway", "api.openapi", "api.tables", "definitions"},
    "local": {"api.gateway", "api.openapi", "api.settings", "api.tables", "definitions"},
}
"""What each room may import from this project, the lowest first: no line names a room of a later one."""

CAPABILITIES = {
    f"api.{path.parent.name}": BELOW
    for path in (ROOT / "api").glob("*/operations.py")
    if f"api.{path.parent.name}" not in MAY_IMPORT
}
"""A capability without a line may import what the first one does; one that uses another capability has its own line."""
MAY_IMPORT["api.bootstrap"] |= CAPABILITIES.keys()
ABOVE = {room: MAY_IMPORT.pop(room) for room in list(MAY_IMPORT)[list(MAY_IMPORT).index("api.bootstrap") :]}
MAY_IMPORT |= CAPABILITIES | ABOVE

OUTSIDE = {
    "api.openapi": {"jsonschema_rs", "orjson", "yaml"},
    "api.dynamodb": {"botocore", "orjson"},
    "api.summaries": {"botocore"},
    "api.handler": {"botocore"},
}
"""What each room of the Lambda may import from other projects. PyYAML is not in the image, and not needed there."""

TYPES_ONLY = {"mypy_boto3_dynamodb"}
OWN_ROOMS = ("api", "definitions", "infra", "local", "tools", "tests", "bench")


def room_of(name: str) -> str:
    """Return the room of a module: the first two steps of its name within `api`, the first one elsewhere."""
    return ".".join(name.split(".")[: 2 if name.startswith("api.") else 1])


def modules_of(room: str) -> list[Path]:
    place = ROOT.joinpath(*room.split("."))
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def imported_by(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names |= {f"{base}.{alias.name}" for alias in node.names} if base == "api" else {base}
    return names


def test_the_order_of_the_rooms_has_no_cycle() -> None:
    order = list(MAY_IMPORT)
    for position, (room, below) in enumerate(MAY_IMPORT.items()):
        assert below <= set(order[:position]), room


def test_every_module_of_the_lambda_is_in_a_room() -> None:
    rooms = {f"api.{path.stem}" for path in (ROOT / "api").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"api.__init__", "api.__pycache__", "api.py"} == {r for r in MAY_IMPORT if r.startswith("api.")}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_is_below_it(room: str) -> None:
    names = set().union(*(imported_by(module) for module in modules_of(room)))
    inside = {room_of(name) for name in names if name.split(".")[0] in OWN_ROOMS} - {room}
    assert inside <= MAY_IMPORT[room]


@pytest.mark.parametrize("room", [room for room in MAY_IMPORT if room.startswith("api.")])
def test_the_lambda_imports_only_the_libraries_that_its_image_has(room: str) -> None:
    names = set().union(*(imported_by(module) for module in modules_of(room)))
    outside = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - TYPES_ONLY - {"api"}
    assert outside <= OUTSIDE.get(room, set())
