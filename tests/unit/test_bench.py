"""What the benchmark imports inside its peers' environments, which have none of this project's dependencies."""

import subprocess
import sys

import pytest

from tools.image_root import REPOSITORY


@pytest.mark.parametrize("module", ["bench.events", "bench.stub", "bench.worker"])
def test_it_needs_the_standard_library_only(module: str) -> None:
    run = subprocess.run(
        [sys.executable, "-S", "-c", f"import {module}"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
