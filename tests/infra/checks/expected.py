"""Compares recorded inputs."""

from collections.abc import Mapping
from typing import Any


def expect(where: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Each wanted input that is otherwise."""
    return [
        f"{where}.{key} is {found.get(key)!r} instead of {value!r}"
        for key, value in wanted.items()
        if found.get(key) != value
    ]
