"""A person tries the API at /docs in a browser: signs up, confirms, signs in, records an expense and finds it."""

import shutil
from collections.abc import Iterator
from uuid import uuid4

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.e2e.system import PASSWORD, System
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
)
TIMEOUT_SECONDS = 60
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="there is no browser here: `apt-get install chromium chromium-driver` makes one",
)


class Page:
    """The docs page, as a person works with it."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self._browser = browser
        browser.get(url)
        self.find(".opblock")

    def find(self, css: str, text: str = "") -> WebElement:
        """Return the first visible element with this text, as soon as there is one."""
        FIGURES["browser steps"] += 1

        def visible(browser: webdriver.Chrome) -> WebElement | None:
            elements = browser.find_elements(By.CSS_SELECTOR, css)
            return next((e for e in elements if e.is_displayed() and text in e.text), None)

        found = WebDriverWait(self._browser, TIMEOUT_SECONDS, 0.1).until(visible, f"no {css} with “{text}”")
        assert found is not None
        return found

    def press(self, text: str, within: str = "") -> None:
        button = self.find(f"{within} button", text)
        self._browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.find(f".panel form:not([hidden]) input[name={name}]").send_keys(text)

    def open(self, operation_id: str) -> str:
        """Unfold an operation, and return the selector of what is within."""
        block = f"[id$='-{operation_id}']"
        self.find(f"{block} .opblock-summary-control").click()
        self.find(f"{block} button.execute")
        return block

    def response(self, operation: str) -> str:
        """Return the status and the body of the operation's response."""
        return self.find(f"{operation} .live-responses-table .response").text

    @property
    def width(self) -> int:
        return int(self._browser.execute_script("return document.documentElement.scrollWidth"))

    @property
    def console_errors(self) -> list[str]:
        """The errors on the browser's console."""
        return [entry["message"] for entry in self._browser.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}", "--window-size=1200,1000"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options, Service(str(DRIVER)))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser on a desk, without a signed-in user."""
    yield chromium
    chromium.execute_script("sessionStorage.clear()")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def url(system: System) -> str:
    return f"{system.about['api_url']}/docs"


def test_a_person_signs_up_and_records_an_expense_without_a_terminal(browser: webdriver.Chrome, url: str) -> None:
    page = Page(browser, url)
    email = f"{uuid4()}@example.com"

    page.press("Create an account", ".panel")
    page.fill(email=email, password=PASSWORD)
    page.press("Create the account")
    page.press("Fill it in")
    page.press("Confirm and sign in")
    page.find("#signed-in", email)

    create = page.open("create_expense")
    page.press("Execute", create)
    assert '"category": "Food"' in page.response(create)

    find = page.open("list_expenses")
    page.press("Execute", find)
    assert '"count": 1' in page.response(find)

    for operation_id, shown in (
        ("get_summary", '"total": '),
        ("list_changes", '"deleted": false'),
        ("list_deleted_expenses", '"count": 0'),
    ):
        operation = page.open(operation_id)
        page.press("Execute", operation)
        assert shown in page.response(operation)

    page.press("Sign out")
    page.press("Execute", find)
    page.find(f"{find} .live-responses-table .response", "Not signed in")
    assert [error for error in page.console_errors if "401" not in error] == []


def test_an_error_of_cognito_is_shown_with_its_message(browser: webdriver.Chrome, url: str) -> None:
    page = Page(browser, url)

    page.fill(email="unknown@example.com", password="Wrong-password-1")
    page.press("Sign in", ".panel")

    assert page.find(".panel [role=alert]", " ").text == "Incorrect username or password."


def test_the_page_fits_a_phone(browser: webdriver.Chrome, url: str) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page = Page(browser, url)

    page.press("Use the demo user")
    page.find("#signed-in", "demo@example.com")
    find = page.open("list_expenses")
    page.press("Execute", find)
    page.response(find)

    assert page.width == PHONE["width"]


def test_the_keyboard_is_enough_to_sign_in(browser: webdriver.Chrome, system: System, url: str) -> None:
    page = Page(browser, url)
    demo = system.about["demo_user"]

    page.find("input[name=email]").send_keys(demo["username"], "\ue004", demo["password"], "\ue007")  # Tab, Enter
    page.find("#signed-in", demo["username"])

    assert browser.switch_to.active_element.text == "Sign out"
