"""Whatever the event is, the service returns a valid proxy response and raises nothing."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from api.bootstrap import compose
from api.dynamodb import dynamodb_client
from api.gateway.dispatcher import Dispatcher
from api.openapi.contract import Contract
from api.settings import Settings
from local.tables import create_tables
from tests.client import EventTransport, Request

JSON = {"Content-Type": "application/json", "Origin": "https://a.example"}
VALID = [
    EventTransport(dict).event(made)
    for made in (
        Request("POST", "/expenses", JSON, {"category": "Food", "amount": 12.5, "payment_method": "Cash"}),
        Request("GET", "/expenses?limit=10&month=June", {"Origin": "https://a.example"}),
        Request("HEAD", "/expenses/6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b00", {"If-Match": '"1"'}),
        Request("GET", "/health"),
    )
]

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def damaged_events(draw: st.DrawFn) -> Any:
    """Return one of API Gateway's events in which something at any depth was replaced."""
    event = deepcopy(draw(st.sampled_from(VALID)))
    node: Any = event
    while True:
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not (isinstance(node[key], dict | list) and node[key]) or draw(st.booleans()):
            node[key] = draw(any_json)
            return event
        node = node[key]


@pytest.fixture(scope="module")
def dispatcher(aws_session: Session, contract: Contract) -> Iterator[Dispatcher]:
    """The service as on AWS, for the pages of one origin."""
    with mock_aws():
        client = dynamodb_client(aws_session)
        table = Settings.example(allowed_origins="https://a.example")
        create_tables(client, table)
        yield compose(table, dynamodb=client, contract=contract, clock=lambda: datetime.now(UTC), write=lambda _: None)


def assert_proxy_response(response: Any) -> None:
    """Raise `AssertionError` unless API Gateway can pass the response on.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    assert response.keys() == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert response["statusCode"] in range(200, 600)
    assert response["isBase64Encoded"] is False
    for name, value in response["headers"].items():
        assert name.isascii()
        assert value.isascii()
        assert value.isprintable()
    response["body"].encode()
    json.dumps(response, allow_nan=False)


@settings(deadline=None)
@given(any_json)
def test_any_json_is_answered(dispatcher: Dispatcher, event: Any) -> None:
    assert_proxy_response(dispatcher(event))


@settings(max_examples=300, deadline=None)
@given(damaged_events())
def test_an_event_with_a_part_replaced_is_answered(dispatcher: Dispatcher, event: Any) -> None:
    assert_proxy_response(dispatcher(event))
