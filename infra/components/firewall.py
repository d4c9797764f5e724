"""AWS WAF before the gateway."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import wafv2


@dataclass(frozen=True, slots=True)
class FirewallArgs:
    """What is protected, and how many requests one address may send in five minutes."""

    stage_arn: pulumi.Input[str]
    requests_per_five_minutes: int


class Firewall(pulumi.ComponentResource):
    """A rate limit for each address, and AWS's common rules."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Firewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        acl = wafv2.WebAcl(
            f"{name}-firewall",
            name=name,
            scope="REGIONAL",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
            ),
            rules=[_rate_rule(args.requests_per_five_minutes), _COMMON_RULES],
            opts=child,
        )
        wafv2.WebAclAssociation(f"{name}-firewall-stage", web_acl_arn=acl.arn, resource_arn=args.stage_arn, opts=child)
        self.register_outputs({})


def _visibility(metric: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    # Samples would keep whole requests, tokens among them.
    return wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=False
    )


def _rate_rule(limit: int) -> wafv2.WebAclRuleArgs:
    return wafv2.WebAclRuleArgs(
        name="rate",
        priority=0,
        action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
        statement=wafv2.WebAclRuleStatementArgs(
            rate_based_statement=wafv2.WebAclRuleStatementRateBasedStatementArgs(
                limit=limit, aggregate_key_type="IP", evaluation_window_sec=300
            )
        ),
        visibility_config=_visibility("rate"),
    )


_COMMON_RULES = wafv2.WebAclRuleArgs(
    name="common",
    priority=1,
    # The SDK gives this one class no types.
    override_action=wafv2.WebAclRuleOverrideActionArgs(
        none=wafv2.WebAclRuleOverrideActionNoneArgs()  # type: ignore[no-untyped-call]
    ),
    statement=wafv2.WebAclRuleStatementArgs(
        managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
            vendor_name="AWS",
            name="AWSManagedRulesCommonRuleSet",
            rule_action_overrides=[
                # It stops bodies over 8 KB; the contract takes 64 KB and the Lambda holds to that.
                wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
                    name="SizeRestrictions_BODY",
                    action_to_use=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
                        count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
                    ),
                )
            ],
        )
    ),
    visibility_config=_visibility("common"),
)
