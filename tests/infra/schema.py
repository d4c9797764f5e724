"""Checks recorded inputs against the providers' own Args classes.

Pulumi's mocks take any key and any value; the provider would refuse them minutes into a deployment.
"""

import enum
import importlib
import inspect
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pulumi import _types
from pulumi.output import Unknown

from tests.infra.recording import Resource

SCALARS = (bool, int, float, str)


@dataclass
class Shape:
    """What a hint allows, with `Output`, `Awaitable` and `None` taken off: any of these."""

    objects: set[type] = field(default_factory=set)
    items: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    scalars: set[type] = field(default_factory=set)


def unknown_inputs(resource: Resource) -> list[str]:
    """What the provider would not take of a resource's inputs, each with its place."""
    return _of_object(_args_class(resource.type), resource.inputs, f"{resource.name} ({resource.type})")


@cache
def _args_class(token: str) -> type:
    package, path, name = token.split(":")
    module = f"pulumi_{package.replace('-', '_')}"
    if path != "index":
        folder = path.split("/")[0]
        module += f".{folder}_" if folder == "lambda" else f".{folder}"
    resource = getattr(importlib.import_module(module), name)
    args: type = getattr(sys.modules[resource.__module__], f"{name}Args")
    return args


@cache
def _properties(args: type) -> tuple[dict[str, Any], frozenset[str]]:
    """The properties of an Args class as the engine names them: each one's hint, and which are required."""
    initializer = args.__init__  # type: ignore[misc]
    hints = typing.get_type_hints(initializer, vars(sys.modules[args.__module__]))
    engine_names = _types.input_type_py_to_pulumi_names(args)
    required = {
        engine_names[name]
        for name, parameter in inspect.signature(initializer).parameters.items()
        if name in engine_names and parameter.default is inspect.Parameter.empty
    }
    return {engine: hints[python] for python, engine in engine_names.items()}, frozenset(required)


def _of_object(args: type, value: Mapping[str, Any], where: str) -> list[str]:
    properties, required = _properties(args)
    given = {key: item for key, item in value.items() if item is not None}
    found = [f"{where} lacks {name}" for name in sorted(required - given.keys())]
    for key, item in given.items():
        if key in properties:
            found += _of_value(properties[key], item, f"{where}.{key}")
        else:
            found.append(f"{where} has {key}, which is no property")
    return found


def _of_value(hint: Any, value: Any, where: str) -> list[str]:
    if isinstance(value, Unknown):
        return []
    shape = _shape(hint)
    if isinstance(value, list) and shape.items:
        return [
            fault for place, item in enumerate(value) for fault in _of_value(shape.items[0], item, f"{where}[{place}]")
        ]
    if isinstance(value, dict) and shape.objects:
        return _of_object(next(iter(shape.objects)), value, where)
    if isinstance(value, dict) and shape.values:
        return [fault for key, item in value.items() for fault in _of_value(shape.values[0], item, f"{where}.{key}")]
    if type(value) in shape.scalars or (type(value) is int and float in shape.scalars):
        return []
    return [f"{where} is {value!r}, which is not of its type"]


def _shape(hint: Any) -> Shape:
    shape = Shape()
    pending = [hint]
    while pending:
        current = pending.pop()
        origin = typing.get_origin(current)
        if origin in {typing.Union, types.UnionType}:
            pending += typing.get_args(current)
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            shape.values.append(typing.get_args(current)[1])
        elif isinstance(origin, type) and issubclass(origin, Sequence):
            shape.items.append(typing.get_args(current)[0])
        elif isinstance(current, type) and _types.is_input_type(current):
            shape.objects.add(current)
        elif current in SCALARS:
            shape.scalars.add(current)
        elif isinstance(current, type) and issubclass(current, enum.Enum):
            shape.scalars.add(str)
        elif current is Any:
            shape.scalars.update(SCALARS)
    return shape
