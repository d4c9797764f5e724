"""The firewall stops attacks and no legitimate note."""

from typing import Any

import pytest

from tests.infra.recording import recorded

LEGITIMATE = {
    "a caller without a name": "NoUserAgent_HEADER",
    "a query of more than 2,048 bytes": "SizeRestrictions_QUERYSTRING",
    "a body of more than 8 KB": "SizeRestrictions_BODY",
    "a note of ../": "GenericLFI_BODY",
    "a search for ../": "GenericLFI_QUERYARGUMENTS",
    "a note of http://1.2.3.4": "GenericRFI_BODY",
    "a redirect to http://localhost": "GenericRFI_QUERYARGUMENTS",
    "a note of 169.254.169.254": "EC2MetaDataSSRF_BODY",
    "a search for 169.254.169.254": "EC2MetaDataSSRF_QUERYARGUMENTS",
    "a note of <script>": "CrossSiteScripting_BODY",
    "a search for <script>": "CrossSiteScripting_QUERYARGUMENTS",
    "a search for a file's name": "RestrictedExtensions_QUERYARGUMENTS",
}


def common_rules() -> dict[str, Any]:
    rules = {rule["name"]: rule["statement"] for rule in recorded("prod").one("WebAcl").inputs["rules"]}
    group: dict[str, Any] = rules["common"]["managedRuleGroupStatement"]
    return group


@pytest.mark.parametrize("rule", LEGITIMATE.values(), ids=LEGITIMATE)
def test_what_users_may_send_is_counted_and_not_blocked(rule: str) -> None:
    [override] = [each for each in common_rules()["ruleActionOverrides"] if each["name"] == rule]
    assert override["actionToUse"] == {"count": {}}


def test_every_other_common_rule_blocks() -> None:
    assert common_rules()["name"] == "AWSManagedRulesCommonRuleSet"
    assert {each["name"] for each in common_rules()["ruleActionOverrides"]} == set(LEGITIMATE.values())
    [common] = [rule for rule in recorded("prod").one("WebAcl").inputs["rules"] if rule["name"] == "common"]
    assert common["overrideAction"] == {"none": {}}


def test_no_sample_of_a_request_is_kept() -> None:
    acl = recorded("prod").one("WebAcl").inputs
    visibilities = [acl["visibilityConfig"], *(rule["visibilityConfig"] for rule in acl["rules"])]
    assert not any(visibility["sampledRequestsEnabled"] for visibility in visibilities)
