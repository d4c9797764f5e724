"""What the tests counted, printed at the end of a run: each test's report has its own, whichever process makes it."""

from collections import Counter

import pytest

FIGURES: Counter[str] = Counter()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Report what was counted until a test ends."""
    item.user_properties += FIGURES.items()
    FIGURES.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of all tests, added up."""
    figures = sum((Counter(dict(report.user_properties)) for report in terminalreporter.getreports("")), Counter[str]())
    if figures:
        terminalreporter.section("what the tests counted")
        for name, count in figures.items():
            terminalreporter.line(f"{count:>8,}  {name}")
