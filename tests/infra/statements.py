"""The statements of recorded policies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.infra.recording import Recording


def statements(recording: Recording) -> Iterator[dict[str, Any]]:
    """Every statement of the role that the Lambda runs under."""
    for policy in recording.all("RolePolicy"):
        yield from json.loads(policy.inputs["policy"])["Statement"]


def actions_of(statement: Mapping[str, Any]) -> list[str]:
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


def resources_of(statement: Mapping[str, Any]) -> list[str]:
    return [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
