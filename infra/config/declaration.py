"""Pulumi.yaml, whose keys are those of the model. `python -m infra.config.declaration` writes it."""

from pathlib import Path
from typing import Any

import yaml

from infra.config.model import Config

PULUMI_YAML = Path(__file__).parents[2] / "Pulumi.yaml"

_TYPES: dict[Any, str] = {bool: "boolean", int: "integer", str: "string", tuple[str, ...]: "array"}

_HEADER = """\
# Written by `python -m infra.config.declaration` from infra/config/model.py, which checks every value before anything
# is created. A stack overrides what it needs in Pulumi.<stack>.yaml. An empty string or list, and -1 or 0 where noted,
# mean: not used.
"""


def declarations() -> dict[str, Any]:
    """Return each key of the project as Pulumi declares it: type, default and description."""
    return {
        field.alias: {
            "type": _TYPES[field.annotation],
            **({"items": {"type": "string"}} if field.annotation == tuple[str, ...] else {}),
            "default": list(field.default) if isinstance(field.default, tuple) else field.default,
            "description": field.description,
        }
        for field in Config.model_fields.values()
        if field.alias and field.description
    }


def text() -> str:
    """Return the content of Pulumi.yaml."""
    project = {
        "name": "expenses",
        "description": "An expense tracker backend, built from its OpenAPI contract.",
        "main": "infra",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}},
        # Pulumi takes no type and no default for a key of another namespace.
        "config": {"aws:region": {"value": "eu-west-1"}, **declarations()},
    }
    return _HEADER + yaml.safe_dump(project, sort_keys=False, width=1000)


if __name__ == "__main__":
    PULUMI_YAML.write_text(text(), encoding="utf-8")
