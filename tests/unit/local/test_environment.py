from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import pytest

from api.settings import Settings
from local.environment import isolate, lambda_environment


def test_no_setting_of_the_developers_aws_account_is_left() -> None:
    environ = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t", "AWS_ENDPOINT_URL": "https://x", "HOME": "/home/me"}

    isolate(environ)

    assert "work" not in environ.values()
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"} & environ.keys()
    assert environ["HOME"] == "/home/me"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_calls_to_this_machine_pass_no_proxy(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    environ = {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "example.com"}
    isolate(environ)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    assert proxy_bypass(urlsplit(url).netloc)


def test_the_lambda_finds_every_setting() -> None:
    settings = Settings.from_env(lambda_environment("http://127.0.0.1:1", "client-1"))
    assert settings.client_ids == {"client-1"}
