"""The log: one JSON line a request, with metrics where something is counted."""

import json
from typing import Any

import pytest

from api.gateway.telemetry import Telemetry


def lines_of(*events: str, level: str = "INFO") -> list[dict[str, Any]]:
    written: list[str] = []
    telemetry = Telemetry("Expenses", level, written.append)
    for event in events:
        telemetry.request("id-1", "create_expense", 201, 0.0123456, event)
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in written)
    return [json.loads(line) for line in written]


def test_a_request_is_one_line_that_says_which_and_how_long() -> None:
    _, line = lines_of("", "")
    assert line == {
        "level": "INFO",
        "message": "request",
        "service": "expenses",
        "request_id": "id-1",
        "operation_id": "create_expense",
        "status": 201,
        "duration_ms": 12.346,
        "cold_start": False,
    }


def test_a_business_event_is_counted_in_the_embedded_metric_format() -> None:
    _, line = lines_of("", "ExpensesCreated")
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["ExpensesCreated"] == 1
    assert directive == {
        "Namespace": "Expenses",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": "ExpensesCreated", "Unit": "Count"}],
    }
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000


def test_the_first_request_of_a_process_counts_as_its_cold_start() -> None:
    first, second = lines_of("", "")
    assert (first["ColdStart"], first["cold_start"]) == (1, True)
    assert "ColdStart" not in second


def test_a_higher_level_leaves_out_all_requests_but_those_that_count_something() -> None:
    lines = lines_of("", "", "ExpensesCreated", "", level="WARNING")
    assert [line.get("ExpensesCreated") for line in lines] == [None, 1]


def test_a_level_that_is_none_stops_the_service_at_start() -> None:
    with pytest.raises(ValueError, match="LOG_LEVEL is LOUD; it must be one of DEBUG, INFO, WARNING, ERROR"):
        Telemetry("Expenses", "LOUD", print)


def test_a_failure_is_logged_by_type_frames_and_cause_and_without_its_text() -> None:
    written: list[str] = []
    try:
        try:
            raise KeyError("a private note")
        except KeyError as cause:
            raise RuntimeError("a private note") from cause
    except RuntimeError as error:
        Telemetry("Expenses", "INFO", written.append).failure("id-1", "get_expense", error)
    line = json.loads(written[0])
    assert (line["exception"], line["cause"], line["request_id"]) == ("RuntimeError", "KeyError", "id-1")
    assert any("test_telemetry.py" in frame for frame in line["frames"])
    assert "private" not in written[0]
