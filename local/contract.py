"""The contract as this machine serves it: to readers with this server's address, to the gateway with the preflights."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from api.openapi.document import operations

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


def preflight_id(path: str) -> str:
    """Return the operationId of a path's preflight in the routed contract; no operation of the contract can have it."""
    return f"preflight of {path}"


def routed(contract: dict[str, Any]) -> dict[str, Any]:
    """Return what the gateway routes by: the contract, with an OPTIONS operation for each path as in the deployment."""
    paths = {
        path: item
        | {
            "options": {
                "operationId": preflight_id(path),
                "security": [],
                "responses": {"204": {"description": "What a web page of another origin may send."}},
            }
        }
        for path, item in contract["paths"].items()
    }
    return contract | {"paths": paths, "servers": [{"url": "/"}]}


def paths_by_operation(contract: dict[str, Any]) -> dict[str, str]:
    """Return the path of each operationId."""
    return {operation.id: operation.path for operation in operations(contract)}
