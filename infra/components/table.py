"""The table of expenses."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import dynamodb

from api.tables import TableDefinition


@dataclass(frozen=True, slots=True)
class TableArgs:
    """What the table is to be like."""

    definition: TableDefinition
    point_in_time_recovery: bool
    deletion_protection: bool


class Table(pulumi.ComponentResource):
    """A DynamoDB table paid by the request, encrypted under the account's own key for DynamoDB."""

    table_name: pulumi.Output[str]
    arn: pulumi.Output[str]
    index_arns: tuple[pulumi.Output[str], ...]

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Table", name, None, opts)
        definition = args.definition
        table = dynamodb.Table(
            f"{name}-table",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=definition.partition_key,
            range_key=definition.sort_key,
            attributes=[
                dynamodb.TableAttributeArgs(name=attribute, type="S") for attribute in definition.key_attributes
            ],
            # DynamoDB makes these with the table and never afterwards: a change replaces the table.
            local_secondary_indexes=[
                dynamodb.TableLocalSecondaryIndexArgs(name=index.name, range_key=index.sort_key, projection_type="ALL")
                for index in definition.local_indexes
            ],
            point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(enabled=args.point_in_time_recovery),
            server_side_encryption=dynamodb.TableServerSideEncryptionArgs(enabled=True),
            deletion_protection_enabled=args.deletion_protection,
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection),
        )
        self.table_name = table.name
        self.arn = table.arn
        self.index_arns = tuple(
            pulumi.Output.concat(table.arn, "/index/", index.name) for index in definition.local_indexes
        )
        self.register_outputs({"table_name": self.table_name})
