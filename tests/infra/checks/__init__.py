"""Every check, by name: of a recorded deployment, and of the document that API Gateway imports."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from tests.infra.checks import (
    data_and_users,
    deployment,
    document_answers,
    document_form,
    document_routes,
    gateway,
    lambda_,
    monitoring,
)
from tests.infra.document import Json
from tests.infra.recording import Recording

RecordingCheck = Callable[[Recording], list[str]]
"""From a recording to what is wrong with it."""

DocumentCheck = Callable[[Json, Json], list[str]]
"""From the document and the contract to what is wrong with the document."""


def _checks(*modules: ModuleType) -> dict[str, Any]:
    """The modules' own public functions; each is a check."""
    return {
        name: member
        for module in modules
        for name, member in vars(module).items()
        if callable(member) and not name.startswith("_") and member.__module__ == module.__name__
    }


RECORDING_CHECKS: Mapping[str, RecordingCheck] = _checks(deployment, data_and_users, lambda_, gateway, monitoring)
DOCUMENT_CHECKS: Mapping[str, DocumentCheck] = _checks(document_routes, document_answers, document_form)
