"""The tables: one of expenses, and one of what is kept beside them."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import dynamodb

from api.tables import EXPENSES, RECORDS, TableDefinition
from infra.config.model import Config


@dataclass(frozen=True, slots=True)
class Access:
    """What the Lambda does with a table.

    A transaction needs the right to each of its parts and none of its own, but CloudWatch counts it by its own name.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """

    actions: tuple[str, ...]
    """What its role allows on the table itself."""
    index_actions: tuple[str, ...]
    """What its role allows on the table's indexes."""
    operations: tuple[str, ...]
    """What CloudWatch counts its calls by: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html"""


EXPENSES_ACCESS = Access(
    actions=("DeleteItem", "GetItem", "PutItem"),
    # Lists go through the indexes only, so the table itself needs no Query.
    index_actions=("Query",),
    operations=("GetItem", "PutItem", "Query", "TransactWriteItems"),
)
RECORDS_ACCESS = Access(
    actions=("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
    index_actions=(),
    operations=("GetItem", "Query", "TransactWriteItems"),
)


class Table(pulumi.ComponentResource):
    """A DynamoDB table paid by the request, encrypted under the account's own key for DynamoDB."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    index_arns: tuple[pulumi.Output[str], ...]
    access: Access

    def __init__(
        self,
        config: Config,
        definition: TableDefinition,
        access: Access,
        *,
        name: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("expenses:infra:Table", name, None, opts)
        ttl = definition.ttl_attribute
        table = dynamodb.Table(
            f"{name}-table",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            # A bound on what an attack or a loop in a client can cost.
            on_demand_throughput=dynamodb.TableOnDemandThroughputArgs(
                max_read_request_units=config.max_read_units, max_write_request_units=config.max_write_units
            ),
            hash_key=definition.partition_key,
            range_key=definition.sort_key,
            attributes=[dynamodb.TableAttributeArgs(name=key, type="S") for key in definition.key_attributes],
            # DynamoDB makes these with the table and never afterwards: a change replaces the table.
            local_secondary_indexes=[
                dynamodb.TableLocalSecondaryIndexArgs(name=index.name, range_key=index.sort_key, projection_type="ALL")
                for index in definition.local_indexes
            ],
            ttl=dynamodb.TableTtlArgs(attribute_name=ttl, enabled=True) if ttl else None,
            point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(enabled=config.point_in_time_recovery),
            server_side_encryption=dynamodb.TableServerSideEncryptionArgs(enabled=True),
            deletion_protection_enabled=config.deletion_protection,
            opts=pulumi.ResourceOptions(parent=self, protect=config.deletion_protection),
        )
        self.name = table.name
        self.arn = table.arn
        self.index_arns = tuple(
            pulumi.Output.concat(table.arn, "/index/", index.name) for index in definition.local_indexes
        )
        self.access = access
        self.register_outputs({"table_name": self.name})


class Tables:
    """Both tables of a stack."""

    def __init__(self, config: Config) -> None:
        self.expenses = Table(config, EXPENSES, EXPENSES_ACCESS, name=config.name)
        self.records = Table(config, RECORDS, RECORDS_ACCESS, name=f"{config.name}-records")

    @property
    def by_id(self) -> dict[str, Table]:
        """Each of them, by a word of lower case that names it."""
        return {"expenses": self.expenses, "records": self.records}
