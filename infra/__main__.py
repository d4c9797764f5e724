"""The system on AWS.

    client -> Gateway -> Function -> Table
                 |           |
              Identity     Image          Monitoring watches them all

Read from above: what is kept, who may use it, what runs, how it is reached, who is told when something is wrong.
"""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import yaml

from api.tables import EXPENSES
from infra import config as configuration
from infra.alarms import Thresholds
from infra.components.account_logging import AccountLogging
from infra.components.domain import Domain, DomainArgs
from infra.components.firewall import Firewall, FirewallArgs
from infra.components.function import Function, FunctionArgs
from infra.components.gateway import Gateway, GatewayArgs
from infra.components.identity import Identity, IdentityArgs
from infra.components.image import Image, ImageArgs
from infra.components.monitoring import Monitoring, MonitoringArgs
from infra.components.table import Table, TableArgs
from infra.observed import Observed

ROOT = Path(__file__).resolve().parents[1]

config = configuration.load()
account_id = aws.get_caller_identity_output().account_id
contract = yaml.load((ROOT / "openapi.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
metrics_namespace = f"Expenses/{pulumi.get_stack()}"

table = Table(
    config.name,
    TableArgs(
        definition=EXPENSES,
        point_in_time_recovery=config.point_in_time_recovery,
        deletion_protection=config.deletion_protection,
    ),
)

identity = Identity(
    config.name,
    IdentityArgs(
        region=config.region,
        domain_prefix=config.login_domain_prefix or pulumi.Output.concat(config.name, "-", account_id),
        callback_urls=config.callback_urls,
        logout_urls=config.logout_urls,
        self_sign_up=config.self_sign_up,
        mfa=config.mfa,
        tier=config.user_pool_tier,
        email_from=config.email_from,
        ses_identity_arn=config.ses_identity_arn,
        deletion_protection=config.deletion_protection,
    ),
)

image = Image(
    config.name,
    ImageArgs(
        root=ROOT,
        region=config.region,
        account_id=account_id,
        architecture=config.architecture,
        keep_on_destroy=config.deletion_protection,
    ),
)

function = Function(
    config.name,
    FunctionArgs(
        image_uri=image.uri,
        architecture=config.architecture,
        memory_mb=config.memory_mb,
        timeout_seconds=config.timeout_seconds,
        environment={
            "TABLE_NAME": table.table_name,
            "DEFAULT_CURRENCY": config.default_currency,
            "ALLOWED_ORIGINS": ",".join(config.allowed_origins),
            "METRICS_NAMESPACE": metrics_namespace,
            "LOG_LEVEL": config.log_level,
        },
        log_level=config.log_level,
        log_retention_days=config.log_retention_days,
        table_arn=table.arn,
        index_arns=table.index_arns,
        reserved_concurrency=config.reserved_concurrency,
        provisioned_concurrency=config.provisioned_concurrency,
        live_version=config.live_version,
    ),
)

gateway = Gateway(
    config.name,
    GatewayArgs(
        contract=contract,
        user_pool_arn=identity.user_pool_arn,
        function_name=function.function_name,
        alias_name=function.alias_name,
        alias_invoke_arn=function.alias_invoke_arn,
        allowed_origins=config.allowed_origins,
        throttle_rate=config.throttle_rate,
        throttle_burst=config.throttle_burst,
        log_retention_days=config.log_retention_days,
        log_writers=[AccountLogging(config.name)] if config.account_logging else [],
    ),
)

api_url = gateway.invoke_url
if config.domain_name:
    api_url = Domain(
        config.name,
        DomainArgs(
            domain_name=config.domain_name,
            hosted_zone_id=config.hosted_zone_id,
            rest_api_id=gateway.rest_api_id,
            stage_name=gateway.stage_name,
        ),
    ).url

if config.firewall:
    Firewall(
        config.name,
        FirewallArgs(stage_arn=gateway.stage_arn, requests_per_five_minutes=config.firewall_rate),
    )

monitoring = Monitoring(
    config.name,
    MonitoringArgs(
        observed=Observed(
            region=config.region,
            api_name=gateway.rest_api_name,
            stage_name=gateway.stage_name,
            function_name=function.function_name,
            alias_name=function.alias_name,
            table_name=table.table_name,
            function_log=function.log_group_name,
            access_log=gateway.log_group_name,
            metrics_namespace=metrics_namespace,
            memory_mb=config.memory_mb,
        ),
        thresholds=Thresholds(
            error_percent=config.alarm_error_percent,
            latency_ms=config.alarm_latency_ms,
            concurrency=config.alarm_concurrency,
        ),
        email=config.alarm_email,
    ),
)

pulumi.export("api_url", api_url)
pulumi.export("region", config.region)
pulumi.export("user_pool_id", identity.user_pool_id)
pulumi.export("client_id", identity.client_id)
pulumi.export("login_url", identity.login_url)
pulumi.export("table_name", table.table_name)
pulumi.export("function_name", function.function_name)
pulumi.export("image_digest", image.digest)
pulumi.export("dashboard_url", monitoring.dashboard_url)
