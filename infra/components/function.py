"""The Lambda that answers every request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, iam, lambda_

from infra.permissions import assume_role_policy, function_policy

LIVE = "live"
"""The alias that the gateway calls; what it points to is what users get."""


@dataclass(frozen=True, slots=True)
class FunctionArgs:
    """What the Lambda runs, on what, and what it may reach. `live_version` 0 means the newest."""

    image_uri: pulumi.Input[str]
    architecture: str
    memory_mb: int
    timeout_seconds: int
    environment: Mapping[str, pulumi.Input[str]]
    log_level: str
    log_retention_days: int
    table_arn: pulumi.Input[str]
    index_arns: Sequence[pulumi.Input[str]]
    reserved_concurrency: int
    provisioned_concurrency: int
    live_version: int


class Function(pulumi.ComponentResource):
    """A Lambda from an image: each change is a new version, and the alias `live` points to one of them."""

    function_name: pulumi.Output[str]
    alias_name: pulumi.Output[str]
    alias_invoke_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Function", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = cloudwatch.LogGroup(
            f"{name}-log", name=f"/aws/lambda/{name}", retention_in_days=args.log_retention_days, opts=child
        )
        role = iam.Role(
            f"{name}-function",
            assume_role_policy=pulumi.Output.json_dumps(assume_role_policy("lambda.amazonaws.com")),
            opts=child,
        )
        policy = iam.RolePolicy(
            f"{name}-function",
            role=role.id,
            policy=pulumi.Output.json_dumps(
                function_policy(
                    table_arn=args.table_arn,
                    index_arns=args.index_arns,
                    log_streams_arn=pulumi.Output.concat(log_group.arn, ":*"),
                )
            ),
            opts=child,
        )
        function = lambda_.Function(
            f"{name}-function",
            name=name,
            package_type="Image",
            image_uri=args.image_uri,
            architectures=[args.architecture],
            memory_size=args.memory_mb,
            timeout=args.timeout_seconds,
            role=role.arn,
            publish=True,
            reserved_concurrent_executions=args.reserved_concurrency,
            environment=lambda_.FunctionEnvironmentArgs(variables=args.environment),
            logging_config=lambda_.FunctionLoggingConfigArgs(
                log_format="JSON",
                log_group=log_group.name,
                # Never above INFO, or Lambda would drop the metrics, which are log lines; LOG_LEVEL rules the rest.
                application_log_level="DEBUG" if args.log_level == "DEBUG" else "INFO",
                system_log_level="INFO",
            ),
            tracing_config=lambda_.FunctionTracingConfigArgs(mode="Active"),
            # The first call must already be allowed to log and to reach the table.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        alias = lambda_.Alias(
            f"{name}-{LIVE}",
            name=LIVE,
            function_name=function.name,
            function_version=str(args.live_version) if args.live_version else function.version,
            opts=child,
        )
        if args.provisioned_concurrency:
            lambda_.ProvisionedConcurrencyConfig(
                f"{name}-warm",
                function_name=function.name,
                qualifier=alias.name,
                provisioned_concurrent_executions=args.provisioned_concurrency,
                opts=child,
            )
        self.function_name = function.name
        self.alias_name = alias.name
        # The alias's own ARN ends in the alias; the function's would run whatever was published last.
        self.alias_invoke_arn = alias.invoke_arn
        self.log_group_name = log_group.name
        self.register_outputs({"function_name": self.function_name})
