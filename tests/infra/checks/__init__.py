"""Every check of a recorded deployment, by name."""

from collections.abc import Callable, Mapping
from types import ModuleType

from tests.infra.checks import data_and_users, deployment, gateway, lambda_, monitoring
from tests.infra.recording import Recording

RecordingCheck = Callable[[Recording], list[str]]
"""From a recording to what is wrong with it."""


def _checks(module: ModuleType) -> dict[str, RecordingCheck]:
    """The module's own public functions; each is a check."""
    return {
        name: member
        for name, member in vars(module).items()
        if callable(member) and not name.startswith("_") and member.__module__ == module.__name__
    }


RECORDING_CHECKS: Mapping[str, RecordingCheck] = {
    name: check
    for module in (deployment, data_and_users, lambda_, gateway, monitoring)
    for name, check in _checks(module).items()
}
