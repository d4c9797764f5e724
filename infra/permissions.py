"""What the Lambda may do in AWS: exactly what it does."""

from collections.abc import Sequence
from typing import Any

import pulumi

TABLE_ACTIONS = ("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem")
INDEX_ACTIONS = ("dynamodb:Query",)
"""Queries go through the indexes only, so the table itself needs no Query."""


def assume_role_policy(service: str) -> dict[str, Any]:
    """Let an AWS service take on a role."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def function_policy(
    *, table_arn: pulumi.Input[str], index_arns: Sequence[pulumi.Input[str]], log_streams_arn: pulumi.Input[str]
) -> dict[str, Any]:
    """Return the policy of the Lambda's role."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Expenses", "Effect": "Allow", "Action": list(TABLE_ACTIONS), "Resource": table_arn},
            {"Sid": "Lists", "Effect": "Allow", "Action": list(INDEX_ACTIONS), "Resource": list(index_arns)},
            {
                "Sid": "OwnLog",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": log_streams_arn,
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
