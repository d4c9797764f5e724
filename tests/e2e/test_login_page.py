"""A page in a browser: a person signs up, signs in by the login page, stays signed in, changes the email address."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from selenium import webdriver

from tests.e2e.browser import Page, needs_chromium
from tests.e2e.system import PASSWORD, System

pytestmark = needs_chromium

PAGES = Path(__file__).parent / "pages"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The origin of a front end's server, as each developer has another."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(PAGES)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


class Front(Page):
    """The front end's page, open."""

    def call(self, operation: str, **parameters: Any) -> Any:
        """Call Cognito from the page; return its response, or the type of its error."""
        script = (
            "const done = arguments[2]; call(arguments[0], arguments[1]).then(done, (error) => done(error.message))"
        )
        return self.browser.execute_async_script(script, operation, parameters)

    def stored(self, name: str) -> str:
        return str(self.run("return sessionStorage[arguments[0]]", name))

    def store(self, name: str, value: str) -> None:
        self.run("sessionStorage[arguments[0]] = arguments[1]", name, value)

    def sign_in(self, email: str) -> None:
        self.press("Sign in")
        self.find("input[name=username]").send_keys(email)
        self.find("input[name=password]").send_keys(PASSWORD)
        self.press("Sign in")


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_person_signs_up_stays_signed_in_and_changes_the_email(
    system: System, origin: str, browser: webdriver.Chrome
) -> None:
    client_id = system.about["client_id"]
    email, new_email = (f"{uuid4()}@example.com" for _ in range(2))
    page = Front(browser, f"{origin}/account.html#api={system.about['api_url']}/_local")
    page.find("#state", "ready")

    # signs up
    page.call("SignUp", ClientId=client_id, Username=email, Password=PASSWORD)
    page.call("ConfirmSignUp", ClientId=client_id, Username=email, ConfirmationCode=system.code_for(email))

    # signs in by the login page, and comes back
    page.sign_in(email.upper())
    page.find("#state", "signed in")
    assert browser.current_url.startswith(f"{origin}/account.html?code=")
    assert claims_of(page.stored("id_token"))["email_verified"] is True
    page.press("Record")
    page.find("#state", "recorded: 201")

    # is signed in an hour later, with another token
    expired = system.signed_again(page.stored("id_token"), exp=int(time.time()) - 1)
    page.store("id_token", expired)
    page.press("Record")
    page.find("#state", "recorded: 201")
    assert page.stored("id_token") != expired

    # changes the email address, which counts when the code has come back
    token = {"AccessToken": page.stored("access_token")}
    page.call("UpdateUserAttributes", UserAttributes=[{"Name": "email", "Value": new_email}], **token)
    assert email_of(page.call("GetUser", **token)) == email
    wrong = page.call("VerifyUserAttribute", AttributeName="email", Code="none", **token)
    page.call("VerifyUserAttribute", AttributeName="email", Code=system.code_for(new_email), **token)
    assert (wrong, email_of(page.call("GetUser", **token))) == ("CodeMismatchException", new_email)
    page.sign_in(new_email)
    page.find("#state", "signed in")


def email_of(user: dict[str, Any]) -> str:
    return next(str(each["Value"]) for each in user["UserAttributes"] if each["Name"] == "email")
