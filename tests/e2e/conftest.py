import shutil
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.e2e.system import System, running

FLAGS = "--headless --no-sandbox --disable-dev-shm-usage --disable-quic --lang=en-US --window-size=1200,1000"


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system, started once for all the tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("system") / "console") as system:
        yield system


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.binary_location = str(shutil.which("chromium"))
    with webdriver.Chrome(options, Service(shutil.which("chromedriver"))) as browser:
        yield browser


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser on a desk, in which no user stays signed in."""
    yield chromium
    chromium.execute_script("sessionStorage.clear()")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
