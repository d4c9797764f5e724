"""Measure this project beside its peers, and what its data costs: `make bench`; `BENCH=quick` for a first look."""

import os
import subprocess
import sys
from pathlib import Path

from bench.access_patterns import costs
from bench.environments import OURS, prepared
from bench.measurements import measure
from bench.plot import plot
from bench.report import report
from tools.emulator import BINARY, NoEmulator, fetch
from tools.wheels import WheelsUnavailable

RESULTS = Path(__file__).parent
COUNTS = (100, 10_000, 100_000)


def main() -> None:
    """Print the report, and keep it with its picture unless it is only a first look."""
    quick = os.environ.get("BENCH") == "quick"
    try:
        if not BINARY.exists():
            fetch()
        with prepared() as environments:
            found = measure(environments, rounds=6 if quick else 30, starts=3 if quick else 9, say=_say)
            python = subprocess.run(
                [environments[OURS].python, "-c", "import platform; print(platform.python_version())"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
    except (NoEmulator, WheelsUnavailable) as reason:
        sys.exit(str(reason))
    _say("what the data costs")
    text = report(found, {count: costs(count) for count in COUNTS}, python)
    print(text)
    if not quick:
        (RESULTS / "results.md").write_text(text + "\n", encoding="utf-8")
        (RESULTS / "results.svg").write_text(plot(found), encoding="utf-8")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
