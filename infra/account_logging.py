"""The role by which API Gateway writes logs: one for a whole account, set once in each of its regions."""

import re

import pulumi
from pulumi_aws import apigateway, iam

from infra.config.model import Config

ROLE = "expenses-api-gateway-log"
"""The same for every stack: a stack takes over the role that another one, or its own earlier life, left."""

_TRUST_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


class AccountLogging(pulumi.ComponentResource):
    """The account's setting and its role. Both stay when the stack goes: other APIs would lose their logs."""

    def __init__(self, config: Config, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:AccountLogging", config.name, None, opts)
        existing = iam.get_roles(name_regex=f"^{re.escape(ROLE)}$", opts=pulumi.InvokeOptions(parent=self)).names
        role = iam.Role(
            f"{config.name}-gateway-log",
            name=ROLE,
            assume_role_policy=pulumi.Output.json_dumps(_TRUST_POLICY),
            opts=pulumi.ResourceOptions(
                parent=self,
                retain_on_delete=True,
                # Pulumi imports only what its state does not have yet.
                import_=ROLE if existing else None,
                # Each stack has tags of its own, and the role is everyone's.
                ignore_changes=["tags", "tagsAll"],
            ),
        )
        attachment = iam.RolePolicyAttachment(
            f"{config.name}-gateway-log",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        apigateway.Account(
            f"{config.name}-gateway-account",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=[attachment]),
        )
        self.register_outputs({})
