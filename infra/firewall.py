"""AWS WAF before the gateway and before the login page."""

import pulumi
from pulumi_aws import wafv2

from infra.config.model import Config
from infra.gateway.component import Gateway
from infra.identity import Identity

COUNTED_RULES = (
    # The contract limits queries and bodies by itself, and the Lambda holds to that.
    *("SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING"),
    # A script or a device is welcome to leave its name out.
    "NoUserAgent_HEADER",
    # A note, and a search for it, may speak of <script>, ../, 169.254.169.254 and http://1.2.3.4, and the login page's
    # query has addresses: nothing here runs, opens or fetches them.
    *("CrossSiteScripting_BODY", "CrossSiteScripting_QUERYARGUMENTS"),
    *("EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_QUERYARGUMENTS"),
    *("GenericLFI_BODY", "GenericLFI_QUERYARGUMENTS"),
    *("GenericRFI_BODY", "GenericRFI_QUERYARGUMENTS"),
    "RestrictedExtensions_QUERYARGUMENTS",
)
"""The common rules that would refuse what users may write; they only count.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html"""


class Firewall(pulumi.ComponentResource):
    """A rate limit for each address, and AWS's common rules."""

    def __init__(
        self,
        config: Config,
        *,
        gateway: Gateway,
        identity: Identity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("expenses:infra:Firewall", config.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        acl = wafv2.WebAcl(
            f"{config.name}-firewall",
            name=config.name,
            scope="REGIONAL",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=config.name, sampled_requests_enabled=False
            ),
            rules=[_rate_rule(config.firewall_rate), _COMMON_RULES],
            opts=child,
        )
        for target, arn in (("stage", gateway.stage_arn), ("users", identity.user_pool_arn)):
            wafv2.WebAclAssociation(
                f"{config.name}-firewall-{target}", web_acl_arn=acl.arn, resource_arn=arn, opts=child
            )
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


_COUNT = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
    count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
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
                wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
                    name=name, action_to_use=_COUNT
                )
                for name in COUNTED_RULES
            ],
        )
    ),
    visibility_config=_visibility("common"),
)
