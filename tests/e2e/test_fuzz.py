"""Schemathesis against the running system: examples, coverage, fuzzing and the links, with every check it has."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.system import ROOT, System
from tests.figures import FIGURES

AT_LEAST = 5_000
EXAMPLES = 1_500
MINUTES = 40


@pytest.mark.fuzz
def test_thousands_of_requests_find_no_failure_of_the_running_system(system: System, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", ROOT / "schemathesis.toml"),
            *("run", f"{system.about['api_url']}/openapi.yaml"),
            *("--header", f"Authorization: Bearer {system.log_in(system.new_user())['IdToken']}"),
            *("--max-examples", str(EXAMPLES)),
            *("--report", "json", "--report-json-path", report),
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.contract.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
        timeout=MINUTES * 60,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, (run.stdout + run.stderr)[-5_000:]
    counted = json.loads(report.read_text())
    FIGURES["requests by schemathesis to the running system"] += counted["test_cases"]["generated"]
    assert counted["complete"]
    assert counted["test_cases"]["generated"] >= AT_LEAST
