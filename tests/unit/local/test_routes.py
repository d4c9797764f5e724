"""The addresses that a client is given, by the host that it reached the system by."""

from datetime import date

import pytest

from local.banner import About, Credentials, banner
from local.routes import addressed

ABOUT = About(
    api_url="http://127.0.0.1:8000",
    cognito_endpoint="http://127.0.0.1:40433",
    region="us-east-1",
    user_pool_id="us-east-1_Pool",
    client_id="frontend",
    login_url="http://127.0.0.1:40433/login?client_id=frontend",
    demo_user=Credentials("demo@example.com", "Demo-password-1"),
)


@pytest.mark.parametrize(
    ("host", "api_url", "cognito_endpoint"),
    [
        ("192.168.1.5:8000", "http://192.168.1.5:8000", "http://192.168.1.5:40433"),
        ("laptop.local:8000", "http://laptop.local:8000", "http://laptop.local:40433"),
        ("laptop.local", "http://laptop.local", "http://laptop.local:40433"),
        ("localhost:9000", "http://localhost:9000", "http://localhost:40433"),
        ("[fe80::1]:8000", "http://[fe80::1]:8000", "http://[fe80::1]:40433"),
    ],
)
def test_a_client_gets_the_addresses_of_the_host_that_it_knows(host: str, api_url: str, cognito_endpoint: str) -> None:
    about = addressed(ABOUT, host)

    assert (about.api_url, about.cognito_endpoint) == (api_url, cognito_endpoint)


@pytest.mark.parametrize("host", ["", "[::1", "a/b", "user@host", "a b", "host:port", "host:1:2", "\n"])
def test_a_host_header_that_is_not_valid_changes_nothing(host: str) -> None:
    assert addressed(ABOUT, host) == ABOUT


def test_the_banner_warns_of_other_machines_only_where_they_can_come_in() -> None:
    warning = "Everyone who reaches this machine can use it."

    assert warning in banner(ABOUT, date(2026, 11, 22), network_url="http://192.168.1.5:8000", is_kept=True)
    assert warning not in banner(ABOUT, date(2026, 11, 22), network_url=None, is_kept=True)


def test_the_banner_says_whether_what_is_done_is_kept() -> None:
    kept, forgotten = (
        banner(ABOUT, date(2026, 11, 22), network_url=None, is_kept=is_kept) for is_kept in (True, False)
    )

    assert "is kept for the next time" in kept
    assert "is kept for the next time" not in forgotten
    assert "is forgotten when it stops" in forgotten
