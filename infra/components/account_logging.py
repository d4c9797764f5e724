"""The role by which API Gateway writes logs: one for a whole account and region, not for one API."""

import pulumi
from pulumi_aws import apigateway, iam

from infra.permissions import assume_role_policy


class AccountLogging(pulumi.ComponentResource):
    """The account's setting and its role. Both stay when the stack goes: other APIs would lose their logs."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:AccountLogging", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        role = iam.Role(
            f"{name}-gateway-log",
            assume_role_policy=pulumi.Output.json_dumps(assume_role_policy("apigateway.amazonaws.com")),
            opts=child,
        )
        attachment = iam.RolePolicyAttachment(
            f"{name}-gateway-log",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            opts=child,
        )
        apigateway.Account(
            f"{name}-gateway-account",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True, depends_on=[attachment]),
        )
        self.register_outputs({})
