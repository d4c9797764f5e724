"""What the Lambda may do in AWS: exactly what it does."""

from typing import Any

import pulumi

from infra.table import INDEX_CALLS, TABLE_CALLS, Table

TRUST_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def function_policy(table: Table, *, log_group_arn: pulumi.Input[str]) -> dict[str, Any]:
    """Return the policy of the Lambda's role."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Expenses", "Effect": "Allow", "Action": _actions(TABLE_CALLS), "Resource": table.arn},
            # Queries go through the indexes only, so the table itself needs no Query.
            {
                "Sid": "Lists",
                "Effect": "Allow",
                "Action": _actions(INDEX_CALLS),
                "Resource": list(table.index_arns),
            },
            {
                "Sid": "OwnLog",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": pulumi.Output.concat(log_group_arn, ":*"),
            },
            {
                "Sid": "Traces",
                "Effect": "Allow",
                "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                # X-Ray has no finer resource for these two:
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
                "Resource": "*",
            },
        ],
    }


def _actions(calls: tuple[str, ...]) -> list[str]:
    return [f"dynamodb:{call}" for call in calls]
