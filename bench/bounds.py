"""What this project promises of its speed, held against what was measured.

Each promise is a ratio of two things of the same run, or a number of instructions: microseconds say more of the machine
than of the code. Ratios are of medians of processor time.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bench.environments import FLOOR, INSTALLED, OURS
from bench.events import REQUESTS
from bench.measurements import DYNAMODB, STUB, Measurements


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


FRAMEWORKS = ("powertools", "litestar", "fastapi", "connexion", "openapi_core")
AGAINST_FLOOR = {"create": 1.4, "get": 1.2, "list of 25": 0.7, "list of 100": 0.45}
AGAINST_FRAMEWORK = {"create": 1.15, "get": 1, "list of 25": 0.65, "list of 100": 0.4}
"""How much of the floor's time, and of the fastest framework's, a request with DynamoDB takes at most."""
INSTRUCTIONS = {"create": 7, "get": 5.5, "list of 25": 9, "list of 100": 18}
"""How many millions of them a request with DynamoDB takes at most."""


def bounds(found: Measurements) -> Iterator[Bound]:
    """Give every promise with what was measured of it."""
    starts = {peer: samples.median for peer, samples in found.cold["cpu"].items()}
    yield Bound("cold start, against the floor", starts[OURS] / starts[FLOOR], 1.15, "x")
    yield Bound("cold start, against the floor as pip installs it", starts[OURS] / starts[INSTALLED], 0.95, "x")
    yield Bound("cold start, against the fastest framework", starts[OURS] / _fastest(starts), 0.8, "x")
    for request in REQUESTS:
        times = {peer: samples.median for peer, samples in found.p50[DYNAMODB][request].items()}
        if request in AGAINST_FLOOR:
            yield Bound(f"{request}, against the floor", times[OURS] / times[FLOOR], AGAINST_FLOOR[request], "x")
            limit = AGAINST_FRAMEWORK[request]
            yield Bound(f"{request}, against the fastest framework", times[OURS] / _fastest(times), limit, "x")
    yield from _contract(found)
    memory = found.memory[OURS]
    yield Bound("memory after 1,000 requests, against after 50", memory["1000"] / memory["50"], 1.02, "x")
    if not found.uncounted:
        yield Bound("instructions of a cold start", found.cold_instructions[OURS], 1150, "million")
        for request, limit in INSTRUCTIONS.items():
            yield Bound(f"instructions of a {request}", found.instructions[OURS][request], limit, "million")


def _contract(found: Measurements) -> Iterator[Bound]:
    """Give what is promised of the contract's own work."""
    for request in ("create", "list of 100"):
        whole = found.p50[DYNAMODB][request][OURS].median
        share = found.contract[request].median / whole
        yield Bound(f"the contract's share of a {request}, request and response validated", share, 0.1, "x")
    stub = {request: found.p50[STUB][request] for request in REQUESTS}
    for request in REQUESTS:
        if "connexion" in stub[request]:
            interpreted = stub[request]["connexion"].median
            yield Bound(
                f"{request} without DynamoDB, against Connexion", stub[request][OURS].median / interpreted, 0.25, "x"
            )
    ratio = stub["three violations"][OURS].median / stub["create"][OURS].median
    yield Bound("three violations, all of them reported, against a create without DynamoDB", ratio, 1, "x")
    yield Bound("violations of three that are not reported", 3 - found.checks[OURS].reported, 0, "")


def _fastest(times: dict[str, float]) -> float:
    return min(times[peer] for peer in FRAMEWORKS if peer in times)
