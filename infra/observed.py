"""The names by which CloudWatch knows the running system."""

from dataclasses import dataclass

import pulumi

BUSINESS_METRICS = ("ExpensesCreated", "ExpensesUpdated", "ExpensesDeleted")
TABLE_OPERATIONS = ("DeleteItem", "GetItem", "PutItem", "Query")
"""The calls that the Lambda makes; CloudWatch counts a table's errors by call."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What alarms and dashboard look at."""

    region: str
    api_name: pulumi.Input[str]
    stage_name: pulumi.Input[str]
    function_name: pulumi.Input[str]
    alias_name: pulumi.Input[str]
    table_name: pulumi.Input[str]
    function_log: pulumi.Input[str]
    access_log: pulumi.Input[str]
    metrics_namespace: str
    memory_mb: int

    @property
    def api_dimensions(self) -> dict[str, pulumi.Input[str]]:
        """The dimensions of AWS/ApiGateway that every stage has, at no extra cost."""
        return {"ApiName": self.api_name, "Stage": self.stage_name}

    @property
    def alias_dimensions(self) -> dict[str, pulumi.Input[str]]:
        """The dimensions of AWS/Lambda for the live alias only, so that a trial call of another version counts not."""
        resource = pulumi.Output.concat(self.function_name, ":", self.alias_name)
        return {"FunctionName": self.function_name, "Resource": resource}
