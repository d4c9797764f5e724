"""Reads a parsed OpenAPI 3.0 document: its operations, and what its references lead to. Pure; no other module does.

https://spec.openapis.org/oas/v3.0.3#reference-object
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.openapi.errors import UnsupportedContract

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class OperationObject:
    """One operation of a document, with every reference of its own followed; those of schemas stay."""

    id: str
    path: str
    """As the document writes it: `/pets/{pet_id}`."""
    method: str
    """In lower case."""
    parameters: tuple[dict[str, Any], ...]
    """Its Parameter Objects, those of its path included."""
    request_body: dict[str, Any] | None
    responses: dict[str, dict[str, Any]]
    """Its Response Objects by status, `default` or a range such as `4XX`; their headers are dereferenced too."""
    security: list[dict[str, list[str]]] | None
    """Its own requirements, else the document's; None where neither has any."""
    definition: dict[str, Any]
    """The Operation Object as it is written."""


def dereference(document: Mapping[str, Any], node: Any) -> Any:
    """Return the node, or what its `$ref` leads to. Raises `UnsupportedContract` for a reference that leads nowhere."""
    followed: set[str] = set()
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in followed or not reference.startswith("#/"):
            raise UnsupportedContract(f"the reference {reference} leads nowhere in the document")
        followed.add(reference)
        node = document
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                raise UnsupportedContract(f"the reference {reference} leads nowhere in the document")
            node = node[name]
    return node


def inlined(document: Mapping[str, Any], node: Any) -> Any:
    """Return a copy of a part of the document with no reference left. Raises `RecursionError` if it contains itself."""
    node = dereference(document, node)
    if isinstance(node, Mapping):
        return {name: inlined(document, item) for name, item in node.items()}
    if isinstance(node, list):
        return [inlined(document, item) for item in node]
    return node


def operations(document: Mapping[str, Any]) -> Iterator[OperationObject]:
    """Return every operation, in the document's order. Raises `UnsupportedContract`."""
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method not in item:
                continue
            definition = item[method]
            parameters = [dereference(document, node) for node in (*shared, *definition.get("parameters", []))]
            yield OperationObject(
                id=definition["operationId"],
                path=path,
                method=method,
                # A parameter of the operation overrides the path's of the same name and location.
                parameters=tuple({(node["in"], node["name"]): node for node in parameters}.values()),
                request_body=dereference(document, definition.get("requestBody")),
                responses={
                    str(status): _response(document, response) for status, response in definition["responses"].items()
                },
                security=definition.get("security", document.get("security")),
                definition=definition,
            )


def _response(document: Mapping[str, Any], node: Any) -> dict[str, Any]:
    response = dereference(document, node)
    headers = {name: dereference(document, header) for name, header in response.get("headers", {}).items()}
    return {**response, "headers": headers} if headers else dict(response)
