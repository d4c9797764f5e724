from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.gateway.proxy_event import Received, authorizer_claims, proxy_event

GET_HEALTH = Received(
    request_id="request-1",
    extended_request_id="JKJaXmPLvHcESHA=",
    at=datetime(2026, 3, 9, 8, 5, 6, tzinfo=UTC),
    source_ip="127.0.0.1",
    protocol="HTTP/1.1",
    method="GET",
    path="/health",
    query="",
    headers=[],
    body=b"",
    resource="/health",
    path_parameters={},
    claims=None,
)


def event(**changes: Any) -> dict[str, Any]:
    return proxy_event(replace(GET_HEALTH, **changes))


@pytest.mark.parametrize(
    "name",
    [
        "body",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
    ],
)
def test_what_a_request_lacks_is_null(name: str) -> None:
    assert event()[name] is None


def test_the_event_names_the_path_and_the_resource_that_matched() -> None:
    sent = event(
        method="PATCH",
        path="/expenses/5%2D6/",
        resource="/expenses/{expense_id}",
        path_parameters={"expense_id": "5%2D6"},
    )

    assert (sent["httpMethod"], sent["path"], sent["resource"]) == (
        "PATCH",
        "/expenses/5%2D6/",
        "/expenses/{expense_id}",
    )
    assert sent["pathParameters"] == {"expense_id": "5%2D6"}


def test_a_repeated_query_parameter_is_there_in_full_and_by_its_last_value() -> None:
    sent = event(query="year=2024&q=a+b%26c&year=2025&month=")

    assert sent["queryStringParameters"] == {"year": "2025", "q": "a b&c", "month": ""}
    assert sent["multiValueQueryStringParameters"] == {"year": ["2024", "2025"], "q": ["a b&c"], "month": [""]}


def test_a_semicolon_separates_parameters_of_a_query() -> None:
    assert event(query="a=1;b=2&c=3%3B4")["queryStringParameters"] == {"a": "1", "b": "2", "c": "3;4"}


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_every_value_of_a_query_arrives_as_it_was_sent(pairs: list[tuple[str, str]]) -> None:
    received = event(query=urlencode(pairs))["multiValueQueryStringParameters"] or {}

    assert received == {name: [value for other, value in pairs if other == name] for name, _ in pairs}


def test_headers_have_their_usual_spelling_and_all_their_values() -> None:
    sent = event(headers=[("if-match", '"1"'), ("accept", "text/html"), ("accept", "*/*")])

    assert sent["headers"] == {"If-Match": '"1"', "Accept": "*/*"}
    assert sent["multiValueHeaders"] == {"If-Match": ['"1"'], "Accept": ["text/html", "*/*"]}


def test_headers_of_the_connection_stay_with_the_gateway() -> None:
    assert event(headers=[("connection", "close"), ("content-length", "5")])["headers"] is None


def test_a_body_in_utf_8_is_passed_on_as_it_is() -> None:
    sent = event(body='{"notes":"Café"}'.encode())

    assert (sent["body"], sent["isBase64Encoded"]) == ('{"notes":"Café"}', False)


def test_what_is_not_utf_8_in_a_body_arrives_as_replacement_characters() -> None:
    sent = event(body=b'{"notes":"Caf\xe9"}')

    assert (sent["body"], sent["isBase64Encoded"]) == ('{"notes":"Caf\ufffd"}', False)


@given(st.binary(min_size=1))
def test_a_body_is_never_in_base64(body: bytes) -> None:
    sent = event(body=body)

    assert (sent["body"], sent["isBase64Encoded"]) == (body.decode("utf-8", "replace"), False)


def test_a_public_operation_has_no_authorizer() -> None:
    assert "authorizer" not in event()["requestContext"]


def test_the_context_describes_the_request() -> None:
    context = event(headers=[("host", "127.0.0.1:8000"), ("user-agent", "curl/8")], claims={"sub": "u-1"})[
        "requestContext"
    ]

    assert (context["requestId"], context["extendedRequestId"]) == ("request-1", "JKJaXmPLvHcESHA=")
    assert context["resourcePath"] == "/health"
    assert context["path"] == "/health"
    assert context["requestTime"] == "09/Mar/2026:08:05:06 +0000"
    assert context["requestTimeEpoch"] == 1773043506000
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "curl/8"
    assert context["identity"]["caller"] is None
    assert context["domainName"] == "127.0.0.1:8000"
    assert context["authorizer"]["claims"] == {"sub": "u-1"}


@pytest.mark.parametrize(
    ("name", "value", "as_passed"),
    [
        ("sub", "u-1", "u-1"),
        ("email_verified", True, "true"),
        ("auth_time", 1773043506, "1773043506"),
        ("exp", 1773043506, "Mon Mar 09 08:05:06 UTC 2026"),
        ("iat", 0, "Thu Jan 01 00:00:00 UTC 1970"),
        ("cognito:groups", ["admins", "testers"], "admins,testers"),
    ],
)
def test_the_authorizer_passes_every_claim_as_a_string(name: str, value: object, as_passed: str) -> None:
    assert authorizer_claims({name: value}) == {name: as_passed}
