import base64
from typing import Any

import pytest

from local.gateway.proxy_response import MalformedProxyResponseError, http_response


def test_status_headers_and_body_are_passed_on() -> None:
    response = http_response({"statusCode": 201, "headers": {"ETag": '"1"'}, "body": '{"a":"é"}'})

    assert (response.status_code, response.headers["etag"], response.body) == (201, '"1"', '{"a":"é"}'.encode())


def test_a_response_may_lack_a_body() -> None:
    assert http_response({"statusCode": 204, "body": None}).body == b""


def test_a_header_may_have_several_values() -> None:
    response = http_response({"statusCode": 200, "headers": {"Link": "c"}, "multiValueHeaders": {"Link": ["a", "b"]}})

    assert response.headers.getlist("link") == ["a", "b"]


def test_a_challenge_of_the_functions_own_is_renamed() -> None:
    response = http_response({"statusCode": 401, "headers": {"WWW-Authenticate": "Bearer"}})

    assert "www-authenticate" not in response.headers
    assert response.headers["x-amzn-remapped-www-authenticate"] == "Bearer"


def test_a_base64_body_is_decoded() -> None:
    encoded = base64.b64encode(b"\xff").decode()

    assert http_response({"statusCode": 200, "body": encoded, "isBase64Encoded": True}).body == b"\xff"


@pytest.mark.parametrize(
    "returned",
    [
        None,
        "Task timed out after 3.00 seconds",
        {"errorMessage": "boom", "errorType": "ValueError"},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "*", "isBase64Encoded": True},
    ],
)
def test_what_api_gateway_cannot_pass_on_is_malformed(returned: Any) -> None:
    with pytest.raises(MalformedProxyResponseError):
        http_response(returned)
