"""A body that violates its schema, with what is wrong marked, so that the rest can be held to rules no schema has."""

from collections.abc import Iterable
from typing import Any, Final

from api.openapi.schema import SchemaViolation

INVALID: Final = object()
"""Is in the place of each value that violates the schema. What is absent stays absent."""


def marked(value: Any, violations: Iterable[SchemaViolation]) -> Any:
    """Return a decoded value with `INVALID` at each position of a violation; it is changed in place."""
    for path, _ in violations:
        if not path:
            return INVALID
        *steps, last = path
        container: Any = value
        for step in steps:
            container = INVALID if container is INVALID else container[step]
        if container is not INVALID and (not isinstance(container, dict) or last in container):
            container[last] = INVALID
    return value
