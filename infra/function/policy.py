"""What the Lambda may do in AWS: exactly what it does."""

from typing import Any

import pulumi

from infra.tables import Table, Tables

TRUST_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def function_policy(tables: Tables, *, log_group_arn: pulumi.Input[str]) -> dict[str, Any]:
    """Return the policy of the Lambda's role."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            *_statements("Expenses", tables.expenses),
            *_statements("Records", tables.records),
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


def _statements(sid: str, table: Table) -> list[dict[str, Any]]:
    resources = {
        sid: (table.access.actions, table.arn),
        f"{sid}Indexes": (table.access.index_actions, list(table.index_arns)),
    }
    return [
        {
            "Sid": name,
            "Effect": "Allow",
            "Action": [f"dynamodb:{action}" for action in actions],
            "Resource": resource,
        }
        for name, (actions, resource) in resources.items()
        if actions
    ]
