"""A person tries the API at /docs in a browser: signs up, confirms, signs in, records an expense and finds it."""

from uuid import uuid4

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import Select

from tests.e2e.browser import EXTENT, PHONE, WIDTH, Page, needs_chromium
from tests.e2e.system import PASSWORD, System

pytestmark = needs_chromium


class DocsPage(Page):
    """The docs page, as a person works with it."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        super().__init__(browser, url)
        self.find(".opblock")

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.find(f".panel form:not([hidden]) input[name={name}]").send_keys(text)

    def open(self, operation_id: str) -> str:
        """Unfold an operation, and return the selector of what is within."""
        block = f"[id$='-{operation_id}']"
        self.find(f"{block} .opblock-summary-control").click()
        self.find(f"{block} button.execute")
        return block

    def choose(self, select: str, value: str) -> None:
        """Choose a value of a select."""
        Select(self.find(select)).select_by_visible_text(value)

    def response(self, operation: str) -> str:
        """Return the status and the body of the operation's response."""
        return self.find(f"{operation} .live-responses-table .response").text


@pytest.fixture
def url(system: System) -> str:
    return f"{system.about['api_url']}/docs"


def test_a_person_signs_up_and_records_an_expense_without_a_terminal(browser: webdriver.Chrome, url: str) -> None:
    page = DocsPage(browser, url)
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
    assert [error for error in page.errors() if "401" not in error] == []


def test_files_categories_and_an_erasure_can_be_tried(browser: webdriver.Chrome, system: System, url: str) -> None:
    email = system.new_user()
    page = DocsPage(browser, url)
    page.fill(email=email, password=PASSWORD)
    page.press("Sign in", ".panel")
    page.find("#signed-in", email)

    batch = page.open("create_expenses")
    page.press("Execute", batch)
    assert '"replayed": false' in page.response(batch)

    file = page.open("import_expenses")
    page.press("Execute", file)
    assert '"recorded": 2' in page.response(file)
    page.choose(f"{file} .opblock-section-request-body .content-type", "application/x-ndjson")
    page.press("Execute", file)
    page.find(f"{file} .live-responses-table .response", '"line": 1')
    assert '"recorded": 2' in page.response(file)

    export = page.open("export_expenses")
    for media_type, shown in (("text/csv", "date,amount,currency"), ("application/x-ndjson", '{"expense_id":')):
        page.choose(f"{export} .response-controls select", media_type)
        page.press("Execute", export)
        page.find(f"{export} .live-responses-table .response", shown)

    for operation_id, shown in (
        ("list_categories", '"name": "Food"'),
        ("rename_category", '"moved": 0'),
        ("erase_everything", '"erased": 5'),
    ):
        operation = page.open(operation_id)
        page.press("Execute", operation)
        assert shown in page.response(operation)
    assert page.errors() == []


def test_the_month_of_a_user_is_drawn_for_each_currency(browser: webdriver.Chrome, system: System, url: str) -> None:
    email = system.new_user()
    user = system.client_of(email)
    for amount, currency, category in ((30, "EUR", "Food"), (-10, "EUR", "Shoes <i>"), (1.25, "KWD", "Food")):
        user.post("/expenses", {"category": category, "amount": amount, "currency": currency, "payment_method": "Cash"})
    page = DocsPage(browser, url)
    page.fill(email=email, password=PASSWORD)
    page.press("Sign in", ".panel")
    page.find("#month figure:nth-child(2)")

    assert page.each("#month figcaption") == ["EUR €20.00", "KWD\u00a01.250"]
    assert page.each("#month desc") == ["Food €30.00; Shoes <i> -€10.00", "Food KWD\u00a01.250"]
    assert page.each("#month rect", EXTENT) == [["25%", "75%"], ["0%", "25%"], ["0%", "100%"]]

    user.post("/expenses", {"category": "Taxi", "amount": 7, "currency": "CHF", "payment_method": "Cash"})
    page.press("Execute", page.open("list_expenses"))
    page.find("#month figcaption", "7.00")
    page.find("#month button[data-turn='-1']").click()
    page.find("#month", "Nothing was spent in")
    page.press("Sign out")
    assert page.each("#month svg") == []


def test_an_error_of_cognito_is_shown_with_its_message(browser: webdriver.Chrome, url: str) -> None:
    page = DocsPage(browser, url)

    page.fill(email="unknown@example.com", password="Wrong-password-1")
    page.press("Sign in", ".panel")

    assert page.find(".panel [role=alert]", " ").text == "Incorrect username or password."


def test_the_page_fits_a_phone(browser: webdriver.Chrome, url: str) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page = DocsPage(browser, url)

    page.press("Use the demo user")
    page.find("#signed-in", "demo@example.com")
    find = page.open("list_expenses")
    page.press("Execute", find)
    page.response(find)

    assert page.run(WIDTH) == PHONE["width"]


def test_the_keyboard_is_enough_to_sign_in(browser: webdriver.Chrome, system: System, url: str) -> None:
    page = DocsPage(browser, url)
    demo = system.about["demo_user"]

    page.find("input[name=email]").send_keys(demo["username"], "\ue004", demo["password"], "\ue007")  # Tab, Enter
    page.find("#signed-in", demo["username"])

    assert browser.switch_to.active_element.text == "Sign out"
