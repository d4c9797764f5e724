"""All that is measured of the peers, in interleaved rounds: what slows the machine down slows down all of them."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bench import instructions
from bench.breakdown import breakdown
from bench.checks import Checks, checks
from bench.cold import cold_start
from bench.environments import FLOOR, INSTALLED, OURS, Environment
from bench.events import OWN_REQUESTS, REQUESTS, Requests, written
from bench.samples import Samples
from bench.shares import AtShare, at_shares

STUB, DYNAMODB = "stub", "dynamodb"
"""How a request meets DynamoDB: a stub in the process, or botocore, TLS and the stand-in for it."""

Table = defaultdict[str, defaultdict[str, Samples]]
"""Samples by what was measured and by peer."""


class Extent(NamedTuple):
    """How much is measured."""

    rounds: int
    starts: int
    contract_rounds: int
    is_whole: bool
    """Whether instructions are counted, and shares of a processor tried."""


def _table() -> Table:
    return defaultdict(lambda: defaultdict(Samples))


@dataclass
class Measurements:
    """Milliseconds, microseconds of processor time, megabytes and millions of instructions."""

    cold: Table = field(default_factory=_table)
    """From the start of a process to its first response, in ms: `cpu` and `wall`."""
    phases: Table = field(default_factory=_table)
    """What the processor time of a cold start goes to, in ms: by phase and peer, of the floor and of this project."""
    p50: defaultdict[str, Table] = field(default_factory=lambda: defaultdict(_table))
    """By `STUB` or `DYNAMODB` and request, in µs; none where a peer does not respond as the contract says."""
    p99: defaultdict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    """Per request with DynamoDB, over all samples, in microseconds."""
    memory: dict[str, Mapping[str, float]] = field(default_factory=dict)
    """Resident megabytes by number of requests."""
    image: dict[str, float] = field(default_factory=dict)
    """Megabytes that the image adds to its base, where two are compared."""
    contract: defaultdict[str, Samples] = field(default_factory=lambda: defaultdict(Samples))
    """Of our contract's work per request, in microseconds."""
    checks: dict[str, Checks] = field(default_factory=dict)
    cold_instructions: dict[str, float] = field(default_factory=dict)
    instructions: dict[str, Mapping[str, float]] = field(default_factory=dict)
    """By peer and request, with DynamoDB."""
    uncounted: str = ""
    """Why instructions were not counted."""
    shares: list[AtShare] | None = None


def measure(
    environments: Mapping[str, Environment], dynamodb: str, extent: Extent, say: Callable[[str], None]
) -> Measurements:
    """Measure all peers, with DynamoDB's stand-in at an address."""
    starting = {peer: environment.calling(dynamodb) for peer, environment in environments.items()}
    environments = {peer: environment for peer, environment in environments.items() if peer != INSTALLED}
    calling = {peer: starting[peer] for peer in environments}
    found = Measurements()
    say("what each peer checks")
    found.checks = {peer: checks(environment) for peer, environment in calling.items()}
    for number in range(extent.starts):
        say(f"cold starts {number + 1}/{extent.starts}")
        measure_starts(found, starting)
        for peer in (FLOOR, OURS):
            for phase, milliseconds in breakdown(calling[peer]).items():
                found.phases[phase][peer].values.append(milliseconds)
    for kind, each in ((STUB, environments), (DYNAMODB, calling)):
        measure_requests(found, kind, each, REQUESTS, extent.rounds, say)
        measure_requests(found, kind, {OURS: each[OURS]}, OWN_REQUESTS, extent.rounds, say)
    with written(REQUESTS) as events:
        for number in range(extent.contract_rounds):
            say(f"the contract's work {number + 1}/{extent.contract_rounds}")
            for request, microseconds in json.loads(environments[OURS].run("contract_work", events)).items():
                found.contract[request].values.append(microseconds)
        for peer, environment in environments.items():
            say(f"memory of {peer}")
            found.memory[peer] = json.loads(environment.run("bench.worker", "memory", events))
    found.uncounted = instructions.missing() if extent.is_whole else "this is only a first look"
    if not found.uncounted:
        say("instructions")
        count_instructions(found, {peer: starting[peer] for peer in (INSTALLED, FLOOR, OURS)})
    if extent.is_whole:
        say("shares of a processor")
        found.shares = at_shares(calling[OURS], starts=3)
    return found


def measure_starts(found: Measurements, environments: Mapping[str, Environment]) -> None:
    """Start each peer once."""
    for peer, environment in environments.items():
        started = cold_start(environment)
        found.cold["cpu"][peer].values.append(started.cpu)
        found.cold["wall"][peer].values.append(started.wall)


def measure_requests(
    found: Measurements,
    kind: str,
    environments: Mapping[str, Environment],
    requests: Requests,
    rounds: int,
    say: Callable[[str], None],
) -> None:
    """Time requests of every peer, sample after sample, with all peers' processes up all the time."""
    with written(requests) as events, ExitStack() as stack:
        workers = {peer: stack.enter_context(_worker(each, events)) for peer, each in environments.items()}
        for number in range(rounds):
            say(f"requests with {kind} {number + 1}/{rounds}")
            for request in requests:
                for peer, worker in workers.items():
                    if median := float(_ask(worker, request)):
                        found.p50[kind][request][peer].values.append(median)
        for peer, worker in workers.items():
            totals, _ = worker.communicate()
            if kind == DYNAMODB:
                for request, (_, p99) in json.loads(totals).items():
                    found.p99[request][peer] = p99


@contextmanager
def _worker(environment: Environment, events: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [environment.python, "-m", "bench.worker", "latency", events],
        cwd=environment.directory,
        env=environment.worker_variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as worker:
        yield worker


def _ask(worker: subprocess.Popen[str], request: str) -> str:
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("The worker was started without pipes.")
    worker.stdin.write(request + "\n")
    worker.stdin.flush()
    median = worker.stdout.readline()
    if not median:
        raise RuntimeError(f"A peer failed at the request {request}: {worker.args!r}")
    return median


def count_instructions(found: Measurements, environments: Mapping[str, Environment]) -> None:
    """Count the instructions of all environments at the same time, which changes none of them.

    On a machine that is too busy a request misses its deadline, valgrind slowing it down so much: then none are kept.
    """
    try:
        found.cold_instructions, found.instructions = _counted(environments)
    except instructions.NotCounted as reason:
        found.uncounted = f"a request was not responded to in time under valgrind ({reason})"


def _counted(environments: Mapping[str, Environment]) -> tuple[dict[str, float], dict[str, Mapping[str, float]]]:
    with ThreadPoolExecutor() as pool:
        starts = list(pool.map(instructions.of_cold_start, environments.values()))
        others = {peer: environment for peer, environment in environments.items() if peer != INSTALLED}
        requests = list(pool.map(instructions.of_requests, others.values()))
    return dict(zip(environments, starts, strict=True)), dict(zip(others, requests, strict=True))
