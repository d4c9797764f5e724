"""What is read from API Gateway's proxy events."""

from typing import Any

import pytest

from api.gateway import proxy_event


def event(**changes: Any) -> dict[str, Any]:
    return {"resource": "/expenses", "httpMethod": "GET", "requestContext": {}, **changes}


def test_the_gateways_own_id_is_told_from_the_one_that_a_caller_can_choose() -> None:
    ids = proxy_event.request_ids(event(requestContext={"extendedRequestId": "own=", "requestId": "chosen"}))
    assert (ids.extended, ids.request) == ("own=", "chosen")


@pytest.mark.parametrize("context", [None, {}, {"extendedRequestId": None, "requestId": None}])
def test_ids_that_are_missing_are_empty(context: Any) -> None:
    assert proxy_event.request_ids(event(requestContext=context)) == ("", "")


def test_values_of_one_header_in_two_spellings_are_put_together() -> None:
    request = proxy_event.read(event(multiValueHeaders={"If-Match": ['"1"'], "if-match": ['"2"', '"3"']}))
    assert request.raw.parameters.header == {"if-match": ['"1"', '"2"', '"3"']}


def test_single_value_headers_in_two_spellings_are_put_together() -> None:
    request = proxy_event.read(event(headers={"If-Match": '"1"', "IF-MATCH": '"2"'}))
    assert request.raw.parameters.header == {"if-match": ['"1"', '"2"']}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"Content-Type": ["application/json"]}, "application/json"),
        ({"Content-Type": ["application/json"], "content-type": ["application/json"]}, "application/json"),
        ({"Content-Type": ["application/json"], "content-type": ["text/plain"]}, "application/json, text/plain"),
        ({"Content-Type": []}, ""),
        (None, ""),
    ],
)
def test_content_types_that_contradict_each_other_are_joined(given: Any, read: str) -> None:
    assert proxy_event.read(event(multiValueHeaders=given)).raw.body.content_type == read


@pytest.mark.parametrize("origin", [{}, [], 3, {"a": 1}])
def test_an_origin_that_is_not_a_string_is_an_error(origin: Any) -> None:
    with pytest.raises((AttributeError, TypeError)):
        proxy_event.read(event(multiValueHeaders={"Origin": [origin, origin]}))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("/v1/expenses", "/v1/expenses"),
        ("/caf%C3%A9/expenses~1;a=b", "/caf%C3%A9/expenses~1;a=b"),
        ("/caf\xe9/\x80", "/caf%C3%A9/%C2%80"),
        ("/a\x1f b\r\n", "/a%1F%20b%0D%0A"),
        ("/\ud800", "/%3F"),
    ],
)
def test_a_path_can_be_quoted_in_a_header(sent: str, read: str) -> None:
    assert proxy_event.read(event(requestContext={"path": sent})).raw.path == read
