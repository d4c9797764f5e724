"""A page in Chromium, as a person works with it."""

import shutil
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.figures import FIGURES

EXTENT = "['x', 'width'].map((name) => found.getAttribute(name))"
WIDTH = "return document.documentElement.scrollWidth"
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}

needs_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="there is no browser here: `apt-get install chromium chromium-driver` makes one",
)


class Page:
    """A page that is open."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        self.errors()  # what an earlier page has left goes with it
        browser.get(url)

    def find(self, css: str, text: str = "") -> WebElement:
        """Return the first visible element with this text, as soon as there is one."""
        FIGURES["browser steps"] += 1

        def visible(browser: webdriver.Chrome) -> Any:
            elements = browser.find_elements(By.CSS_SELECTOR, css)
            return next((e for e in elements if e.is_displayed() and text in e.text), None)

        wait = WebDriverWait(self.browser, 60, 0.1, [StaleElementReferenceException])
        found: WebElement = wait.until(visible, f"no {css} with “{text}”")
        return found

    def press(self, text: str, within: str = "") -> None:
        button = self.find(f"{within} button", text)
        self.run("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script returns in the page."""
        return self.browser.execute_script(script, *arguments)

    def each(self, css: str, value: str = "found.textContent") -> Any:
        """Return the text of each element, or what else a script says of it, all at one instant."""
        return self.run(f"return [...document.querySelectorAll(arguments[0])].map((found) => {value})", css)

    def errors(self) -> list[str]:
        """Return the errors on the browser's console since the last time."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
