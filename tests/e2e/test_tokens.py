"""Which tokens the API accepts, and its response to the others."""

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.client import ApiClient
from tests.e2e.system import System


@pytest.fixture(scope="module")
def tokens(system: System) -> dict[str, Any]:
    return system.log_in(**system.about["demo_user"])


def signed_again(token: str, key: Any, **changes: Any) -> str:
    """Return the token with other claims or another signature."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims | changes, key, "RS256", headers=jwt.get_unverified_header(token))


def assert_refused(client: ApiClient) -> None:
    for method, path in (("GET", "/expenses"), ("POST", "/expenses"), ("DELETE", "/expenses/any")):
        response = client.send(method, path, {"Origin": "https://app.example"})
        assert response.status == 401
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.json["type"] == "urn:problem-type:expenses:unauthorized"


def test_an_id_token_opens_the_api_with_and_without_the_scheme(system: System, tokens: dict[str, Any]) -> None:
    for authorization in (f"Bearer {tokens['IdToken']}", tokens["IdToken"]):
        assert system.client(authorization).get("/expenses").status == 200


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer garbage", "Bearer a.b.c", "Basic dTpw"])
def test_a_missing_or_malformed_token_is_refused(system: System, authorization: str | None) -> None:
    assert_refused(system.client(authorization))


def test_an_access_token_is_refused(system: System, tokens: dict[str, Any]) -> None:
    assert_refused(system.client(f"Bearer {tokens['AccessToken']}"))


def test_an_expired_token_is_refused(system: System, tokens: dict[str, Any]) -> None:
    assert_refused(system.client(f"Bearer {system.signed_again(tokens['IdToken'], exp=int(time.time()) - 1)}"))


def test_a_token_of_another_client_is_refused(system: System, tokens: dict[str, Any]) -> None:
    assert_refused(system.client(f"Bearer {system.signed_again(tokens['IdToken'], aud='other')}"))


def test_a_token_signed_by_another_key_is_refused(system: System, tokens: dict[str, Any]) -> None:
    foreign_key = rsa.generate_private_key(65537, 2048)

    assert_refused(system.client(f"Bearer {signed_again(tokens['IdToken'], foreign_key)}"))


def test_the_pools_own_key_makes_a_token_that_is_taken(system: System, tokens: dict[str, Any]) -> None:
    again = system.signed_again(tokens["IdToken"])

    assert system.client(f"Bearer {again}").get("/expenses").status == 200


@pytest.mark.parametrize("end", ["%0A", "%0D%0A", "%20", "%00", "%2F", "%2e%2e"])
def test_no_ending_of_a_path_confuses_the_authorizer(system: System, tokens: dict[str, Any], end: str) -> None:
    url = f"{system.about['api_url']}/expenses/0b6e0b9c-4b0a-4e4e-9d5e-1f3a7a6c2b1d{end}"

    signed = requests.get(url, headers={"Authorization": f"Bearer {tokens['IdToken']}"}, timeout=10)

    assert requests.get(url, timeout=10).status_code == 401
    assert signed.status_code in {400, 404}


def test_spaces_around_a_token_are_not_part_of_it(system: System, tokens: dict[str, Any]) -> None:
    with socket.create_connection(urlsplit(system.about["api_url"]).netloc.split(":"), timeout=10) as connection:
        request = f"GET /expenses HTTP/1.1\r\nHost: x\r\nAuthorization: \t Bearer {tokens['IdToken']} \t \r\n\r\n"
        connection.sendall(request.encode())

        assert connection.recv(15) == b"HTTP/1.1 200 OK"


def test_the_public_operation_needs_no_token(system: System) -> None:
    response = system.client(None).get("/health")

    assert (response.status, response.json["status"]) == (200, "ok")
