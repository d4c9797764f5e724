"""Cold starts: from the start of a function's process to its first response, as Lambda's runtime API sees them."""

from typing import NamedTuple

from bench.environments import Environment
from bench.events import REQUESTS
from bench.runtime_api import FunctionFailed, function


class ColdStart(NamedTuple):
    """Milliseconds. The clocks stop at the response: what ends the process afterwards is not in them."""

    cpu: float
    wall: float


def cold_start(environment: Environment) -> ColdStart:
    """Start a function for a request of one expense. Raises `FunctionFailed`."""
    event, status = REQUESTS["get"]
    with function(environment.command, environment.variables, str(environment.directory)) as running:
        response, at = running.invoke(event)
    if response.get("statusCode") != status:
        raise FunctionFailed(f"{environment.name} responded: {response}")
    return ColdStart(at.cpu_ns / 1e6, (at.wall_ns - running.started_ns) / 1e6)
