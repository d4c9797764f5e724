"""The Lambda that responds to every request."""

import pulumi
from pulumi_aws import cloudwatch, iam, lambda_

from infra.config.model import Config
from infra.function.policy import TRUST_POLICY, function_policy
from infra.identity import Identity
from infra.image.component import Image
from infra.tables import Tables

LIVE = "live"
"""The alias that the gateway calls; what it points to is what users get."""


class Function(pulumi.ComponentResource):
    """A Lambda from an image: each change is a new version, and the alias `live` points to one of them."""

    name: pulumi.Output[str]
    alias_name: pulumi.Output[str]
    alias_invoke_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    metrics_namespace: str

    def __init__(
        self,
        config: Config,
        *,
        image: Image,
        tables: Tables,
        identity: Identity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("expenses:infra:Function", config.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.metrics_namespace = f"Expenses/{pulumi.get_stack()}"
        log_group = cloudwatch.LogGroup(
            f"{config.name}-log",
            name=f"/aws/lambda/{config.name}",
            retention_in_days=config.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self, protect=config.deletion_protection),
        )
        role = iam.Role(
            f"{config.name}-function", assume_role_policy=pulumi.Output.json_dumps(TRUST_POLICY), opts=child
        )
        policy = iam.RolePolicy(
            f"{config.name}-function",
            role=role.id,
            policy=pulumi.Output.json_dumps(function_policy(tables, log_group_arn=log_group.arn)),
            # Replaced and not changed: Pulumi makes the new one before the code that needs it, and deletes the old one
            # at the end, when no code needs it any more.
            opts=pulumi.ResourceOptions(parent=self, replace_on_changes=["policy"]),
        )
        function = lambda_.Function(
            f"{config.name}-function",
            name=config.name,
            package_type="Image",
            image_uri=image.uri,
            architectures=[config.architecture],
            memory_size=config.memory_mb,
            timeout=config.timeout_seconds,
            role=role.arn,
            publish=True,
            reserved_concurrent_executions=config.reserved_concurrency,
            environment=lambda_.FunctionEnvironmentArgs(
                variables={
                    "TABLE_NAME": tables.expenses.name,
                    "RECORDS_TABLE_NAME": tables.records.name,
                    "USER_POOL_CLIENT_ID": identity.client_id,
                    "DEFAULT_CURRENCY": config.default_currency,
                    "ALLOWED_ORIGINS": ",".join(config.allowed_origins),
                    "METRICS_NAMESPACE": self.metrics_namespace,
                    "LOG_LEVEL": config.log_level,
                    "FUNCTION_TIMEOUT_SECONDS": str(config.timeout_seconds),
                }
            ),
            logging_config=lambda_.FunctionLoggingConfigArgs(
                log_format="JSON",
                log_group=log_group.name,
                # Always: below, AWS's libraries log whole requests with the role's token and what users write; above,
                # Lambda drops the metrics, which are log lines. LOG_LEVEL rules the rest.
                application_log_level="INFO",
                system_log_level="INFO",
            ),
            tracing_config=lambda_.FunctionTracingConfigArgs(mode="Active"),
            # The first call must already be allowed to log and to reach the tables.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        alias = lambda_.Alias(
            f"{config.name}-{LIVE}",
            name=LIVE,
            function_name=function.name,
            function_version=str(config.live_version) if config.live_version else function.version,
            opts=child,
        )
        if config.provisioned_concurrency:
            lambda_.ProvisionedConcurrencyConfig(
                f"{config.name}-warm",
                function_name=function.name,
                qualifier=alias.name,
                provisioned_concurrent_executions=config.provisioned_concurrency,
                opts=child,
            )
        self.name = function.name
        self.alias_name = alias.name
        # The alias's own ARN ends in the alias; the function's would run whatever was published last.
        self.alias_invoke_arn = alias.invoke_arn
        self.log_group_name = log_group.name
        self.register_outputs({"function_name": self.name})
