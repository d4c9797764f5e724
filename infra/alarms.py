"""When somebody must look: pure data, one alarm an entry."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.observed import TABLE_OPERATIONS, Observed


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of CloudWatch. `statistic` is a name such as Sum or a percentile such as p99."""

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm over the number that `expression` makes of the metrics, which it knows by their ids."""

    name: str
    description: str
    metrics: Mapping[str, Metric]
    expression: str
    threshold: float
    period_seconds: int
    periods: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a figure is alarming."""

    error_percent: int
    latency_ms: int
    concurrency: int


def alarms(observed: Observed, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Every alarm of the system. Each fires when its figure is above the threshold in all of its periods."""

    def api(name: str, statistic: str) -> Metric:
        return Metric("AWS/ApiGateway", name, observed.api_dimensions, statistic)

    def function(name: str) -> Metric:
        return Metric("AWS/Lambda", name, observed.alias_dimensions, "Sum")

    def table(name: str) -> dict[str, Metric]:
        return {
            operation.lower(): Metric(
                "AWS/DynamoDB", name, {"TableName": observed.table_name, "Operation": operation}, "Sum"
            )
            for operation in TABLE_OPERATIONS
        }

    return (
        Alarm(
            "api-errors",
            f"More than {thresholds.error_percent} % of the answers have a 5xx status. "
            "Query server-errors says which and why.",
            {"errors": api("5XXError", "Sum"), "requests": api("Count", "Sum")},
            "100 * errors / requests",
            thresholds.error_percent,
            300,
            2,
        ),
        Alarm(
            "api-latency",
            f"One answer in a hundred takes longer than {thresholds.latency_ms} ms. "
            "Query latency-by-operation says which.",
            {"latency": api("Latency", "p99")},
            "latency",
            thresholds.latency_ms,
            300,
            3,
        ),
        Alarm(
            "function-errors",
            "The Lambda crashed or ran out of time: errors that it could not answer itself.",
            {"errors": function("Errors")},
            "errors",
            0,
            60,
            1,
        ),
        Alarm(
            "function-throttles",
            "Requests find no Lambda free: raise reservedConcurrency, or the account's quota.",
            {"throttles": function("Throttles")},
            "throttles",
            0,
            60,
            1,
        ),
        Alarm(
            "function-concurrency",
            f"More than {thresholds.concurrency} Lambdas at once: near the limit, or slow below.",
            {
                "concurrency": Metric(
                    "AWS/Lambda", "ConcurrentExecutions", {"FunctionName": observed.function_name}, "Maximum"
                )
            },
            "concurrency",
            thresholds.concurrency,
            60,
            3,
        ),
        Alarm(
            "table-throttles",
            "DynamoDB refuses calls: one user's partition is hot, or the traffic more than doubled at once.",
            table("ThrottledRequests"),
            "SUM(METRICS())",
            0,
            60,
            2,
        ),
        Alarm(
            "table-errors",
            "DynamoDB fails inside: see https://health.aws.amazon.com/.",
            table("SystemErrors"),
            "SUM(METRICS())",
            0,
            60,
            2,
        ),
    )
