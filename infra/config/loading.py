"""Reads the stack's configuration: the only reader of Pulumi's, and the gate that no invalid value passes."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from infra.config.model import Config, violation

KEYS = {field.alias: field.annotation for field in Config.model_fields.values() if field.alias}
"""The type of each key by its name."""

_EXPECTED_TYPES = {
    "bool_type": "true or false",
    "int_type": "an integer",
    "string_type": "a string",
    "tuple_type": "a list of strings",
}


class InvalidConfig(pulumi.RunError):
    """The configuration has keys or values that cannot work; the message names each, and what would be right."""


def load() -> Config:
    """Return the configuration of the stack that runs. Raises `InvalidConfig`."""
    # The whole map, and not one key after another by `pulumi.Config`: a misspelt key is one that nothing asks for.
    return parse(pulumi.get_project(), pulumi.get_stack(), CONFIG.get())


def parse(project: str, stack: str, given: Mapping[str, str]) -> Config:
    """Return the configuration that the CLI passes: keys with their namespace, and every value as a string.

    Raises `InvalidConfig`, whose message has a line for each violation.
    """
    namespace = f"{project}:"
    own = {key.removeprefix(namespace): value for key, value in given.items() if key.startswith(namespace)}
    values = {key: _decode(value, KEYS.get(key)) for key, value in own.items()}
    values["the name of project and stack"] = f"{project}-{stack}"
    if "aws:region" in given:
        values["aws:region"] = given["aws:region"]
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        lines = [line for details in error.errors() for line in _describe(details, values)]
        raise InvalidConfig("The configuration cannot work:\n  " + "\n  ".join(lines)) from None


def _decode(value: str, expected: Any) -> Any:
    """Return a value as what its key is, or as it stands if it is not that: the model refuses it then."""
    if expected is None or expected is str:
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return tuple(decoded) if isinstance(decoded, list) else decoded


def _describe(details: ErrorDetails, values: Mapping[str, Any]) -> list[str]:
    if not details["loc"]:
        return str(details["ctx"]["error"]).splitlines()
    key = str(details["loc"][0])
    match details["type"]:
        case "extra_forbidden":
            return [f"{key} is not a key of this project{_nearest(key)}"]
        case "missing":
            return [f"{key} is missing."]
        case "value_error":
            expected = str(details["ctx"]["error"])
        case kind:
            # An item of a list is refused by the type of the whole list.
            expected = _EXPECTED_TYPES[kind if len(details["loc"]) == 1 else "tuple_type"]
    return [violation(key, values[key], expected)]


def _nearest(key: str) -> str:
    by_lower_case = {known.lower(): known for known in KEYS}
    found = get_close_matches(key.replace("_", "").lower(), by_lower_case, n=1)
    return f"; did you mean {by_lower_case[found[0]]}?" if found else "."
