"""The whole system as `make run` starts it, its users, and their clients of the API."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import jwt
import requests
from botocore import UNSIGNED
from botocore.config import Config

from local.addresses import url
from tests.client import ApiClient, HttpTransport
from tools.serving import free_port, serving

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "local"]
"""What `make run` executes."""
PASSWORD = "Correct-horse-1"
TIMEOUT_SECONDS = 60


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
        unsigned = Config(signature_version=UNSIGNED, region_name=self.about["region"])
        return boto3.client("cognito-idp", endpoint_url=self.about["cognito_endpoint"], config=unsigned)

    def code_for(self, email: str) -> str:
        return str(requests.get(f"{self.about['api_url']}/_local/codes/{email}", timeout=10).json()["code"])

    def signed_again(self, token: str, **changes: object) -> str:
        """Return an ID token with other claims, signed by the pool as if it had given them out."""
        key = (self.state / "cognito-pool-keys" / f"{self.about['user_pool_id']}-id.pem").read_bytes()
        claims = jwt.decode(token, options={"verify_signature": False})
        return jwt.encode(claims | changes, key, "RS256", headers=jwt.get_unverified_header(token))

    def sign_up(self, **attributes: str) -> str:
        """Create an unconfirmed user, and return the email address."""
        email, client_id = f"{uuid4()}@example.com", self.about["client_id"]
        named: list[Any] = [{"Name": name, "Value": value} for name, value in attributes.items()]
        self.cognito().sign_up(ClientId=client_id, Username=email, Password=PASSWORD, UserAttributes=named)
        return email

    def confirm(self, email: str) -> None:
        code = self.code_for(email)
        self.cognito().confirm_sign_up(ClientId=self.about["client_id"], Username=email, ConfirmationCode=code)

    def new_user(self, **attributes: str) -> str:
        """Create a user who can log in, and return the email address."""
        email = self.sign_up(**attributes)
        self.confirm(email)
        return email

    def log_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        """Return the tokens."""
        given, client_id = {"USERNAME": username, "PASSWORD": password}, self.about["client_id"]
        response = self.cognito().initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)
        return dict(response["AuthenticationResult"])

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """Return the tokens that a refresh token is exchanged for."""
        client_id = self.about["client_id"]
        response = self.cognito().get_tokens_from_refresh_token(ClientId=client_id, RefreshToken=refresh_token)
        return dict(response["AuthenticationResult"])

    def client(self, authorization: str | None) -> ApiClient:
        """Return a client of the API that sends this Authorization header, or none."""
        return ApiClient(HttpTransport(self.about["api_url"], authorization))

    def client_of(self, username: str, password: str = PASSWORD) -> ApiClient:
        """Return a client of the API for a user."""
        return self.client(f"Bearer {self.log_in(username, password)['IdToken']}")


@contextmanager
def running(
    console: Path, *options: str, host: str = "127.0.0.1", environment: Mapping[str, str] | None = None
) -> Iterator[System]:
    """Start a system on a free port and wait until it is ready; end it when the block is left."""
    port, state = free_port(), console.with_name("state")
    command = [*COMMAND, "--host", host, "--port", str(port), "--state", str(state), *options]
    with serving(command, f"{host}:{port}", console, environment, ROOT) as process:
        try:
            about = requests.get(f"{url(host, port)}/_local", timeout=TIMEOUT_SECONDS).json()
            yield System(process, console, state, about)
        finally:
            process.terminate()
            assert process.wait(TIMEOUT_SECONDS) in {0, -signal.SIGKILL}, console.read_text()
