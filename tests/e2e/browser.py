"""Chromium, and a page in it as a person works with it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.figures import FIGURES

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1200,1000",
)
TIMEOUT_SECONDS = 60
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="there is no browser here: `apt-get install chromium chromium-driver` makes one",
)


@contextmanager
def running_chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Start a browser with a new profile in this directory; end it when the block is left."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options, Service(str(DRIVER)))
    try:
        yield browser
    finally:
        browser.quit()


class Page:
    """A page that is open."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        browser.get_log("browser")  # type: ignore[no-untyped-call]  # what an earlier page has left goes with it
        browser.get(url)

    def find(self, css: str, text: str = "") -> WebElement:
        """Return the first visible element with this text, as soon as there is one."""
        FIGURES["browser steps"] += 1

        def visible(browser: webdriver.Chrome) -> WebElement | None:
            elements = browser.find_elements(By.CSS_SELECTOR, css)
            return next((e for e in elements if e.is_displayed() and text in e.text), None)

        wait = WebDriverWait(self.browser, TIMEOUT_SECONDS, 0.1, [StaleElementReferenceException])
        found = wait.until(visible, f"no {css} with “{text}”")
        assert found is not None
        return found

    def press(self, text: str, within: str = "") -> None:
        button = self.find(f"{within} button", text)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def text_of_each(self, css: str) -> list[str]:
        """Return the text of each element, all at one instant."""
        script = "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)"
        return [str(text) for text in self.browser.execute_script(script, css)]

    def bars(self, css: str) -> list[list[str]]:
        """Return where each bar of a chart begins, and its width."""
        script = """return [...document.querySelectorAll(`${arguments[0]} rect`)].map(
            (bar) => [bar.getAttribute("x"), bar.getAttribute("width")])"""
        return [[str(each) for each in bar] for bar in self.browser.execute_script(script, css)]

    @property
    def width(self) -> int:
        return int(self.browser.execute_script("return document.documentElement.scrollWidth"))

    @property
    def console_errors(self) -> list[str]:
        """The errors on the browser's console."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
