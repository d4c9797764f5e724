"""What must hold of the document that API Gateway imports, and of a deployment's security."""

from collections.abc import Callable
from types import ModuleType
from typing import Any


def checks_of(*modules: ModuleType) -> dict[str, Callable[..., list[str]]]:
    """The modules' own public functions by name; each returns what is wrong."""
    functions: dict[str, Any] = {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and value.__module__ == module.__name__
    }
    return functions
