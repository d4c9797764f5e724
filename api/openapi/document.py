"""Reads a parsed OpenAPI document. Pure: the cloud and the local gateway both go through it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract, with the parameters of its path among its own and every one dereferenced."""

    id: str
    path: str
    method: str
    parameters: tuple[dict[str, Any], ...]
    security: list[dict[str, list[str]]] | None
    definition: dict[str, Any]


def dereference(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref` from `node` until there is none. Raises `KeyError` if a reference leads nowhere."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Every operation of the document, in its order. `security` falls back to the document's own; None if neither."""
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method not in item:
                continue
            definition = item[method]
            parameters = [dereference(document, node) for node in (*shared, *definition.get("parameters", []))]
            yield Operation(
                id=definition["operationId"],
                path=path,
                method=method,
                # A parameter of the operation overrides the path's of the same name and place.
                parameters=tuple({(node["in"], node["name"]): node for node in parameters}.values()),
                security=definition.get("security", document.get("security")),
                definition=definition,
            )
