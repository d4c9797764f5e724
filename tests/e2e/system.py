"""The whole system as `make run` starts it, its users, and their clients of the API."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import jwt
import requests
from botocore import UNSIGNED
from botocore.config import Config

from tests.client import ApiClient, HttpTransport

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
    state: Path
    """Where its data and keys are kept."""
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

    def signed_again(self, token: str, **changes: object) -> str:
        """Return an ID token with other claims, signed by the pool as if it had given them out."""
        key = (self.state / "cognito-pool-keys" / f"{self.about['user_pool_id']}-id.pem").read_bytes()
        claims = jwt.decode(token, options={"verify_signature": False})
        return jwt.encode(claims | changes, key, "RS256", headers=jwt.get_unverified_header(token))

    def an_hour_later(self, token: str) -> str:
        """Return an ID token as it would be had it been issued an hour ago."""
        claims = jwt.decode(token, options={"verify_signature": False})
        return self.signed_again(token, **{name: claims[name] - 3600 for name in ("iat", "exp", "auth_time")})

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

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """Return the tokens that a refresh token is exchanged for."""
        response = self.cognito().get_tokens_from_refresh_token(
            ClientId=self.about["client_id"], RefreshToken=refresh_token
        )
        return dict(response["AuthenticationResult"])

    def new_token(self, **attributes: str) -> str:
        """Sign up, confirm and log in, and return the new user's ID token."""
        email = self.sign_up(**attributes)
        self.confirm(email)
        return str(self.log_in(email)["IdToken"])

    def new_user(self, **attributes: str) -> ApiClient:
        """Return a client of the API for a new user."""
        return self.client(f"Bearer {self.new_token(**attributes)}")

    def demo_user(self) -> ApiClient:
        """Return a client of the API for the user that has expenses."""
        return self.client(f"Bearer {self.demo_tokens()['IdToken']}")

    def demo_tokens(self) -> dict[str, Any]:
        demo = self.about["demo_user"]
        return self.log_in(demo["username"], demo["password"])

    def client(self, authorization: str | None) -> ApiClient:
        """Return a client that sends this Authorization header, or none; to it every user is the same one."""
        return ApiClient(HttpTransport(self.about["api_url"], lambda _user, _zone: authorization))

    def client_of_users(self) -> ApiClient:
        """Return a client whose users are signed up when they are first named."""

        @cache
        def authorization_of(_user: str, zone: str | None) -> str:
            return f"Bearer {self.new_token(**({'zoneinfo': zone} if zone else {}))}"

        return ApiClient(HttpTransport(self.about["api_url"], authorization_of))


@contextmanager
def running(console: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[System]:
    """Start a system on a free port and wait until it is ready; end it when the block is left."""
    with console.open("wb") as output:
        state = console.with_name("state")
        arguments = ("--port", "0", "--state", str(state), *options)
        process = subprocess.Popen(
            command(*arguments), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield System(process, console, state, _about(process, console))
    finally:
        process.terminate()
        status = process.wait(TIMEOUT_SECONDS)
    assert status in {0, -signal.SIGKILL}, console.read_text()


def _about(process: subprocess.Popen[bytes], console: Path) -> dict[str, Any]:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in console.read_text().splitlines():
            if line.endswith("/_local"):
                about: dict[str, Any] = requests.get(line.split()[-1], timeout=30).json()
                return about
        time.sleep(0.05)
    raise AssertionError(f"The system did not start:\n{console.read_text()}")
