"""When a person must look: pure data, one alarm an entry."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.config.model import NO_LIMIT, Config
from infra.monitoring.metrics import Metric, Metrics

NEW_ACCOUNT_CONCURRENCY = 10
"""The quota of an account that has not asked for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm over the number that `expression` makes of the metrics, which it knows by their ids.

    It fires when that number is above the threshold in each of so many periods in a row.
    """

    name: str
    description: str
    metrics: Mapping[str, Metric]
    expression: str
    threshold: float
    period_seconds: int
    periods: int


def alarms(config: Config, metrics: Metrics) -> tuple[Alarm, ...]:
    """Return every alarm of the system."""
    concurrency = _concurrency_threshold(config)
    return (
        Alarm(
            name="api-errors",
            description=f"More than {config.alarm_error_percent} % of the responses have a 5xx status. "
            "Query server-errors says which and why.",
            metrics={"errors": metrics.of_api("5XXError"), "requests": metrics.of_api("Count")},
            expression="100 * errors / requests",
            threshold=config.alarm_error_percent,
            period_seconds=300,
            periods=2,
        ),
        Alarm(
            name="api-latency",
            description=f"One response in a hundred takes longer than {config.alarm_latency_ms} ms. "
            "Query latency-by-operation says which. All is well where that is import_expenses only: imports are paced.",
            metrics={"latency": metrics.of_api("Latency", "p99")},
            expression="latency",
            threshold=config.alarm_latency_ms,
            period_seconds=300,
            periods=3,
        ),
        Alarm(
            name="function-errors",
            description="The Lambda crashed or ran out of time: errors that it could not respond to itself. "
            "Query server-errors finds them by record.status.",
            metrics={"errors": metrics.of_alias("Errors")},
            expression="errors",
            threshold=0,
            period_seconds=60,
            periods=1,
        ),
        Alarm(
            name="function-throttles",
            description="Requests find no Lambda free: raise reservedConcurrency, or the account's quota.",
            metrics={"throttles": metrics.of_alias("Throttles")},
            expression="throttles",
            threshold=0,
            period_seconds=60,
            periods=1,
        ),
        Alarm(
            name="function-concurrency",
            description=f"More than {concurrency} Lambdas at once: near the limit, or slow below. "
            "Set alarmConcurrency when the account's quota is higher.",
            metrics={"concurrency": metrics.concurrency()},
            expression="concurrency",
            threshold=concurrency,
            period_seconds=60,
            periods=3,
        ),
        Alarm(
            name="table-throttles",
            description="DynamoDB refuses calls: maxReadUnits or maxWriteUnits is reached, one user's partition is "
            "hot, or the traffic more than doubled at once.",
            # Not ThrottledRequests, of which no document says that it counts the parts of a transaction.
            metrics={
                f"{table}_{kind.lower()}": metric
                for kind in ("Read", "Write")
                for table, metric in metrics.of_tables(f"{kind}ThrottleEvents").items()
            },
            expression="SUM(METRICS())",
            threshold=0,
            period_seconds=60,
            periods=2,
        ),
        Alarm(
            name="table-errors",
            description="DynamoDB fails inside: see https://health.aws.amazon.com/.",
            metrics=metrics.of_table_operations("SystemErrors"),
            expression="SUM(METRICS())",
            threshold=0,
            period_seconds=60,
            periods=2,
        ),
    )


def _concurrency_threshold(config: Config) -> int:
    """Return a threshold that can be passed: below what may run at once."""
    reserved = config.reserved_concurrency
    return config.alarm_concurrency or (NEW_ACCOUNT_CONCURRENCY if reserved == NO_LIMIT else reserved) * 8 // 10
