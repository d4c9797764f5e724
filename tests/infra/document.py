"""Walks through the document that API Gateway imports."""

from collections.abc import Iterator
from typing import Any

from api.openapi.document import METHODS

Json = dict[str, Any]

INTEGRATION = "x-amazon-apigateway-integration"
RESPONSES = "x-amazon-apigateway-gateway-responses"


def methods_of(body: Json) -> Iterator[tuple[str, str, Json]]:
    """Every path, method and operation of the document."""
    for path, item in body["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def nodes(node: Any, where: str = "#") -> Iterator[tuple[str, Any, Any]]:
    """Every place, key and value under a node."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield f"{where}/{key}", key, value
        yield from nodes(value, f"{where}/{key}")
