"""What is wrong raises an alarm, and a query finds it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from api.expenses.operations import BUSINESS_METRICS
from api.gateway.telemetry import SERVICE, RequestContext, Telemetry
from infra.gateway.component import ACCESS_LOG_FIELDS
from infra.monitoring.queries import SAVED_QUERIES
from infra.tables import EXPENSES_ACCESS, RECORDS_ACCESS
from tests.client import ApiClient
from tests.infra.insights import fields_of, finds
from tests.infra.recording import STACKS, Recording, record, recorded

METRICS = {
    ("AWS/ApiGateway", "ApiName,Stage"): {"Count", "4XXError", "5XXError", "Latency"},
    ("AWS/Lambda", "FunctionName"): {"ConcurrentExecutions"},
    ("AWS/Lambda", "FunctionName,Resource"): {"Duration", "Errors", "Throttles"},
    ("AWS/DynamoDB", "TableName"): {
        "ConsumedReadCapacityUnits",
        "ConsumedWriteCapacityUnits",
        "ReadThrottleEvents",
        "TransactionConflict",
        "WriteThrottleEvents",
    },
    ("AWS/DynamoDB", "Operation,TableName"): {"SystemErrors"},
    ("AWS/Logs", "LogGroupName"): {"IncomingBytes"},
    ("Expenses/prod", "service"): {"ColdStart", *BUSINESS_METRICS},
}
"""Which metrics there are, by namespace and dimensions: AWS's tables of metrics by service, and the Lambda's own."""

Metric = tuple[str, str, dict[str, str]]


def alarmed(recording: Recording) -> Iterator[Metric]:
    for alarm in recording.all("MetricAlarm"):
        for query in alarm.inputs["metricQueries"]:
            if metric := query.get("metric"):
                yield metric["namespace"], metric["metricName"], metric["dimensions"]


def widgets(recording: Recording) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recording.one("Dashboard").inputs["dashboardBody"])["widgets"]
    return found


def graphed(recording: Recording) -> Iterator[Metric]:
    for widget in widgets(recording):
        for row in widget["properties"].get("metrics", []):
            if isinstance(row[0], str):
                namespace, name, *flat, _ = row
                yield namespace, name, dict(zip(flat[::2], flat[1::2], strict=True))


def test_alarms_and_graphs_look_at_metrics_that_exist() -> None:
    for namespace, name, dimensions in (*alarmed(recorded("prod")), *graphed(recorded("prod"))):
        assert name in METRICS[namespace, ",".join(sorted(dimensions))]


def test_alarms_and_graphs_look_at_this_stack() -> None:
    prod = recorded("prod")
    function = prod.one("Function").inputs["name"]
    names = {
        "ApiName": {prod.one("RestApi").inputs["name"]},
        "Stage": {prod.one("Stage").inputs["stageName"]},
        "FunctionName": {function},
        "Resource": {f"{function}:{prod.one('Alias').inputs['name']}"},
        "TableName": {table.inputs["name"] for table in prod.all("Table")},
        "Operation": {*EXPENSES_ACCESS.operations, *RECORDS_ACCESS.operations},
        "LogGroupName": {group.inputs["name"] for group in prod.all("LogGroup")},
        "service": {SERVICE},
    }
    for _, _, dimensions in (*alarmed(prod), *graphed(prod)):
        assert {key: value for key, value in dimensions.items() if value not in names[key]} == {}


def expressions(recording: Recording) -> Iterator[tuple[str, set[str]]]:
    """Each expression of an alarm or a graph, with the ids that it may use."""
    lists = [alarm.inputs["metricQueries"] for alarm in recording.all("MetricAlarm")]
    lists += [[row[-1] for row in widget["properties"].get("metrics", [])] for widget in widgets(recording)]
    for queries in lists:
        ids = {query.get("id") for query in queries}
        yield from ((query["expression"], ids) for query in queries if "expression" in query)


def test_every_expression_is_of_metrics_that_stand_beside_it() -> None:
    for expression, ids in expressions(recorded("prod")):
        assert set(re.findall(r"\b[a-z]\w*", expression)) <= ids


def test_every_alarm_goes_to_the_topic_when_it_comes_and_when_it_goes() -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:expenses-prod-alarms"
    for alarm in recorded("prod").all("MetricAlarm"):
        assert alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == [topic]


def threshold(overrides: dict[str, Any]) -> int:
    alarms = record("dev", overrides).all("MetricAlarm")
    return next(int(alarm.inputs["threshold"]) for alarm in alarms if alarm.name.endswith("function-concurrency"))


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        pytest.param({}, 8, id="the quota of a new account is 10"),
        pytest.param({"reservedConcurrency": 50}, 40, id="of what is reserved"),
        pytest.param({"alarmConcurrency": 300}, 300, id="as configured"),
    ],
)
def test_the_alarm_of_concurrency_can_be_raised(overrides: dict[str, Any], expected: int) -> None:
    assert threshold(overrides) == expected


@pytest.fixture
def lines(api: ApiClient, log: list[str]) -> list[dict[str, Any]]:
    """The Lambda's log of an expense's life."""
    created = api.post("/expenses", {"category": "Food", "amount": 1, "payment_method": "Cash"})
    url = f"/expenses/{created.json['expense_id']}"
    api.patch(url, {"amount": 2})
    api.delete(url)
    return [json.loads(line) for line in log]


def test_the_metrics_that_are_watched_are_sent(lines: list[dict[str, Any]]) -> None:
    directives = [directive for line in lines for directive in line.get("_aws", {}).get("CloudWatchMetrics", [])]
    sent = {metric["Name"] for directive in directives for metric in directive["Metrics"]}
    assert sent == METRICS["Expenses/prod", "service"]
    assert all(directive["Dimensions"] == [["service"]] for directive in directives)


ACCESS = dict.fromkeys(ACCESS_LOG_FIELDS, "-")
SUCCESS = {
    "time": "2025-06-14T12:00:10.000Z",
    "type": "platform.report",
    "record": {"requestId": "lambda-1", "metrics": {"durationMs": 15.0}, "status": "success"},
}
"""https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report"""
TIMEOUT = {**SUCCESS, "record": {"requestId": "lambda-1", "metrics": {"durationMs": 10_000.0}, "status": "timeout"}}
CRASH = {"timestamp": "2025-06-14T12:00:00Z", "level": "ERROR", "errorType": "MemoryError", "requestId": "lambda-1"}
COLD = {**SUCCESS, "record": {**SUCCESS["record"], "metrics": {"initDurationMs": 400.0}}}  # type: ignore[dict-item]


def _failure() -> dict[str, Any]:
    """The Lambda's line of an error of DynamoDB's."""
    lines: list[str] = []
    error = ClientError({"Error": {"Code": "AccessDenied"}}, "GetItem")
    telemetry = Telemetry("Expenses/prod", "INFO", lines.append, lambda: datetime.now(UTC))
    telemetry.failure(RequestContext(request_id="x-1", lambda_request_id="lambda-1"), error)
    line: dict[str, Any] = json.loads(lines[0])
    return line


FAILURE = _failure()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(FAILURE, id="an exception that became a 500"),
        pytest.param(CRASH, id="a crash"),
        pytest.param(TIMEOUT, id="a time-out"),
        pytest.param({**TIMEOUT, "record": {**TIMEOUT["record"], "status": "error"}}, id="memory that ran out"),  # type: ignore[dict-item]
        pytest.param({**ACCESS, "status": "502"}, id="a response that the gateway cannot read"),
        pytest.param({**ACCESS, "status": "503", "errorResponseType": "INTEGRATION_FAILURE"}, id="a throttled Lambda"),
        pytest.param({**ACCESS, "status": "504", "errorResponseType": "INTEGRATION_TIMEOUT"}, id="a late Lambda"),
    ],
)
def test_the_query_of_server_errors_finds(line: dict[str, Any]) -> None:
    assert finds(SAVED_QUERIES["server-errors"].text, line)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(SUCCESS, id="a call that went well"),
        pytest.param({**ACCESS, "status": "200"}, id="a response"),
        pytest.param({**ACCESS, "status": "404"}, id="a client error"),
        pytest.param({"level": "INFO", "message": "request", "status": 412}, id="a request"),
    ],
)
def test_the_query_of_server_errors_does_not_find(line: dict[str, Any]) -> None:
    assert not finds(SAVED_QUERIES["server-errors"].text, line)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({"message": "request", "request_id": "THE ID"}, id="the Lambda's line"),
        pytest.param({"message": "request", "gateway_request_id": "THE ID"}, id="its line by the id of a caller"),
        pytest.param({"message": "request", "lambda_request_id": "THE ID"}, id="its line by Lambda's id"),
        pytest.param({**ACCESS, "extendedRequestId": "THE ID"}, id="the gateway's line"),
        pytest.param({**ACCESS, "requestId": "THE ID"}, id="the id that a caller may choose"),
        pytest.param({**ACCESS, "lambdaRequestId": "THE ID"}, id="the gateway's line of a crash"),
        pytest.param({**CRASH, "requestId": "THE ID"}, id="a crash"),
        pytest.param({"record": {"requestId": "THE ID"}}, id="a time-out"),
    ],
)
def test_one_request_is_found_by_each_of_its_ids(line: dict[str, Any]) -> None:
    assert finds(SAVED_QUERIES["one-request"].text, line)


def test_a_refusal_of_the_gateway_is_counted() -> None:
    query = SAVED_QUERIES["refused-requests"]
    assert query.access_log
    assert finds(query.text, {**ACCESS, "status": "401"})
    assert not finds(query.text, {**ACCESS, "status": "500"})


def test_a_cold_start_is_counted() -> None:
    assert finds(SAVED_QUERIES["cold-starts"].text, COLD)
    assert not finds(SAVED_QUERIES["cold-starts"].text, SUCCESS)


@pytest.mark.parametrize("name", SAVED_QUERIES)
def test_a_query_reads_fields_that_its_logs_have(name: str, lines: list[dict[str, Any]]) -> None:
    query = SAVED_QUERIES[name]
    logged = {"@timestamp"}
    if query.access_log:
        logged |= ACCESS_LOG_FIELDS.keys()
    if query.function_log:
        logged |= {key for line in (*lines, FAILURE, CRASH, TIMEOUT) for key in line}
        logged |= {"record.requestId", "record.status", "record.metrics.initDurationMs"}
    assert fields_of(query.text) - logged == set()


@pytest.mark.parametrize("name", STACKS)
def test_every_query_reads_the_logs_of_its_stack(name: str) -> None:
    groups = {group.inputs["name"] for group in recorded(name).all("LogGroup")}
    for query in recorded(name).all("QueryDefinition"):
        assert set(query.inputs["logGroupNames"]) <= groups
        assert query.inputs["logGroupNames"]
