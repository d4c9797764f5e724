"""What must hold of alarms, dashboard and saved queries."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from infra.log_queries import SAVED_QUERIES
from tests.infra.cloudwatch import unknown_metric
from tests.infra.recording import Recording

LOGGED_FIELDS = {"message", "level", "operation_id", "status", "duration_ms", "request_id", "exception"}
"""What the Lambda's lines have; `type` and `record` are in those of Lambda itself."""

COLUMNS = 24


def every_alarm_watches_something_that_exists(recording: Recording) -> list[str]:
    return [
        f"{alarm.name}: {fault}"
        for alarm in recording.all("MetricAlarm")
        for query in alarm.inputs["metricQueries"]
        if "metric" in query
        for fault in unknown_metric(
            recording, query["metric"]["namespace"], query["metric"]["metricName"], query["metric"]["dimensions"]
        )
    ]


def every_alarm_computes_one_number(recording: Recording) -> list[str]:
    found = []
    for alarm in recording.all("MetricAlarm"):
        queries = alarm.inputs["metricQueries"]
        ids = [query["id"] for query in queries]
        returned = [query for query in queries if query.get("returnData")]
        found += [f"{alarm.name}: {i} is no id" for i in ids if not re.fullmatch(r"[a-z]\w*", i) or ids.count(i) > 1]
        if len(returned) != 1:
            found.append(f"{alarm.name} returns {len(returned)} numbers")
        for expression in (query["expression"] for query in queries if "expression" in query):
            used = set(re.findall(r"\b[a-z]\w*", expression))
            found += [f"{alarm.name} uses {name}, which is nothing" for name in sorted(used - set(ids))]
    return found


def every_alarm_is_told_to_the_topic(recording: Recording) -> list[str]:
    topic = recording.one("Topic").outputs["arn"]
    return [
        f"{alarm.name} is told to {alarm.inputs.get(key)} by {key}"
        for alarm in recording.all("MetricAlarm")
        for key in ("alarmActions", "okActions")
        if alarm.inputs.get(key) != [topic]
    ]


def silence_is_no_alarm(recording: Recording) -> list[str]:
    return [a.name for a in recording.all("MetricAlarm") if a.inputs.get("treatMissingData") != "notBreaching"]


def the_alarms_cover_what_can_fail(recording: Recording) -> list[str]:
    watched = {
        query["metric"]["metricName"]
        for alarm in recording.all("MetricAlarm")
        for query in alarm.inputs["metricQueries"]
        if "metric" in query
    }
    wanted = {"5XXError", "Latency", "Errors", "Throttles", "ConcurrentExecutions", "ThrottledRequests", "SystemErrors"}
    return [f"nothing watches {name}" for name in sorted(wanted - watched)]


def _widgets(recording: Recording) -> list[dict[str, Any]]:
    widgets: list[dict[str, Any]] = json.loads(recording.one("Dashboard").inputs["dashboardBody"])["widgets"]
    return widgets


def _graphed(recording: Recording) -> Iterator[tuple[str, list[Any]]]:
    for widget in _widgets(recording):
        for row in widget["properties"].get("metrics", []):
            yield widget["properties"]["title"], row


def every_graph_shows_something_that_exists(recording: Recording) -> list[str]:
    found = []
    for title, row in _graphed(recording):
        if isinstance(row[0], dict):
            continue
        namespace, name, *flat, _rendering = row
        dimensions = dict(zip(flat[::2], flat[1::2], strict=True))
        found += [f"{title}: {fault}" for fault in unknown_metric(recording, namespace, name, dimensions)]
    return found


def every_expression_on_the_dashboard_uses_a_metric_of_its_graph(recording: Recording) -> list[str]:
    found = []
    for widget in _widgets(recording):
        renderings = [row[-1] for row in widget["properties"].get("metrics", [])]
        ids = {rendering.get("id") for rendering in renderings}
        for expression in (rendering["expression"] for rendering in renderings if "expression" in rendering):
            used = set(re.findall(r"\b[a-z]\w*", expression))
            found += [f"{expression} uses {name}, which is nothing" for name in sorted(used - ids)]
    return found


def the_dashboard_s_widgets_stand_side_by_side(recording: Recording) -> list[str]:
    widgets = _widgets(recording)
    found = [f"{w['properties']['title']} leaves the dashboard" for w in widgets if w["x"] + w["width"] > COLUMNS]
    for one, other in combinations(widgets, 2):
        apart = (
            one["x"] + one["width"] <= other["x"]
            or other["x"] + other["width"] <= one["x"]
            or one["y"] + one["height"] <= other["y"]
            or other["y"] + other["height"] <= one["y"]
        )
        if not apart:
            found.append(f"{one['properties']['title']} covers {other['properties']['title']}")
    return found


def the_dashboard_is_of_this_region(recording: Recording) -> list[str]:
    region = recording.outputs["region"]
    return [w["properties"]["title"] for w in _widgets(recording) if w["properties"]["region"] != region]


def the_dashboard_shows_what_a_person_on_call_asks(recording: Recording) -> list[str]:
    shown = {row[1] for _, row in _graphed(recording) if not isinstance(row[0], dict)}
    wanted = {
        "Count",
        "5XXError",
        "Latency",
        "ColdStart",
        "ExpensesCreated",
        "ConsumedReadCapacityUnits",
        "IncomingBytes",
    }
    return [f"the dashboard lacks {name}" for name in sorted(wanted - shown)]


def every_log_query_reads_a_log_that_exists(recording: Recording) -> list[str]:
    groups = {group.inputs["name"] for group in recording.all("LogGroup")}
    read = {group for query in recording.all("QueryDefinition") for group in query.inputs["logGroupNames"]}
    for widget in _widgets(recording):
        read |= set(re.findall(r"SOURCE '([^']*)'", widget["properties"].get("query", "")))
    return [f"a query reads {group}, which is nothing" for group in sorted(read - groups)]


def every_log_query_uses_fields_that_are_logged(recording: Recording) -> list[str]:
    saved = {query.inputs["queryString"] for query in recording.all("QueryDefinition")}
    found = [] if saved == set(SAVED_QUERIES.values()) else ["other queries are saved"]
    for query in sorted(saved):
        text = re.sub(r'"[^"]*"', "", query)
        names = set(re.findall(r"\b[a-z]+_[a-z_]+\b", text)) - set(re.findall(r"\bas (\w+)", text))
        found += [f"{name} is not logged" for name in sorted(names - LOGGED_FIELDS)]
    return found
