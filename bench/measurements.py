"""All that is measured of the peers, in interleaved rounds: what slows the machine down slows down all of them."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench import cold
from bench.environments import FLOOR, OURS, Environment
from bench.events import REQUESTS
from bench.samples import Samples

CONTRACT_ROUNDS = 5

Table = defaultdict[str, defaultdict[str, Samples]]
"""Samples by what was measured and by peer."""


def _table() -> Table:
    return defaultdict(lambda: defaultdict(Samples))


@dataclass
class Measurements:
    """Milliseconds, microseconds and megabytes."""

    cold: Table = field(default_factory=_table)
    """From the start of a process to its first response, in ms."""
    p50: Table = field(default_factory=_table)
    """Per request and sample, in microseconds; none for a request that a peer's response violates the contract for."""
    p99: defaultdict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    """Per request, over all samples, in microseconds."""
    memory: dict[str, Mapping[str, float]] = field(default_factory=dict)
    """Resident megabytes by number of requests."""
    starts: defaultdict[str, Samples] = field(default_factory=lambda: defaultdict(Samples))
    """Of our handler and of boto3 with a client, in ms, inside a started process."""
    contract: defaultdict[str, Samples] = field(default_factory=lambda: defaultdict(Samples))
    """Of our contract's work per request, in microseconds."""


def measure(
    environments: Mapping[str, Environment], rounds: int, starts: int, say: Callable[[str], None]
) -> Measurements:
    """Measure every peer `rounds` times, and its start `starts` times."""
    found = Measurements()
    for number in range(starts):
        say(f"cold starts {number + 1}/{starts}")
        for peer, environment in environments.items():
            found.cold["process"][peer].values.append(cold.process(environment))
            found.cold["emulator"][peer].values.append(cold.in_emulator(environment))
        found.starts["handler"].values.append(cold.start_of_handler(environments[OURS]))
        found.starts["client"].values.append(cold.start_of_client(environments[FLOOR]))
    _measure_requests(found, environments, rounds, say)
    for number in range(CONTRACT_ROUNDS):
        say(f"the contract's work {number + 1}/{CONTRACT_ROUNDS}")
        for request, microseconds in _inside(environments[OURS], "contract_work").items():
            found.contract[request].values.append(microseconds)
    for peer, environment in environments.items():
        say(f"memory of {peer}")
        found.memory[peer] = _inside(environment, "bench.worker", "memory")
    return found


def _measure_requests(
    found: Measurements, environments: Mapping[str, Environment], rounds: int, say: Callable[[str], None]
) -> None:
    """Time every request of every peer, sample after sample, with all peers' processes up all the time."""
    with ExitStack() as stack:
        workers = {
            peer: stack.enter_context(
                subprocess.Popen(
                    [environment.python, "-m", "bench.worker", "latency"],
                    cwd=environment.directory,
                    env=environment.variables,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            )
            for peer, environment in environments.items()
        }
        for number in range(rounds):
            say(f"requests {number + 1}/{rounds}")
            for request in REQUESTS:
                for peer, worker in workers.items():
                    if median := float(_ask(worker, request)):
                        found.p50[request][peer].values.append(median)
        for peer, worker in workers.items():
            totals, _ = worker.communicate()
            for request, (_, p99) in json.loads(totals).items():
                found.p99[request][peer] = p99


def _ask(worker: subprocess.Popen[str], request: str) -> str:
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("The worker was started without pipes.")
    worker.stdin.write(request + "\n")
    worker.stdin.flush()
    median = worker.stdout.readline()
    if not median:
        raise RuntimeError(f"A peer failed at the request {request}: {worker.args!r}")
    return median


def _inside(environment: Environment, module: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [environment.python, "-m", module, *arguments],
        cwd=environment.directory,
        env=environment.variables,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{environment.peer}: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
