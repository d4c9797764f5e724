"""The log: one JSON line a request, with metrics where something is counted."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from api.dynamodb import RequestRejected, StoreUnavailable
from api.gateway.telemetry import LOG_LEVELS, RequestContext, Telemetry, quiet_libraries
from api.openapi.contract import Contract

NOON = datetime(2025, 6, 14, 12, 0, 0, 123456, UTC)


def telemetry(write: Callable[[str], object], level: str = "INFO", now: datetime = NOON) -> Telemetry:
    return Telemetry("Expenses", level, write, lambda: now)


def context() -> RequestContext:
    return RequestContext(request_id="extended-1", lambda_request_id="lambda-1", gateway_request_id="gateway-1")


def lines_of(*events: str, level: str = "INFO") -> list[dict[str, Any]]:
    written: list[str] = []
    log = telemetry(written.append, level)
    for event in events:
        log.request(context(), 201, 0.0123456, event)
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in written)
    return [json.loads(line) for line in written]


def line_of_failure(error: Exception, cause: Exception | None = None) -> dict[str, Any]:
    """Return the line of an error that was raised, and caused by another."""
    written: list[str] = []
    try:
        raise error from cause
    except type(error) as raised:
        telemetry(written.append).failure(context(), raised)
    line: dict[str, Any] = json.loads(written[0])
    return line


def aws_error(code: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "quotes a private note"},
            "ResponseMetadata": {
                "RequestId": "aws-1",
                "HTTPStatusCode": 400,
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        "PutItem",
    )


def test_a_request_is_one_line_with_its_operation_ids_and_duration() -> None:
    _, line = lines_of("", "")
    assert line == {
        "timestamp": "2025-06-14T12:00:00.123Z",
        "level": "INFO",
        "message": "request",
        "service": "expenses",
        "request_id": "extended-1",
        "gateway_request_id": "gateway-1",
        "lambda_request_id": "lambda-1",
        "operation_id": "none",
        "status": 201,
        "duration_ms": 12.346,
        "cold_start": False,
    }


def test_a_line_names_the_operation(contract: Contract) -> None:
    written: list[str] = []
    telemetry(written.append).request(
        RequestContext("1", "2", operation=contract.match("/health", "GET")), status=200, seconds=0, event=""
    )
    assert json.loads(written[0])["operation_id"] == "get_health"


def test_timestamps_are_utc_in_rfc_3339_whatever_the_clocks_zone() -> None:
    written: list[str] = []
    nairobi = NOON.replace(microsecond=0).astimezone(timezone(timedelta(hours=3)))
    telemetry(written.append, now=nairobi).request(context(), 200, 0, "")
    assert json.loads(written[0])["timestamp"] == "2025-06-14T12:00:00.000Z"


def test_a_business_event_is_counted_in_the_embedded_metric_format() -> None:
    _, line = lines_of("", "ExpensesCreated")
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["ExpensesCreated"] == 1
    assert directive == {
        "Namespace": "Expenses",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": "ExpensesCreated", "Unit": "Count"}],
    }
    assert line["_aws"]["Timestamp"] == int(NOON.timestamp() * 1000)


def test_the_first_request_of_a_process_counts_as_its_cold_start() -> None:
    first, second = lines_of("", "")
    assert (first["ColdStart"], first["cold_start"]) == (1, True)
    assert "ColdStart" not in second


def test_at_warning_only_requests_that_count_something_are_logged() -> None:
    lines = lines_of("", "", "ExpensesCreated", "", level="WARNING")
    assert [line.get("ExpensesCreated") for line in lines] == [None, 1]


def test_at_warning_failures_are_logged() -> None:
    written: list[str] = []
    telemetry(written.append, "WARNING").failure(context(), RuntimeError())
    assert json.loads(written[0])["level"] == "ERROR"


@pytest.mark.parametrize("level", ["DEBUG", "ERROR", "info", ""])
def test_any_other_level_stops_the_service_at_start(level: str) -> None:
    assert LOG_LEVELS == ("INFO", "WARNING")
    with pytest.raises(ValueError, match=f"LOG_LEVEL is {level}; it must be one of INFO, WARNING"):
        telemetry(print, level)


def test_a_failure_is_logged_by_type_frames_and_cause_without_its_text() -> None:
    line = line_of_failure(RuntimeError("a private note"), KeyError("a private note"))
    assert (line["level"], line["timestamp"]) == ("ERROR", "2025-06-14T12:00:00.123Z")
    assert (line["exception"], line["cause"], line["request_id"]) == ("RuntimeError", "KeyError", "extended-1")
    assert any("test_telemetry.py" in frame for frame in line["frames"])
    assert "private" not in json.dumps(line)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (aws_error("AccessDeniedException"), None),
        (StoreUnavailable("unchanged"), aws_error("AccessDeniedException")),
    ],
    ids=["raised as it is", "as the cause"],
)
def test_an_error_of_aws_is_logged_with_code_operation_and_request_id(
    error: Exception, cause: Exception | None
) -> None:
    line = line_of_failure(error, cause)
    assert line["aws_code"] == "AccessDeniedException"
    assert (line["aws_operation"], line["aws_request_id"]) == ("PutItem", "aws-1")
    assert "private" not in json.dumps(line)


def test_an_error_of_ours_may_have_what_aws_said_as_attributes() -> None:
    line = line_of_failure(
        RequestRejected(aws_code="ThrottlingException", aws_operation="Query", aws_request_id="aws-2")
    )
    assert (line["aws_code"], line["aws_operation"], line["aws_request_id"]) == (
        "ThrottlingException",
        "Query",
        "aws-2",
    )


def test_an_error_of_aws_without_any_detail_is_logged_too() -> None:
    line = line_of_failure(ClientError({}, "PutItem"))
    assert (line["aws_code"], line["aws_operation"], line["aws_request_id"]) == ("", "PutItem", "")


def test_an_error_of_our_own_has_nothing_of_aws() -> None:
    assert not [name for name in line_of_failure(RuntimeError()) if name.startswith("aws")]


@pytest.mark.parametrize("error", [OSError(28, "no space"), ValueError("closed file"), RuntimeError()])
def test_lines_that_cannot_be_written_are_counted_in_the_next_one(error: Exception) -> None:
    written: list[str] = []
    failures = [error, error]

    def write(line: str) -> None:
        if failures:
            raise failures.pop()
        written.append(line)

    log = telemetry(write)
    for _ in range(4):
        log.request(context(), 200, 0, "")

    assert [json.loads(line).get("lost_lines") for line in written] == [2, None]


def test_a_line_that_is_not_unicode_is_lost_and_nothing_is_raised() -> None:
    written: list[str] = []
    log = telemetry(written.append)
    log.request(RequestContext("\ud800", ""), 200, 0, "")
    log.request(context(), 200, 0, "")
    assert [json.loads(line)["lost_lines"] for line in written] == [1]


def test_libraries_log_no_requests_even_if_the_root_logger_is_at_debug() -> None:
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        quiet_libraries()
        for name in ("botocore.endpoint", "botocore.auth", "urllib3.connectionpool"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    finally:
        root.setLevel(before)
