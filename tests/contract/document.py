"""openapi.yaml as the contract tests read it: its operations, with every reference replaced by what it refers to."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from api.openapi.document import inlined

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation, dereferenced."""

    id: str
    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    bodies: Mapping[str, Mapping[str, Any]]
    """The schema of each media type that it takes."""
    needs_body: bool

    def __str__(self) -> str:
        return self.id


def operations(document: Mapping[str, Any] = CONTRACT) -> Iterator[Operation]:
    """Return every operation of a document."""
    for path, item in inlined(document, document["paths"]).items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                body = operation.get("requestBody", {"content": {}})
                yield Operation(
                    id=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    parameters=(*item.get("parameters", ()), *operation.get("parameters", ())),
                    bodies={media_type: content["schema"] for media_type, content in body["content"].items()},
                    needs_body=body.get("required", False),
                )


def without_security(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document whose operations ask for no token, since that is the gateway's part and not the handler's."""
    changed = copy.deepcopy(dict(document))
    for item in changed["paths"].values():
        for method in item.keys() & METHODS:
            item[method].pop("security", None)
    return changed
