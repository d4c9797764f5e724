"""The monthly budget: a mail before a leak of money goes on for a month."""

import pulumi
from pulumi_aws import budgets

from infra.config.model import Config


class Budget(pulumi.ComponentResource):
    """A budget for all costs of the account, with mails to the alarms' address."""

    def __init__(self, config: Config, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Budget", config.name, None, opts)
        budgets.Budget(
            f"{config.name}-budget",
            name=config.name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(config.monthly_budget),
            limit_unit="USD",
            notifications=[
                budgets.BudgetNotificationArgs(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=[config.alarm_email],
                )
                for kind, percent in (("ACTUAL", 80), ("FORECASTED", 100))
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
