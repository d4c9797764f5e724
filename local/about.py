"""What a client must know to use the system on this machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """Somebody who can log in."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class About:
    """The addresses and names of this run: the answer of `/_local`, and what the banner prints."""

    api_url: str
    cognito_endpoint: str
    region: str
    user_pool_id: str
    client_id: str
    demo_user: Credentials
