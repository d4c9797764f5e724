"""What this project promises of its speed, held against what was measured."""

from collections.abc import Iterator
from typing import NamedTuple

from bench.environments import FLOOR, OURS
from bench.events import REQUESTS
from bench.measurements import Measurements


class Bound(NamedTuple):
    """A promise: `measured` is at most `limit`."""

    promise: str
    measured: float
    limit: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.measured <= self.limit


FRAMEWORKS = ("powertools", "fastapi", "connexion", "openapi_core")


def bounds(found: Measurements) -> Iterator[Bound]:
    """Give every promise with what was measured of it; ratios are of medians of the same run."""
    for kind, where in (("process", "process"), ("emulator", "Lambda emulator")):
        times = {peer: samples.median for peer, samples in found.cold[kind].items()}
        fastest = min(times[peer] for peer in FRAMEWORKS)
        yield Bound(f"cold start, {where}, against the floor", times[OURS] / times[FLOOR], 1.25, "x")
        yield Bound(f"cold start, {where}, against the fastest framework", times[OURS] / fastest, 1, "x")
    start = found.starts["handler"].median / found.starts["client"].median
    yield Bound("start of the handler, against importing boto3 and making a client", start, 1.35, "x")
    for request in REQUESTS:
        times = {peer: samples.median for peer, samples in found.p50[request].items()}
        fastest = min(times[peer] for peer in FRAMEWORKS if peer in times)
        yield Bound(f"{request}, p50, against the fastest framework", times[OURS] / fastest, 1 / 2, "x")
        if "connexion" in times:
            yield Bound(f"{request}, p50, against Connexion", times[OURS] / times["connexion"], 1 / 20, "x")
    for request, limit in (("create", 100), ("list of 100", 300)):
        yield Bound(f"the contract's work on a {request}, both ways", found.contract[request].median, limit, "µs")
    memory = found.memory[OURS]
    yield Bound("memory after 1,000 requests, against after 50", memory["1000"] / memory["50"], 1.02, "x")
