"""What a person on call sees first: traffic, errors, latency, cold starts, business, cost.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from typing import Any

import pulumi

from api.expenses.operations import BUSINESS_METRICS
from infra.config.model import Config
from infra.monitoring.metrics import Metric, Metrics
from infra.monitoring.queries import LATENCY_BY_OPERATION

WIDTH, HEIGHT, COLUMNS = 8, 6, 3

Widget = dict[str, Any]


def dashboard(config: Config, metrics: Metrics) -> dict[str, Any]:
    """Return the dashboard's body: rows of three widgets."""
    return {
        "widgets": [
            {
                "type": widget["type"],
                "x": WIDTH * (place % COLUMNS),
                "y": HEIGHT * (place // COLUMNS),
                "width": WIDTH,
                "height": HEIGHT,
                "properties": {"region": config.region, **widget["properties"]},
            }
            for place, widget in enumerate(_widgets(config, metrics))
        ]
    }


def _widgets(config: Config, metrics: Metrics) -> list[Widget]:
    logs = (metrics.function.log_group_name, metrics.gateway.log_group_name)
    return [
        _graph("Traffic", _line(metrics.of_api("Count"), label="requests")),
        _graph(
            "Errors",
            _line(metrics.of_api("5XXError"), label="5xx", color="#d62728"),
            _line(metrics.of_api("4XXError"), label="4xx", color="#ff7f0e"),
            _line(metrics.of_alias("Errors"), label="crashes"),
            _line(metrics.of_alias("Throttles"), label="throttled"),
        ),
        _graph(
            "Latency (ms)",
            *(
                _line(metrics.of_api("Latency", statistic), label=f"{statistic} at the gateway")
                for statistic in ("p50", "p90", "p99")
            ),
            _line(metrics.of_alias("Duration", "p99"), label="p99 in the Lambda"),
        ),
        _log("Latency by operation (ms)", metrics.function.log_group_name, LATENCY_BY_OPERATION),
        _graph(
            "Cold starts and Lambdas at once",
            _line(metrics.own("ColdStart"), label="cold starts"),
            _line(metrics.concurrency(), label="at once"),
        ),
        _graph("Expenses", *(_line(metrics.own(name), label=name) for name in BUSINESS_METRICS)),
        # A write that meets another one of the same expense or total is retried; one that never succeeds is a 503.
        _graph(
            "Transaction conflicts",
            *(_line(metric, label=table) for table, metric in metrics.of_tables("TransactionConflict").items()),
        ),
        _graph(
            "Cost: tables (capacity units)",
            *(
                _line(metric, label=f"{table}, {kind.lower()}")
                for kind in ("Read", "Write")
                for table, metric in metrics.of_tables(f"Consumed{kind}CapacityUnits").items()
            ),
        ),
        _graph(
            "Cost: Lambda (GB seconds)",
            [{"expression": f"duration / 1000 * {config.memory_mb} / 1024", "label": "GB seconds", "id": "cost"}],
            _line(metrics.of_alias("Duration"), id="duration", visible=False),
        ),
        _graph("Cost: logs (bytes)", *(_line(metrics.of_log("IncomingBytes", group), label=group) for group in logs)),
    ]


def _line(metric: Metric, **rendering: pulumi.Input[str] | bool) -> list[Any]:
    """Return a metric as a graph lists it: namespace, name, each dimension's name and value, how it is drawn."""
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic, **rendering}]


def _graph(title: str, *lines: list[Any]) -> Widget:
    return {
        "type": "metric",
        "properties": {"title": title, "view": "timeSeries", "period": 300, "metrics": list(lines)},
    }


def _log(title: str, group: pulumi.Input[str], query: str) -> Widget:
    source = pulumi.Output.concat("SOURCE '", group, "' | ", query)
    return {"type": "log", "properties": {"title": title, "view": "table", "query": source}}
