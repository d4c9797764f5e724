"""What the processor time of a cold start goes to."""

from collections.abc import Mapping

from bench.environments import Environment
from bench.events import REQUESTS
from bench.phases import PHASES
from bench.runtime_api import function


def breakdown(environment: Environment) -> Mapping[str, float]:
    """Return the milliseconds of each phase of a cold start, in their order. Raises `FunctionFailed`."""
    with function(timed(environment.command), environment.worker_variables, str(environment.directory)) as running:
        running.invoke(REQUESTS["get"][0])
        spent, _ = running.invoke({"phases": ""})
    return {phase: spent[phase] for phase in PHASES}


def timed(command: list[str]) -> list[str]:
    """Return a command that runs a module with `bench.phases` around it.

    Raises `ValueError` for one that runs no module: how the image starts has changed then, and this with it.
    """
    if "-m" not in command:
        raise ValueError(f"{' '.join(command)} runs no module.")
    at = command.index("-m")
    return [*command[: at + 1], "bench.phases", *command[at + 1 :]]
