"""The whole system as `make run` starts it, and a client of it."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from uuid import uuid4

import boto3
import requests
from botocore import UNSIGNED
from botocore.config import Config

from tests.response_oracle import assert_documented

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

ROOT = Path(__file__).parents[2]
PASSWORD = "Correct-horse-1"
TIMEOUT_SECONDS = 60


def command(*options: str) -> list[str]:
    """Return what `make run` executes."""
    return [sys.executable, "-m", "local", *options]


@dataclass(frozen=True)
class System:
    """A system that is up: its process and everything that it prints."""

    process: subprocess.Popen[bytes]
    console: Path
    about: dict[str, Any]

    def printed(self) -> str:
        return self.console.read_text()

    def cognito(self) -> "CognitoIdentityProviderClient":
        """Return a client as a front end has it: without AWS credentials."""
        return boto3.client(
            "cognito-idp",
            endpoint_url=self.about["cognito_endpoint"],
            region_name=self.about["region"],
            config=Config(signature_version=UNSIGNED),
        )

    def code_for(self, email: str) -> str:
        response = requests.get(f"{self.about['api_url']}/_local/codes/{email}", timeout=10)
        return str(response.json()["code"])

    def sign_up(self, **attributes: str) -> str:
        """Create an unconfirmed user, and return the email address."""
        email = f"{uuid4()}@example.com"
        self.cognito().sign_up(
            ClientId=self.about["client_id"],
            Username=email,
            Password=PASSWORD,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )
        return email

    def confirm(self, email: str) -> None:
        self.cognito().confirm_sign_up(
            ClientId=self.about["client_id"], Username=email, ConfirmationCode=self.code_for(email)
        )

    def log_in(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        """Return the tokens."""
        response = self.cognito().initiate_auth(
            ClientId=self.about["client_id"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return dict(response["AuthenticationResult"])

    def new_user(self, **attributes: str) -> "Client":
        """Sign up, confirm and log in, and return the new user's client of the API."""
        email = self.sign_up(**attributes)
        self.confirm(email)
        return Client(self.about["api_url"], self.log_in(email)["IdToken"])

    def client(self, authorization: str | None) -> "Client":
        """Return a client with this Authorization header; None for no header."""
        return Client(self.about["api_url"], "", {} if authorization is None else {"Authorization": authorization})


@dataclass(frozen=True)
class Client:
    """Calls the API with one user's token."""

    url: str
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = requests.request(
            method, urljoin(self.url, path), json=body, headers={**authorization, **self.headers, **headers}, timeout=30
        )
        assert_documented(method, response.url, response.status_code, response.headers, response.text)
        return response


@contextmanager
def running(console: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[System]:
    """Start a system on a free port and wait until it is ready; end it when the block is left."""
    with console.open("wb") as output:
        process = subprocess.Popen(
            command("--port", "0", *options), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield System(process, console, _about(process, console))
    finally:
        process.terminate()
        process.wait(TIMEOUT_SECONDS)


def _about(process: subprocess.Popen[bytes], console: Path) -> dict[str, Any]:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in console.read_text().splitlines():
            if line.endswith("/_local"):
                about: dict[str, Any] = requests.get(line.split()[-1], timeout=30).json()
                return about
        time.sleep(0.05)
    raise AssertionError(f"The system did not start:\n{console.read_text()}")
