"""The page of examples/web, as it is built, in a browser against the running system."""

import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from selenium import webdriver

from tests.e2e.browser import EXTENT, PHONE, WIDTH, Page, needs_chromium
from tests.e2e.system import PASSWORD, ROOT, System
from tools import clients

EXAMPLE = Path("examples/web")

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(not (ROOT / "node_modules").exists(), reason="what npm installs is not here: `npm ci` makes it"),
]


class ExamplePage(Page):
    """The page, as a person works with it."""

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.fill("#log-in", email=email, password=password)
        self.press("Sign in", "#log-in")
        self.find("#state", "Up to date")

    def fill(self, form: str, **fields: str) -> None:
        for name, text in fields.items():
            field = self.find(f"{form} [name={name}]")
            field.clear()
            field.send_keys(text)

    def record(self, **fields: str) -> None:
        self.fill("#record", payment_method="Cash", **fields)
        self.press("Record", "#record")

    def go_offline(self, *, offline: bool = True) -> None:
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


@pytest.fixture(scope="module")
def url(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as `npm run build` makes it for the running system, type check included, on an origin of its own."""
    root = tmp_path_factory.mktemp("checkout")
    source = root / EXAMPLE
    shutil.copytree(ROOT / EXAMPLE, source, ignore=shutil.ignore_patterns("node_modules", "dist", ".env.local"))
    clients.typescript(root / "clients/typescript")
    for directory in (Path(), EXAMPLE):
        if (ROOT / directory / "node_modules").exists():
            (root / directory / "node_modules").symlink_to(ROOT / directory / "node_modules")
    environment = requests.get(f"{system.about['api_url']}/_local/env", timeout=10).text
    (source / ".env.local").write_text(environment, encoding="utf-8")
    built = subprocess.run(
        [str(shutil.which("npm")), "run", "build"], cwd=source, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr

    files = functools.partial(QuietHandler, directory=str(source / "dist"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def page(browser: webdriver.Chrome, url: str) -> Iterator[ExamplePage]:
    """The page without a signed-in user."""
    page = ExamplePage(browser, url)
    page.find("#log-in")
    yield page
    page.go_offline(offline=False)


@pytest.fixture
def email(system: System) -> str:
    """A confirmed user without expenses."""
    return system.new_user()


@pytest.mark.parametrize(("variables", "port"), [((), 8000), (("PORT=18400",), 18400)])
def test_make_web_asks_the_system_at_the_port_of_make_run(variables: tuple[str, ...], port: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PORT"}
    command = ["make", "--dry-run", "web", *variables]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert f"curl -fsS http://127.0.0.1:{port}/_local/env" in shown


def test_a_person_signs_up_records_undoes_and_signs_out(page: ExamplePage, system: System) -> None:
    email = f"{uuid4()}@example.com"
    page.press("Create an account", "#log-in")
    page.fill("#sign-up", email=email, password=PASSWORD)
    page.press("Create the account")
    page.find("#confirm", email)
    page.fill("#confirm", code=system.code_for(email))
    page.press("Confirm and sign in")
    page.find("#user", email)

    page.record(amount="12.5", category="Food <b>fresh</b>")
    page.find("#list li", "Food <b>fresh</b>")
    page.find("#list .amount", "€12.50")

    page.press("Delete", "#list")
    page.find("#list li", "Nothing is recorded yet.")
    page.press("Undo")
    page.find("#list .amount", "€12.50")

    page.press("Sign out")
    page.find("#message", "You are signed out.")
    assert page.each("#list li, #chart *") == []
    assert page.run("return [sessionStorage.length, localStorage.length]") == [0, 0]
    assert page.errors() == []


def test_a_reload_goes_on_without_a_password(page: ExamplePage, email: str) -> None:
    page.sign_in(email)

    page.browser.refresh()

    page.find("#state", "Up to date")
    assert page.run("return localStorage.length") == 0


def test_the_list_goes_on_page_by_page(page: ExamplePage, system: System) -> None:
    demo = system.about["demo_user"]
    page.sign_in(demo["username"], demo["password"])
    first = page.each("#list li")

    page.press("Show more")
    page.find("#list li:nth-child(20)")

    assert (len(first), page.each("#list li")[:10]) == (10, first)


def test_a_month_is_drawn_for_each_currency_with_refunds_below_zero(page: ExamplePage, email: str) -> None:
    page.sign_in(email)
    for amount, currency, category in (("30", "EUR", "Food"), ("-10", "EUR", "Shoes"), ("1200", "JPY", "Food")):
        page.record(amount=amount, currency=currency, category=category)
        page.find("#list li", category)
    page.find("figure", "¥1,200")

    assert page.each("figcaption") == ["EUR€20.00", "JPY¥1,200"]
    assert page.each("svg desc") == ["Food €30.00; Shoes -€10.00", "Food ¥1,200"]
    assert page.each("#chart rect", EXTENT) == [["25%", "75%"], ["0%", "25%"], ["0%", "100%"]]
    page.find("#month-before").click()
    page.find("#chart", "Nothing was spent in")


def test_what_the_api_rejects_comes_back_to_its_field(page: ExamplePage, email: str) -> None:
    page.sign_in(email)

    page.record(amount="1", category="Food", date="01012200")

    field = page.find("#record [name=date]")
    assert page.find("#date-error").text
    assert field.get_attribute("aria-describedby") == "date-error"
    assert page.find("#record [name=category]").get_attribute("value") == "Food"


def test_offline_the_copy_serves_and_what_is_recorded_is_sent_later(
    page: ExamplePage, system: System, email: str
) -> None:
    page.sign_in(email)
    page.record(amount="5", category="Food")
    page.find("#list .amount", "€5.00")

    page.go_offline()
    page.record(amount="7.25", category="Taxi")
    page.find("#state", "No connection")
    page.find("#waiting li", "Taxi")
    assert page.each("#list strong") == ["Food"]
    assert page.each("svg desc") == ["Food €5.00"]

    page.go_offline(offline=False)
    page.find("#list li", "Taxi")
    page.find("#state", "Up to date")
    assert page.each("#waiting li") == []
    recorded = system.client_of(email).get("/expenses").json
    assert [expense["amount"] for expense in recorded["items"]] == [7.25, 5]


def test_a_change_of_another_device_arrives_by_the_feed(page: ExamplePage, system: System, email: str) -> None:
    other = system.client_of(email)
    today = datetime.now(UTC).date().isoformat()
    expense = {"category": "Rent", "amount": 900, "currency": "EUR", "payment_method": "Card", "date": today}
    expense_id = other.post("/expenses", expense).json["expense_id"]
    page.sign_in(email)
    page.find("#list li", "Rent")

    other.delete(f"/expenses/{expense_id}")
    page.run("window.dispatchEvent(new Event('online'))")

    page.find("#list li", "Nothing is recorded yet.")


def test_the_page_fits_a_phone(page: ExamplePage, system: System) -> None:
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    demo = system.about["demo_user"]

    page.sign_in(demo["username"], demo["password"])
    page.find("svg")

    assert page.run(WIDTH) == PHONE["width"]


def test_the_example_synchronizes_as_documented() -> None:
    documented = (ROOT / "docs/sync.md").read_text(encoding="utf-8")
    assert f"```ts\n{(ROOT / EXAMPLE / 'src/synchronize.ts').read_text(encoding='utf-8')}```" in documented


def test_every_field_has_a_label_and_every_button_a_name(page: ExamplePage) -> None:
    unnamed = page.run(
        "return [...document.querySelectorAll('input')].filter((field) => !field.labels.length)"
        ".concat([...document.querySelectorAll('button')].filter((button) => !button.textContent.trim()))"
        ".map((element) => element.outerHTML)"
    )
    assert unnamed == []
