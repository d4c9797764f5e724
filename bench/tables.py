"""The measurements as tables in Markdown."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bench.bounds import bounds
from bench.environments import FLOOR, OURS, PEERS
from bench.events import OWN_REQUESTS, REQUESTS
from bench.measurements import DYNAMODB, STUB, Measurements
from bench.samples import Samples, short

Columns = Mapping[str, Mapping[str, Samples]]
ARM_PRICE, X86_PRICE = 0.0000133334, 0.0000166667
"""US dollars for a GB second in us-east-1: https://aws.amazon.com/lambda/pricing/"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def compared(found: Measurements) -> Columns:
    """Return what peers are compared by: a cold start, and requests with DynamoDB; a refused one never gets there."""
    return {"cold start": found.cold["cpu"], **{request: found.p50[DYNAMODB][request] for request in REQUESTS}}


def compared_without(found: Measurements) -> Columns:
    """Return the same requests with a stub in DynamoDB's place."""
    return {request: found.p50[STUB][request] for request in REQUESTS}


def ratios(columns: Columns) -> str:
    """Return how many times as long as this project each peer takes."""
    return _by_peer(columns, lambda samples, ours: f"{short(samples.median / ours)} x")


def absolutes(columns: Columns) -> str:
    """Return the medians with the lowest and the highest round."""
    return _by_peer(columns, lambda samples, _: samples.text())


def _by_peer(columns: Columns, text: Callable[[Samples, float], str]) -> str:
    def rows() -> Iterator[list[str]]:
        for peer, name in PEERS.items():
            if not any(peer in times for times in columns.values()):
                continue
            cells = (text(times[peer], times[OURS].median) if peer in times else "-" for times in columns.values())
            yield [f"**{name}**" if peer == OURS else name, *cells]

    return table(["", *columns], rows())


def checked(found: Measurements) -> str:
    """Return what each peer checks."""

    def rows() -> Iterator[list[str]]:
        for peer, each in found.checks.items():
            name = PEERS[peer]
            kinds = (each.validates_responses, each.refuses_unknown, each.refuses_duplicates, each.is_exact)
            cells = ("yes" if kind else "no" for kind in kinds)
            reported = "all three" if each.reported >= 3 else str(each.reported or "none")
            yield [f"**{name}**" if peer == OURS else name, reported, *cells]

    head = ["", "of three violations it reports", "validates responses", "refuses unknown properties"]
    return table([*head, "refuses a name twice in an object", "never changes an amount"], rows())


def tails(found: Measurements) -> str:
    """Return the 99th percentiles and the memory of each peer."""

    def rows() -> Iterator[list[str]]:
        for peer, memory in found.memory.items():
            timed = found.p50[DYNAMODB]
            times = [short(found.p99[request][peer]) if peer in timed[request] else "-" for request in REQUESTS]
            yield [PEERS[peer], *times, *map(short, memory.values())]

    return table(["", *REQUESTS, "after 50", "after 1,050"], rows())


def own(found: Measurements) -> str:
    """Return the requests that no peer has."""
    kinds = {"with DynamoDB": DYNAMODB, "with a stub": STUB}
    return table(
        ["", *kinds],
        ([request, *(found.p50[kind][request][OURS].text() for kind in kinds.values())] for request in OWN_REQUESTS),
    )


def phases(found: Measurements) -> str:
    """Return what a cold start goes to."""
    peers = (FLOOR, OURS)
    return table(
        ["", *(PEERS[peer] for peer in peers)],
        ([phase, *(times[peer].text() for peer in peers)] for phase, times in found.phases.items()),
    )


def instructions(found: Measurements) -> str:
    """Return the millions of instructions, or why they are not counted."""
    if found.uncounted:
        return f"Not counted: {found.uncounted}."
    requests = found.instructions[OURS]
    return table(
        ["", "cold start", *requests],
        (
            [PEERS[peer], short(millions), *(_counted(found, peer, request) for request in requests)]
            for peer, millions in found.cold_instructions.items()
        ),
    )


def _counted(found: Measurements, peer: str, request: str) -> str:
    return short(found.instructions[peer][request]) if peer in found.instructions else "-"


def shares(found: Measurements) -> str:
    """Return the curve of memory, or why it is not measured."""
    if found.shares is None:
        return "Not measured: this machine does not let it limit a process, or this is only a first look."

    def rows() -> Iterator[list[str]]:
        for at in found.shares or ():
            times = (at.cold_start, at.get, at.list_of_100)
            gb_seconds = [milliseconds * at.memory_mb / 1024 * 1e3 for milliseconds in (at.get, at.list_of_100)]
            prices = (f"{price * each:.2f}" for price in (ARM_PRICE, X86_PRICE) for each in gb_seconds)
            yield [f"{at.memory_mb:,}", f"{at.processors:.2f}", *map(short, times), *prices]

    head = ["`memoryMb`", "vCPU", "cold start, ms", "get, ms", "list of 100, ms"]
    return table(
        [*head, *(f"{kind}, a million {what}" for kind in ("ARM", "x86") for what in ("gets", "lists"))], rows()
    )


def promises(found: Measurements) -> str:
    """Return every promise, and whether it is kept."""

    def rows() -> Iterator[list[str]]:
        for bound in bounds(found):
            kept = "yes" if bound.holds else "no"
            yield [bound.promise, *(f"{short(of)} {bound.unit}".strip() for of in (bound.measured, bound.limit)), kept]

    return table(["", "measured", "at most", "kept"], rows())
