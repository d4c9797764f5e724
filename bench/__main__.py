"""Measure this project beside its peers, and what its data costs: `make bench`.

`BENCH=quick` is for a first look, and `AGAINST=COMMIT` measures this tree beside an earlier one instead. What is
measured in full is written to `bench/`, and into the documents that quote it.
"""

import json
import os
import subprocess
import sys

from bench.access_patterns import costs
from bench.against import NoSuchTree, against
from bench.bounds import bounds
from bench.dynamodb import dynamodb
from bench.environments import BENCH, OURS, prepared
from bench.figures import figures
from bench.measurements import Extent, Measurements, measure
from bench.plot import plot, plot_phases
from bench.publish import FIGURES, publish
from bench.report import report
from tools.wheels import WheelsUnavailable

COUNTS = (100, 10_000, 100_000)
QUICK = Extent(rounds=4, starts=3, contract_rounds=1, is_whole=False)
WHOLE = Extent(rounds=20, starts=9, contract_rounds=5, is_whole=True)
OF_TWO = Extent(rounds=40, starts=25, contract_rounds=0, is_whole=True)
"""Where there are only two to measure, there is time for more."""


def main() -> None:
    """Print the report, and keep it with its pictures unless it is only a first look. Fails if a promise is broken."""
    is_quick = os.environ.get("BENCH") == "quick"
    commit = os.environ.get("AGAINST", "")
    try:
        with dynamodb() as running:
            if commit:
                print(against(commit, running, QUICK if is_quick else OF_TWO, _say))
                return
            with prepared(running.authority) as environments:
                found = measure(environments, running.url, QUICK if is_quick else WHOLE, _say)
                version = "import platform; print(platform.python_version())"
                python = subprocess.check_output([environments[OURS].python, "-c", version], text=True).strip()
    except (NoSuchTree, WheelsUnavailable) as reason:
        sys.exit(str(reason))
    _say("what the data costs")
    text = report(found, {count: costs(count) for count in (COUNTS[:2] if is_quick else COUNTS)}, python)
    print(text)
    if not is_quick:
        _keep(found, text)
    if broken := [bound.promise for bound in bounds(found) if not bound.holds]:
        sys.exit(f"Promises that are broken: {'; '.join(broken)}.")


def _keep(found: Measurements, text: str) -> None:
    (BENCH / "results.md").write_text(text + "\n", encoding="utf-8")
    (BENCH / "results.svg").write_text(plot(found), encoding="utf-8")
    (BENCH / "cold_start.svg").write_text(plot_phases(found), encoding="utf-8")
    FIGURES.write_text(json.dumps(figures(found), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    publish()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
