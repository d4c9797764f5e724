"""What docs/local-and-aws.md says is shown, and by a test that exists."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "local-and-aws.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists() -> None:
    files = [*Path(__file__).parent.glob("test_*.py"), *(TESTS / "e2e").glob("test_*.py")]
    modules = [module.read_text(encoding="utf-8") for module in files]
    defined = {name for module in modules for name in re.findall(r"def (test_\w+)\(", module)}
    named = set(re.findall(r"`(test_\w+)`", PAGE))

    assert len(named) > 20
    assert named - defined == set()
