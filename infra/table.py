"""The table of expenses."""

import pulumi
from pulumi_aws import dynamodb

from api.tables import EXPENSES
from infra.config.model import Config

TABLE_CALLS = ("DeleteItem", "GetItem", "PutItem")
INDEX_CALLS = ("Query",)
"""What the Lambda calls, of the table and of its indexes. It is what its role allows and what the alarms watch."""


class Table(pulumi.ComponentResource):
    """A DynamoDB table paid by the request, encrypted under the account's own key for DynamoDB."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    index_arns: tuple[pulumi.Output[str], ...]

    def __init__(self, config: Config, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Table", config.name, None, opts)
        table = dynamodb.Table(
            f"{config.name}-table",
            name=config.name,
            billing_mode="PAY_PER_REQUEST",
            # A bound on what an attack or a loop in a client can cost.
            on_demand_throughput=dynamodb.TableOnDemandThroughputArgs(
                max_read_request_units=config.max_read_units, max_write_request_units=config.max_write_units
            ),
            hash_key=EXPENSES.partition_key,
            range_key=EXPENSES.sort_key,
            attributes=[dynamodb.TableAttributeArgs(name=name, type="S") for name in EXPENSES.key_attributes],
            # DynamoDB makes these with the table and never afterwards: a change replaces the table.
            local_secondary_indexes=[
                dynamodb.TableLocalSecondaryIndexArgs(name=index.name, range_key=index.sort_key, projection_type="ALL")
                for index in EXPENSES.local_indexes
            ],
            point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(enabled=config.point_in_time_recovery),
            server_side_encryption=dynamodb.TableServerSideEncryptionArgs(enabled=True),
            deletion_protection_enabled=config.deletion_protection,
            opts=pulumi.ResourceOptions(parent=self, protect=config.deletion_protection),
        )
        self.name = table.name
        self.arn = table.arn
        self.index_arns = tuple(
            pulumi.Output.concat(table.arn, "/index/", index.name) for index in EXPENSES.local_indexes
        )
        self.register_outputs({"table_name": self.name})
