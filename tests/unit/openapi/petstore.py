"""The contract in petstore.yaml, which is not this project's: what the engine's own tests compile."""

from pathlib import Path
from typing import Any

import yaml

from api.openapi.contract import Contract

DOCUMENT: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def petstore() -> Contract:
    """Return the contract, compiled."""
    return Contract(DOCUMENT)
