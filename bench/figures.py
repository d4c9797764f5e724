"""The figures that documents quote, by the names that their places have there."""

from collections.abc import Mapping

from bench import tables
from bench.bounds import FRAMEWORKS
from bench.environments import FLOOR, INSTALLED, OURS
from bench.events import REQUESTS
from bench.measurements import DYNAMODB, STUB, Measurements
from bench.samples import Samples, short


def figures(found: Measurements) -> dict[str, str]:
    """Return every figure as text: ratios as the median of the rounds, with the lowest and the highest."""
    starts = found.cold["cpu"]
    quoted = {
        "ratios": tables.ratios(tables.compared(found)),
        "checks": tables.checked(found),
        "shares": tables.shares(found),
        "cold start": starts[OURS].text(),
        "cold start against the floor": starts[OURS].against(starts[FLOOR]).text(),
        "cold start against the fastest framework": starts[OURS].against(_fastest(starts)).text(),
        "cold start against the floor as pip installs it": starts[OURS].against(starts[INSTALLED]).text(),
        "memory": short(found.memory[OURS]["1000"]),
    }
    for request in REQUESTS:
        times = found.p50[DYNAMODB][request]
        quoted[request] = times[OURS].text()
        quoted[f"{request} against the fastest framework"] = times[OURS].against(_fastest(times)).text()
        if FLOOR in times:
            quoted[f"{request} against the floor"] = times[OURS].against(times[FLOOR]).text()
        stub = found.p50[STUB][request]
        quoted[f"own part of {request}"] = _percent(stub[OURS].median / times[OURS].median)
        quoted[f"contract's part of {request}"] = _percent(found.contract[request].median / times[OURS].median)
        for peer in ("msgspec", "powertools", "connexion", "openapi_core"):
            quoted[f"{peer}'s {request}"] = _times(times[peer], times[OURS])
            quoted[f"{peer}'s {request} without DynamoDB"] = _times(stub[peer], stub[OURS])
    return quoted


def _fastest(times: Mapping[str, Samples]) -> Samples:
    return min((times[peer] for peer in FRAMEWORKS if peer in times), key=lambda samples: samples.median)


def _times(peer: Samples, ours: Samples) -> str:
    return f"{short(peer.against(ours).median)} x"


def _percent(share: float) -> str:
    return f"{short(share * 100)} %"
