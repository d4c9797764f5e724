"""The statements of recorded policies."""

import json
from collections.abc import Iterator
from typing import Any

from tests.infra.recording import Recording


def statements(recording: Recording) -> Iterator[dict[str, Any]]:
    """Every statement of the role that the Lambda runs under."""
    for policy in recording.all("RolePolicy"):
        yield from json.loads(policy.inputs["policy"])["Statement"]


def grants(recording: Recording) -> set[tuple[str, str]]:
    """Each action that the Lambda's role allows, with its resource."""
    return {
        (action, resource)
        for statement in statements(recording)
        for action in statement["Action"]
        for resource in _as_list(statement["Resource"])
    }


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value
