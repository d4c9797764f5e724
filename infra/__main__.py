"""The system on AWS.

    client -> Gateway -> Function -> Tables
                 |           |
              Identity     Image          Monitoring watches them all

Read from above: what is kept, who may use it, what runs, how it is reached, who is notified when something is wrong.
"""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import yaml

from infra.account_logging import AccountLogging
from infra.budget import Budget
from infra.config.loading import load
from infra.domain import Domain
from infra.firewall import Firewall
from infra.function.component import Function
from infra.gateway.component import Gateway
from infra.identity import Identity
from infra.image.component import Image
from infra.monitoring.component import Monitoring
from infra.tables import Tables

ROOT = Path(__file__).resolve().parents[1]

config = load()
account_id = aws.get_caller_identity_output().account_id
contract = yaml.load((ROOT / "openapi.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

tables = Tables(config)
identity = Identity(config, account_id=account_id)
image = Image(config, root=ROOT, account_id=account_id)
function = Function(config, image=image, tables=tables, identity=identity)
gateway = Gateway(
    config,
    contract=contract,
    identity=identity,
    function=function,
    log_writers=[AccountLogging(config)] if config.account_logging else [],
)
domain = Domain(config, gateway=gateway) if config.domain_name else None
if config.firewall:
    Firewall(config, gateway=gateway, identity=identity)
monitoring = Monitoring(config, gateway=gateway, function=function, tables=tables)
if config.monthly_budget:
    Budget(config)

pulumi.export("api_url", domain.url if domain else gateway.invoke_url)
pulumi.export("region", config.region)
pulumi.export("user_pool_id", identity.user_pool_id)
pulumi.export("client_id", identity.client_id)
pulumi.export("login_url", identity.login_url)
pulumi.export("table_name", tables.expenses.name)
pulumi.export("records_table_name", tables.records.name)
pulumi.export("function_name", function.name)
pulumi.export("image_digest", image.digest)
pulumi.export("dashboard_url", monitoring.dashboard_url)
