"""What the tests counted, printed at the end of a run; under pytest-xdist the workers' counts are added up."""

from collections import Counter
from typing import Any

import pytest

FIGURES: Counter[str] = Counter()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send a worker's figures to the process that reports."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = dict(FIGURES)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take a worker's figures."""
    FIGURES.update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    if FIGURES:
        terminalreporter.section("the contract, proven")
        for name, count in FIGURES.items():
            terminalreporter.line(f"{count:>8,}  {name}")
