"""What a person on call sees first: traffic, errors, latency, cold starts, business, cost.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from api.gateway.telemetry import SERVICE
from infra.log_queries import LATENCY_BY_OPERATION
from infra.observed import BUSINESS_METRICS, Observed

WIDTH, HEIGHT, COLUMNS = 8, 6, 3

Widget = dict[str, Any]


def dashboard(observed: Observed) -> dict[str, Any]:
    """Return the dashboard's body: rows of three widgets."""
    widgets = _widgets(observed)
    return {
        "widgets": [
            {
                "x": WIDTH * (place % COLUMNS),
                "y": HEIGHT * (place // COLUMNS),
                "width": WIDTH,
                "height": HEIGHT,
                **widget,
            }
            for place, widget in enumerate(widgets)
        ]
    }


def _widgets(observed: Observed) -> list[Widget]:
    api, alias = observed.api_dimensions, observed.alias_dimensions
    own = {"service": SERVICE}
    table = {"TableName": observed.table_name}
    region = observed.region
    return [
        _graph(region, "Traffic", [_metric("AWS/ApiGateway", "Count", api, "Sum", label="requests")]),
        _graph(
            region,
            "Errors",
            [
                _metric("AWS/ApiGateway", "5XXError", api, "Sum", label="5xx", color="#d62728"),
                _metric("AWS/ApiGateway", "4XXError", api, "Sum", label="4xx", color="#ff7f0e"),
                _metric("AWS/Lambda", "Errors", alias, "Sum", label="crashes"),
                _metric("AWS/Lambda", "Throttles", alias, "Sum", label="throttled"),
            ],
        ),
        _graph(
            region,
            "Latency (ms)",
            [
                _metric("AWS/ApiGateway", "Latency", api, statistic, label=f"{statistic} at the gateway")
                for statistic in ("p50", "p90", "p99")
            ]
            + [_metric("AWS/Lambda", "Duration", alias, "p99", label="p99 in the Lambda")],
        ),
        _log(region, "Latency by operation (ms)", observed.function_log, LATENCY_BY_OPERATION),
        _graph(
            region,
            "Cold starts and Lambdas at once",
            [
                _metric(observed.metrics_namespace, "ColdStart", own, "Sum", label="cold starts"),
                _metric(
                    "AWS/Lambda",
                    "ConcurrentExecutions",
                    {"FunctionName": observed.function_name},
                    "Maximum",
                    label="at once",
                ),
            ],
        ),
        _graph(
            region,
            "Expenses",
            [_metric(observed.metrics_namespace, name, own, "Sum", label=name) for name in BUSINESS_METRICS],
        ),
        _graph(
            region,
            "Cost: table (capacity units)",
            [
                _metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", table, "Sum", label="read"),
                _metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", table, "Sum", label="written"),
            ],
        ),
        _graph(
            region,
            "Cost: Lambda (GB seconds)",
            [
                [{"expression": f"duration / 1000 * {observed.memory_mb} / 1024", "label": "GB seconds", "id": "cost"}],
                _metric("AWS/Lambda", "Duration", alias, "Sum", id="duration", visible=False),
            ],
        ),
        _graph(
            region,
            "Cost: logs (bytes)",
            [
                _metric("AWS/Logs", "IncomingBytes", {"LogGroupName": group}, "Sum", label=group)
                for group in (observed.function_log, observed.access_log)
            ],
        ),
    ]


def _metric(
    namespace: str,
    name: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    statistic: str,
    **rendering: pulumi.Input[str] | bool,
) -> list[Any]:
    flat = [part for pair in dimensions.items() for part in pair]
    return [namespace, name, *flat, {"stat": statistic, **rendering}]


def _graph(region: str, title: str, metrics: Sequence[list[Any]]) -> Widget:
    properties = {"title": title, "region": region, "view": "timeSeries", "period": 300, "metrics": list(metrics)}
    return {"type": "metric", "properties": properties}


def _log(region: str, title: str, group: pulumi.Input[str], query: str) -> Widget:
    source = pulumi.Output.concat("SOURCE '", group, "' | ", query)
    properties = {"title": title, "region": region, "view": "table", "query": source}
    return {"type": "log", "properties": properties}
