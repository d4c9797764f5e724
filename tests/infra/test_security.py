"""Every stack passes each check of security, and each check finds the defect that it is there for."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.infra.checks import checks_of, security
from tests.infra.recording import STACKS, Recording, recorded

CHECKS = checks_of(security)

Plant = Callable[[Recording], None]


def _step_to(node: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        node = node[step]
    return node


def put(kind: str, *path: str | int, value: Any) -> Plant:
    """Give the first resource of a kind another input; None takes it away."""

    def plant(recording: Recording) -> None:
        target = _step_to(recording.all(kind)[0].inputs, path[:-1])
        if value is None:
            del target[path[-1]]
        else:
            target[path[-1]] = value

    return plant


def put_inside(kind: str, text: str, *path: str | int, value: Any) -> Plant:
    """Change the JSON that an input of the first resource of a kind is the text of."""

    def plant(recording: Recording) -> None:
        inputs = recording.all(kind)[0].inputs
        document = json.loads(inputs[text])
        _step_to(document, path[:-1])[path[-1]] = value
        inputs[text] = json.dumps(document)

    return plant


def _forget_the_secret(recording: Recording) -> None:
    recording.one("Image").secrets = frozenset()


def _leak_the_password(recording: Recording) -> None:
    recording.outputs["image_digest"] = "registry-password"


def _without_the_pool(recording: Recording) -> None:
    recording.resources = [r for r in recording.resources if not r.name.endswith("firewall-users")]


_STATEMENT = ("RolePolicy", "policy", "Statement")
_AUTHORIZER = ("components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer", "providerARNs")

DEFECTS: Mapping[str, tuple[str, Plant]] = {
    "every DynamoDB action": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(*_STATEMENT, 0, "Action", value=["dynamodb:*"]),
    ),
    "every table": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(*_STATEMENT, 0, "Resource", value="*"),
    ),
    "every index": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(*_STATEMENT, 1, "Resource", value="arn:aws:dynamodb:eu-west-1:123456789012:table/x/index/*"),
    ),
    "everything but one action": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(*_STATEMENT, 0, "NotAction", value=["dynamodb:Scan"]),
    ),
    "images for anyone": (
        "only_lambda_of_this_account_pulls_the_images",
        put_inside("RepositoryPolicy", "policy", "Statement", 0, "Principal", value="*"),
    ),
    "images for any account's functions": (
        "only_lambda_of_this_account_pulls_the_images",
        put_inside("RepositoryPolicy", "policy", "Statement", 0, "Condition", value={}),
    ),
    "a password in plain text": ("the_registry_s_password_is_secret", _forget_the_secret),
    "a password among the outputs": ("the_registry_s_password_is_secret", _leak_the_password),
    "a tag instead of the digest": (
        "the_function_runs_the_image_by_digest",
        put("Function", "imageUri", value="123456789012.dkr.ecr.eu-west-1.amazonaws.com/expenses-prod:latest"),
    ),
    "a log of whole requests": (
        "the_function_never_logs_what_its_libraries_send",
        put("Function", "loggingConfig", "applicationLogLevel", value="DEBUG"),
    ),
    "a client with a secret": (
        "the_client_is_public_and_tells_nothing",
        put("UserPoolClient", "generateSecret", value=True),
    ),
    "a client that tells who is registered": (
        "the_client_is_public_and_tells_nothing",
        put("UserPoolClient", "preventUserExistenceErrors", value="LEGACY"),
    ),
    "tokens for an hour": ("tokens_are_short_lived_and_rotate", put("UserPoolClient", "idTokenValidity", value=60)),
    "tokens for days": (
        "tokens_are_short_lived_and_rotate",
        put("UserPoolClient", "tokenValidityUnits", "idToken", value="days"),
    ),
    "a refresh token for ever": (
        "tokens_are_short_lived_and_rotate",
        put("UserPoolClient", "refreshTokenRotation", value=None),
    ),
    "rotation beside the flow that excludes it": (
        "tokens_are_short_lived_and_rotate",
        put("UserPoolClient", "explicitAuthFlows", value=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
    ),
    "a new email address that is not verified": (
        "a_new_email_address_is_verified_first",
        put("UserPool", "userAttributeUpdateSettings", value=None),
    ),
    "another user pool": (
        "the_gateway_asks_this_user_pool",
        put_inside("RestApi", "body", *_AUTHORIZER, value=["arn:aws:cognito-idp:eu-west-1:1:userpool/other"]),
    ),
    "a permission for the unqualified function": (
        "only_this_api_may_call_the_alias",
        put("Permission", "qualifier", value=None),
    ),
    "a permission for every API": ("only_this_api_may_call_the_alias", put("Permission", "sourceArn", value=None)),
    "the token in the access log": (
        "the_access_log_has_no_secrets",
        put("Stage", "accessLogSettings", "format", value='{"token":"$input.params().header.Authorization"}'),
    ),
    "a method without a limit": (
        "every_method_is_throttled_and_logs_no_bodies",
        put("MethodSettings", "settings", "throttlingRateLimit", value=None),
    ),
    "no limit for the others": (
        "every_method_is_throttled_and_logs_no_bodies",
        put("MethodSettings", "methodPath", value="health/GET"),
    ),
    "bodies in the execution log": (
        "every_method_is_throttled_and_logs_no_bodies",
        put("MethodSettings", "settings", "dataTraceEnabled", value=True),
    ),
    "a login page without the firewall": ("a_firewall_covers_the_stage_and_the_pool", _without_the_pool),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", STACKS)
def test_the_stack_passes_the_check(name: str, check: str) -> None:
    assert CHECKS[check](recorded(name)) == []


@pytest.mark.parametrize(("check", "plant"), DEFECTS.values(), ids=DEFECTS)
def test_the_planted_defect_is_found(check: str, plant: Plant) -> None:
    recording = copy.deepcopy(recorded("prod"))
    plant(recording)
    assert CHECKS[check](recording)


def test_every_check_has_a_defect_that_it_finds() -> None:
    assert {check for check, _ in DEFECTS.values()} == CHECKS.keys()
