"""What alarms, dashboard and queries look for is what the Lambda really writes."""

import json
from typing import Any

import pytest

from api.gateway.telemetry import SERVICE
from infra.observed import BUSINESS_METRICS
from tests.gateway import Gateway
from tests.infra.checks.monitoring import LOGGED_FIELDS


@pytest.fixture
def lines(gateway: Gateway, log: list[str]) -> list[dict[str, Any]]:
    """The log of an expense's life."""
    created = gateway.post("/expenses", {"category": "Food", "amount": 1, "payment_method": "Cash"})
    url = f"/expenses/{created.json['expense_id']}"
    gateway.patch(url, {"amount": 2})
    gateway.delete(url)
    return [json.loads(line) for line in log]


def test_each_request_leaves_the_fields_that_queries_use(lines: list[dict[str, Any]]) -> None:
    requests = [line for line in lines if line["message"] == "request"]
    assert len(requests) == 3
    assert all(line.keys() >= LOGGED_FIELDS - {"exception"} for line in requests)


def test_the_metrics_that_are_watched_are_sent(lines: list[dict[str, Any]]) -> None:
    directives = [directive for line in lines for directive in line.get("_aws", {}).get("CloudWatchMetrics", [])]
    sent = {metric["Name"] for directive in directives for metric in directive["Metrics"]}
    assert sent == {"ColdStart", *BUSINESS_METRICS}
    assert all(directive["Dimensions"] == [["service"]] for directive in directives)
    assert all(line["service"] == SERVICE for line in lines)
