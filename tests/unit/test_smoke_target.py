"""What `make smoke` refuses to do, with a reason, before it sends anything anywhere."""

import pytest

from tools.smoke import InvalidTarget, checked, run
from tools.smoke_walk import Response


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({}, "Set API"),
        ({"API": "api.example.com"}, "must be an https:// address"),
        ({"API": "http://api.example.com/v1", "TOKEN": "x"}, "must be an https:// address"),
        ({"API": "file:///etc/passwd"}, "must be an https:// address"),
        ({"API": "https://api.example.com", "USER_NAME": "me"}, "set PASSWORD, CLIENT, REGION too"),
        (
            {"API": "https://api.example.com", "USER_NAME": "me", "PASSWORD": "p", "REGION": "eu-west-1"},
            "set CLIENT too",
        ),
    ],
)
def test_a_target_that_cannot_be_checked_is_named(env: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidTarget, match=reason):
        run(env, print)


@pytest.mark.parametrize("address", ["https://api.example.com/v1/", "http://127.0.0.1:8000/", "http://[::1]:8000"])
def test_a_token_goes_over_https_or_stays_on_this_machine(address: str) -> None:
    assert checked("API", address) == address.rstrip("/")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b'"text"'])
def test_a_body_that_is_no_object_has_no_properties(body: bytes) -> None:
    assert Response(200, body=body).json == {}
    assert not Response(200, body=body).is_problem
