"""This project at the shares of a processor that Lambda gives with memory: one whole at 1,769 MB, in proportion.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.cold import cold_start
from bench.environments import Environment
from bench.events import REQUESTS
from bench.runtime_api import function

WHOLE_MB = 1769
MEMORY_MB = (512, 1024, WHOLE_MB, 3008)
PERIOD_MICROSECONDS = 20_000
"""In each period a process may run for its share of it: what needs less than that is not slowed down."""
CONTROLLERS = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))
"""Where Linux limits processes' time, in the first version of control groups and in the second."""
WARM_REQUESTS = 20


class AtShare(NamedTuple):
    """Milliseconds on the clock on the wall, medians, with an amount of memory."""

    memory_mb: int
    cold_start: float
    get: float
    list_of_100: float

    @property
    def processors(self) -> float:
        """The share of a processor."""
        return self.memory_mb / WHOLE_MB


def at_shares(environment: Environment, starts: int) -> list[AtShare] | None:
    """Return what it takes at each share, or None where this machine does not let it limit a process."""
    found = []
    for memory_mb in MEMORY_MB:
        with _limited(environment, memory_mb / WHOLE_MB) as limited:
            if limited is None:
                return None
            started = statistics.median(cold_start(limited).wall for _ in range(starts))
            found.append(AtShare(memory_mb, started, *_warm(limited)))
    return found


def _warm(environment: Environment) -> Iterator[float]:
    """Give the milliseconds of each request to a process that has had some."""
    with function(environment.command, environment.variables, str(environment.directory)) as running:
        for name in ("get", "list of 100"):
            event, _ = REQUESTS[name]
            took = []
            for _ in range(WARM_REQUESTS):
                time.sleep(PERIOD_MICROSECONDS / 1e6)  # the next request finds a new quota, as one that comes alone
                sent = time.perf_counter_ns()
                _, at = running.invoke(event)
                took.append((at.wall_ns - sent) / 1e6)
            yield statistics.median(took[WARM_REQUESTS // 4 :])


@contextmanager
def _limited(environment: Environment, processors: float) -> Iterator[Environment | None]:
    """Give the environment with its command in a control group that has a share of a processor."""
    group = _group(processors)
    if group is None:
        yield None
        return
    try:
        enter = ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(group / "cgroup.procs")]
        yield replace(environment, command=[*enter, *environment.command])
    finally:
        group.rmdir()


def _group(processors: float) -> Path | None:
    quota = int(processors * PERIOD_MICROSECONDS)
    for controller in CONTROLLERS:
        group = controller / f"bench-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        limits = {"cpu.cfs_period_us": str(PERIOD_MICROSECONDS), "cpu.cfs_quota_us": str(quota)}
        if not (group / "cpu.cfs_quota_us").exists():
            limits = {"cpu.max": f"{quota} {PERIOD_MICROSECONDS}"}
        try:
            for name, value in limits.items():
                (group / name).write_text(value)
        except OSError:
            group.rmdir()
            continue
        return group
    return None
