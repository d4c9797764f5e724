"""The contract as this machine serves it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT_PATH = Path(__file__).parents[1] / "openapi.yaml"


def contract_text(origin: str) -> str:
    """Return openapi.yaml as it is, but for the address of its server."""
    text = CONTRACT_PATH.read_text(encoding="utf-8")
    return text.replace(load()["servers"][0]["url"], origin)


@cache
def load() -> dict[str, Any]:
    """Return the parsed contract."""
    contract: dict[str, Any] = yaml.safe_load(CONTRACT_PATH.read_text(encoding="utf-8"))
    return contract
