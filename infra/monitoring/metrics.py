"""The metrics by which CloudWatch knows the running system; alarms and dashboard are made of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from api.gateway.telemetry import SERVICE
from infra.function.component import Function
from infra.gateway.component import Gateway
from infra.tables import Tables


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `statistic` is a name such as Sum or a percentile such as p99."""

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of this stack's components."""

    gateway: Gateway
    function: Function
    tables: Tables

    def of_api(self, name: str, statistic: str = "Sum") -> Metric:
        """Return a metric of the whole stage, which every stage has at no extra cost."""
        dimensions = {"ApiName": self.gateway.name, "Stage": self.gateway.stage_name}
        return Metric("AWS/ApiGateway", name, dimensions, statistic)

    def of_alias(self, name: str, statistic: str = "Sum") -> Metric:
        """Return a metric of the live alias only, without trial calls of other versions."""
        resource = pulumi.Output.concat(self.function.name, ":", self.function.alias_name)
        dimensions = {"FunctionName": self.function.name, "Resource": resource}
        return Metric("AWS/Lambda", name, dimensions, statistic)

    def concurrency(self) -> Metric:
        """Return how many Lambdas run at once, which is counted by function only."""
        return Metric("AWS/Lambda", "ConcurrentExecutions", {"FunctionName": self.function.name}, "Maximum")

    def of_tables(self, name: str) -> dict[str, Metric]:
        """Return a metric that is counted by table, its local indexes included, by the table's id."""
        return {
            table_id: Metric("AWS/DynamoDB", name, {"TableName": table.name}, "Sum")
            for table_id, table in self.tables.by_id.items()
        }

    def of_table_operations(self, name: str) -> dict[str, Metric]:
        """Return a metric that is counted by operation, for each one that the Lambda calls, by an id."""
        return {
            f"{table_id}_{operation.lower()}": Metric(
                "AWS/DynamoDB", name, {"TableName": table.name, "Operation": operation}, "Sum"
            )
            for table_id, table in self.tables.by_id.items()
            for operation in table.access.operations
        }

    def of_log(self, name: str, group: pulumi.Input[str]) -> Metric:
        """Return a metric of a log group."""
        return Metric("AWS/Logs", name, {"LogGroupName": group}, "Sum")

    def own(self, name: str) -> Metric:
        """Return a metric that the Lambda sends itself."""
        return Metric(self.function.metrics_namespace, name, {"service": SERVICE}, "Sum")
