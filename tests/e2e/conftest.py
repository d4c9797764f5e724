from collections.abc import Iterator

import pytest
from selenium import webdriver

from tests.e2e.browser import running_chromium
from tests.e2e.system import System, running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system, started once for all the tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("system") / "console") as system:
        yield system


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with running_chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser on a desk, in which no user stays signed in."""
    yield chromium
    chromium.execute_script("sessionStorage.clear()")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
