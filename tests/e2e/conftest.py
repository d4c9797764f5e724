from collections.abc import Iterator

import pytest

from tests.e2e.system import System, running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system, started once for all the tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("system") / "console") as system:
        yield system
