"""The measurements as Markdown: ratios first, absolute figures after them."""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.access_patterns import Pattern
from bench.bounds import bounds
from bench.environments import OURS, PEERS
from bench.events import REQUESTS
from bench.measurements import Measurements
from bench.metered_table import Cost
from bench.samples import Samples, short

Costs = Mapping[int, Mapping[str, tuple[Pattern, int, Cost]]]
"""By number of expenses and by pattern."""


def report(found: Measurements, costs: Costs, python: str) -> str:
    """Return the whole report."""
    columns = {
        "cold start": found.cold["process"],
        "cold start in the emulator": found.cold["emulator"],
        **{request: found.p50[request] for request in REQUESTS},
    }
    return "\n\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_machine()}, Python {python}. `make bench` measures again.",
            _RATIOS,
            _table(["", *columns], _ratios(columns)),
            "![How much longer the peers take](results.svg)",
            _FAIRNESS,
            "**Absolute**: median (lowest … highest round); cold starts in ms, requests in µs of processor time.",
            _table(["", *columns], _absolutes(columns)),
            "**99th percentile** in µs, and resident memory in MB after 50 requests and after 1,000 more.",
            _table(["", *REQUESTS, "after 50", "after 1,050"], _tails(found)),
            "**Promises**",
            _table(["", "measured", "at most", "kept"], _promises(found)),
            _DATA,
            _table(["", "read from", *(f"{count:,} expenses" for count in costs)], _data(costs)),
        ]
    )


_RATIOS = (
    "**Times as long as this project takes**: cold start from the start of a process to its first response, then the "
    "median request with a stub in DynamoDB's place."
)
_FAIRNESS = (
    "Every peer is set out, pruned and compiled as the image is, holds a client for DynamoDB and maps the same items. "
    "The floor checks nothing, so it has no response to an invalid request. The peers write no log and hold amounts as "
    "floats; this project logs each request, reads amounts as exact decimals and checks their currency's digits."
)
_DATA = (
    "**What the data costs**: queries / items read / expenses or groups returned / capacity units, with so many "
    "expenses of one user over ten years; pages of 25. Units are computed from the items' sizes by DynamoDB's rules: "
    "strongly consistent reads, and writes to the tables and all indexes. A transaction costs the tables' part twice; "
    "whether the indexes' part, too, no document says: hence a lowest and a highest number."
)


def _ratios(columns: Mapping[str, Mapping[str, Samples]]) -> Iterator[list[str]]:
    for peer, name in PEERS.items():
        yield [
            f"**{name}**" if peer == OURS else name,
            *(_cell(times, peer, lambda s, ours: f"{short(s.median / ours)} x") for times in columns.values()),
        ]


def _absolutes(columns: Mapping[str, Mapping[str, Samples]]) -> Iterator[list[str]]:
    for peer, name in PEERS.items():
        yield [name, *(_cell(times, peer, lambda s, _: s.text()) for times in columns.values())]


def _cell(times: Mapping[str, Samples], peer: str, text: Callable[[Samples, float], str]) -> str:
    return text(times[peer], times[OURS].median) if peer in times else "-"


def _tails(found: Measurements) -> Iterator[list[str]]:
    for peer, name in PEERS.items():
        tails = [short(found.p99[request][peer]) if peer in found.p50[request] else "-" for request in REQUESTS]
        yield [name, *tails, *(short(megabytes) for megabytes in found.memory[peer].values())]


def _promises(found: Measurements) -> Iterator[list[str]]:
    for bound in bounds(found):
        kept = "yes" if bound.holds else f"no: {(bound.measured / bound.limit - 1) * 100:.0f} % over"
        yield [bound.promise, f"{short(bound.measured)} {bound.unit}", f"{short(bound.limit)} {bound.unit}", kept]


def _data(costs: Costs) -> Iterator[list[str]]:
    for name, (pattern, _, _) in next(iter(costs.values())).items():
        cells = [by_pattern[name] for by_pattern in costs.values()]
        yield [name, pattern.index, *(_cost(returned, cost) for _, returned, cost in cells)]


def _cost(returned: int, cost: Cost) -> str:
    units = units_of(cost)
    return f"{cost.queries} / {cost.scanned} / {returned} / {units}" if cost.queries else units


def units_of(cost: Cost) -> str:
    """Return the capacity units of a cost, such as `1 read + 8 to 12 write`."""
    floor, ceiling = cost.write_units
    writes = f"{floor} write" if floor == ceiling else f"{floor} to {ceiling} write"
    return " + ".join([*([f"{cost.read_units} read"] if cost.read_units else []), *([writes] if ceiling else [])])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _machine() -> str:
    """Return the processor and the number of its cores, and no name of the machine."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
    return f"{models[0]}, {len(models)} cores" if models else platform.machine()
