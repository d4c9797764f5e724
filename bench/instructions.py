"""Instructions that a cold start and requests take, counted by valgrind: the same on a busy machine as on an idle one.

https://valgrind.org/docs/manual/cl-manual.html
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.environments import Environment
from bench.events import REQUESTS, written
from bench.runtime_api import function
from bench.worker import COUNTED

OUTPUT = "counted"


class NotCounted(RuntimeError):
    """A process did not do under valgrind what it was to do; the message has the end of its output."""


def missing() -> str:
    """Return why instructions can't be counted here, or nothing."""
    if shutil.which("valgrind") is None:
        return "valgrind is not installed here"
    return ""


def of_cold_start(environment: Environment) -> float:
    """Return the millions of instructions from the start of a function's process to its first response.

    Raises `NotCounted`.
    """
    event, status = REQUESTS["get"]
    with TemporaryDirectory() as directory:
        command = [*_callgrind(Path(directory)), *environment.command]
        with function(command, {**environment.variables, "PYTHONHASHSEED": "0"}, str(environment.directory)) as running:
            response, _ = running.invoke(event)
        if response.get("statusCode") != status:
            raise NotCounted(f"{environment.name} responded: {response}")
        return total(Path(directory, OUTPUT)) / 1e6


def of_requests(environment: Environment) -> Mapping[str, float]:
    """Return the millions of instructions of each valid request, the mean of some that come one after another.

    Raises `NotCounted`.
    """
    requests = {name: (event, status) for name, (event, status) in REQUESTS.items() if status < 400}
    with TemporaryDirectory() as directory, written(requests) as events:
        done = subprocess.run(
            [
                *_callgrind(Path(directory), "--dump-before=getppid"),
                *(environment.python, "-m", "bench.worker", "instructions", events),
            ],
            cwd=environment.directory,
            env={**environment.worker_variables, "PYTHONHASHSEED": "0"},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NotCounted(done.stderr[-500:])
        # The odd dumps are of what led to a request, the even ones of the request.
        dumps = [Path(directory, f"{OUTPUT}.{2 * number}") for number in range(1, len(requests) + 1)]
        return {name: total(dump) / COUNTED / 1e6 for name, dump in zip(requests, dumps, strict=True)}


def _callgrind(directory: Path, *options: str) -> list[str]:
    return ["valgrind", "--tool=callgrind", *options, f"--callgrind-out-file={directory / OUTPUT}"]


def total(dump: Path) -> int:
    """Return the instructions of a dump of callgrind's. Raises `RuntimeError` where it has none."""
    found = re.search(r"^summary: (\d+)", dump.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{dump} has no summary.")
    return int(found[1])
