"""openapi.yaml as the contract tests read it."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from api.openapi.document import operations

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))


def without_security(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document whose operations ask for no token, since that is the gateway's part and not the handler's."""
    changed = copy.deepcopy(dict(document))
    for operation in operations(changed):
        operation.definition["security"] = []
    return changed
