"""Measure this project beside its peers, and what its data costs: `make bench`; `BENCH=quick` for a first look."""

import os
import sys
import time

from bench.environments import prepared
from bench.measurements import measure


def main() -> None:
    quick = os.environ.get("BENCH") == "quick"
    with prepared() as environments:
        m = measure(environments, rounds=10 if quick else 40, starts=4 if quick else 12, say=_say)
    for t in (m.cold, m.p50, m.p99):
        for k, v in t.items():
            for p, s in v.items():
                print(k, p, s.text(""))
    print(m.memory)
    for k, s in m.starts.items():
        print(k, s.text("ms"))
    for k, s in m.contract.items():
        print(k, s.text("us"))


def _say(text: str) -> None:
    print(f"{time.monotonic():.0f}", text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
