"""The measurements as a page in Markdown: ratios first, absolute figures after them."""

import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench import tables
from bench.access_patterns import Pattern
from bench.environments import PEERS
from bench.measurements import Measurements
from bench.metered_table import Cost

Costs = Mapping[int, Mapping[str, tuple[Pattern, int, Cost]]]
"""By number of expenses and by pattern."""


def report(found: Measurements, costs: Costs, python: str) -> str:
    """Return the whole report."""
    compared, without = tables.compared(found), tables.compared_without(found)
    return "\n\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_machine()}, Python {python}. `make bench` measures again.",
            _RATIOS,
            tables.ratios(compared),
            "![How much longer the peers take](results.svg)",
            _CHECKS,
            tables.checked(found),
            _FAIRNESS,
            _PHASES,
            "![Where the time of a cold start goes](cold_start.svg)",
            tables.phases(found),
            _STUB,
            tables.ratios(without),
            "**Absolute**: median (lowest … highest round); cold starts in ms, requests in µs of processor time.",
            tables.absolutes({**compared, "cold start on the clock": found.cold["wall"]}),
            "With a stub in DynamoDB's place:",
            tables.absolutes(without),
            "**99th percentile** with DynamoDB in µs, and resident MB after 50 requests and after 1,000 more.",
            tables.tails(found),
            "**What no peer has**, in µs of processor time.",
            tables.own(found),
            _INSTRUCTIONS,
            tables.instructions(found),
            _SHARES,
            tables.shares(found),
            "**Promises**, as ratios within this run and as instructions; a broken one fails `make bench`.",
            tables.promises(found),
            _DATA,
            tables.table(["", "read from", *(f"{count:,} expenses" for count in costs)], _data(costs)),
        ]
    )


_RATIOS = (
    "**Times as long as this project takes**, in processor time: a cold start from the start of a process to its first "
    "response, by Lambda's own runtime client; then the median request. All call DynamoDB by their SDK, over TLS, "
    "at a server on this machine that has the same responses for all of them. Its own time is not counted; DynamoDB's "
    "would be added to each alike. What ends a process after its response is not counted either."
)
_CHECKS = "**What each checks**, found out by asking it. Who checks less has less to do."
_FAIRNESS = (
    "Every peer is set out, pruned and compiled as the image is, has the same SDK of the same version, and makes the "
    "same calls; only “as pip installs it” is not pruned. The floor, boto3 with a handler that checks nothing, has no "
    "response to an invalid request. Powertools writes JSON by orjson; FastAPI by pydantic, which is quicker there "
    f"than orjson. “{PEERS['msgspec']}” is what is left without any framework: it stops at the first violation. The "
    "peers write no log and hold amounts as floats; this project logs each request, reads amounts as exact decimals "
    "and checks their currency's digits."
)
_PHASES = "**Where a cold start goes**, in ms of processor time, with clocks at each import, which add a few percent."
_STUB = (
    "**Without DynamoDB**: the same ratios with a stub in the process. They show what is the frameworks' own, and say "
    "little of what a user waits for."
)
_INSTRUCTIONS = (
    "**Instructions** in millions, with DynamoDB, by valgrind: the same on a busy machine and an idle one. The "
    "requests' are of the handler without the runtime client."
)
_SHARES = (
    "**By memory**: milliseconds on the clock, medians, with the share of a processor that Lambda gives (1 vCPU at "
    "1,769 MB), by the quota of a control group; then US dollars for Lambda's time. DynamoDB's own milliseconds are to "
    "be added."
)
_DATA = (
    "**What the data costs**: queries / items read / expenses or groups returned / capacity units, with so many "
    "expenses of one user over ten years; pages of 25. Units are computed from the items' sizes by DynamoDB's rules: "
    "strongly consistent reads, and writes to the tables and all indexes. A transaction costs the tables' part twice; "
    "whether the indexes' part, too, no document says: hence a lowest and a highest number."
)


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


def _machine() -> str:
    """Return the processor and the number of its cores, and no name of the machine."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
    return f"{models[0]}, {len(models)} cores" if models else platform.machine()
