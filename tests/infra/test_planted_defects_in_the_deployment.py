"""Each check of a recording finds the defect that it is there for."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.infra.checks import RECORDING_CHECKS
from tests.infra.recording import Recording, Resource, recorded

Plant = Callable[[Recording], None]


def _step_to(node: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        node = node[step]
    return node


def put(kind: str, *path: str | int, value: Any) -> Plant:
    """Give the first resource of a kind another input."""

    def plant(recording: Recording) -> None:
        _step_to(recording.all(kind)[0].inputs, path[:-1])[path[-1]] = value

    return plant


def drop(kind: str, *path: str | int) -> Plant:
    """Take an input from the first resource of a kind."""

    def plant(recording: Recording) -> None:
        del _step_to(recording.all(kind)[0].inputs, path[:-1])[path[-1]]

    return plant


def put_inside(kind: str, text: str, *path: str | int, value: Any) -> Plant:
    """Change the JSON that an input of the first resource of a kind is the text of."""

    def plant(recording: Recording) -> None:
        inputs = recording.all(kind)[0].inputs
        document = json.loads(inputs[text])
        _step_to(document, path[:-1])[path[-1]] = value
        inputs[text] = json.dumps(document, sort_keys=True, separators=(",", ":"))

    return plant


def with_resource(kind: str, change: Callable[[Resource], None]) -> Plant:
    """Change the first resource of a kind in another way."""
    return lambda recording: change(recording.all(kind)[0])


def without(kind: str) -> Plant:
    """Take away every resource of a kind."""

    def plant(recording: Recording) -> None:
        gone = recording.all(kind)
        recording.resources = [resource for resource in recording.resources if resource not in gone]

    return plant


def _set_attribute(name: str, value: Any) -> Callable[[Resource], None]:
    return lambda resource: setattr(resource, name, value)


def _repeat_the_first_alarm(recording: Recording) -> None:
    recording.resources.append(copy.deepcopy(recording.all("MetricAlarm")[0]))


def _unprotect_the_account(recording: Recording) -> None:
    recording.one("Account").retain_on_delete = False


def _leak_the_password(recording: Recording) -> None:
    recording.outputs["image_digest"] = "registry-password"


def _depend_on_the_gateway(recording: Recording) -> None:
    recording.one("Function").depends_on |= {recording.one("Stage").urn}


def _forget_to_finish(recording: Recording) -> None:
    recording.finished.pop()


_STATEMENT = ("RolePolicy", "policy", "Statement")
_FIRST_GRAPH = ("Dashboard", "dashboardBody", "widgets", 0, "properties", "metrics", 0)
_ALARM = ("MetricAlarm", "metricQueries")
_FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:expenses-prod"
_UNQUALIFIED = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{_FUNCTION_ARN}/invocations"

DEFECTS: Mapping[str, tuple[str, Plant]] = {
    "a misspelt property deep inside": (
        "every_input_is_one_that_the_provider_knows",
        put("Table", "pointInTimeRecovery", "enabledd", value=True),
    ),
    "a number for a text": ("every_input_is_one_that_the_provider_knows", put("Function", "name", value=7)),
    "a required property left out": ("every_input_is_one_that_the_provider_knows", drop("Alias", "functionName")),
    "a resource at the root": (
        "every_resource_belongs_to_a_component_that_finishes",
        with_resource("Topic", _set_attribute("parent", "urn:pulumi:prod::expenses::pulumi:pulumi:Stack::x")),
    ),
    "a component that registers no outputs": (
        "every_resource_belongs_to_a_component_that_finishes",
        _forget_to_finish,
    ),
    "a function name of 65 characters": (
        "every_name_is_unique_and_within_aws_s_limits",
        put("Function", "name", value="f" * 65),
    ),
    "two alarms of one name": ("every_name_is_unique_and_within_aws_s_limits", _repeat_the_first_alarm),
    "a login domain with a reserved word": (
        "every_name_is_unique_and_within_aws_s_limits",
        put("UserPoolDomain", "domain", value="my-aws-expenses"),
    ),
    "a table that can be deleted beside a pool that can't": (
        "deletion_protection_is_all_or_nothing",
        put("Table", "deletionProtectionEnabled", value=False),
    ),
    "a log without an end": ("every_log_has_an_end_and_a_place", drop("LogGroup", "retentionInDays")),
    "an attribute that no key uses": (
        "the_table_is_the_shared_definition",
        put("Table", "attributes", 0, "name", value="amount"),
    ),
    "an index less": ("the_table_is_the_shared_definition", drop("Table", "localSecondaryIndexes", 0)),
    "short passwords": ("the_user_pool_is_strict", put("UserPool", "passwordPolicy", "minimumLength", value=8)),
    "a new email address that nobody verifies": (
        "the_user_pool_is_strict",
        drop("UserPool", "userAttributeUpdateSettings"),
    ),
    "a password history on LITE": (
        "the_user_pool_asks_only_what_its_tier_has",
        put("UserPool", "userPoolTier", value="LITE"),
    ),
    "an authenticator app without MFA": (
        "the_user_pool_asks_only_what_its_tier_has",
        put("UserPool", "mfaConfiguration", value="OFF"),
    ),
    "a client with a secret": (
        "the_client_is_public_and_tells_nothing",
        put("UserPoolClient", "generateSecret", value=True),
    ),
    "a client that tells who is registered": (
        "the_client_is_public_and_tells_nothing",
        put("UserPoolClient", "preventUserExistenceErrors", value="LEGACY"),
    ),
    "tags that can move": (
        "the_repository_is_immutable_scanned_and_lambda_s",
        put("Repository", "imageTagMutability", value="MUTABLE"),
    ),
    "images that Lambda may not pull": (
        "the_repository_is_immutable_scanned_and_lambda_s",
        without("RepositoryPolicy"),
    ),
    "an image for another processor": (
        "the_image_is_one_platform_built_from_here",
        put("Image", "platforms", value=["linux/amd64"]),
    ),
    "an image for two platforms": (
        "the_image_is_one_platform_built_from_here",
        put("Image", "platforms", value=["linux/arm64", "linux/amd64"]),
    ),
    "a preview that needs Docker": (
        "the_image_is_one_platform_built_from_here",
        put("Image", "buildOnPreview", value=True),
    ),
    "a relative build context": (
        "the_image_is_one_platform_built_from_here",
        put("Image", "context", "location", value=".."),
    ),
    "a password in plain text": (
        "the_registry_s_password_is_secret",
        with_resource("Image", _set_attribute("secrets", frozenset())),
    ),
    "a password among the outputs": ("the_registry_s_password_is_secret", _leak_the_password),
    "a tag instead of the digest": (
        "the_function_runs_the_image_by_digest",
        put("Function", "imageUri", value="123456789012.dkr.ecr.eu-west-1.amazonaws.com/expenses-prod:latest"),
    ),
    "no version": ("the_function_is_published_traced_and_logs_json", put("Function", "publish", value=False)),
    "a runtime beside the image": (
        "the_function_is_published_traced_and_logs_json",
        put("Function", "runtime", value="python3.13"),
    ),
    "metrics that Lambda drops": (
        "the_function_is_published_traced_and_logs_json",
        put("Function", "loggingConfig", "applicationLogLevel", value="WARN"),
    ),
    "a setting left out": (
        "the_function_s_environment_is_what_it_reads",
        drop("Function", "environment", "variables", "LOG_LEVEL"),
    ),
    "a setting that nobody reads": (
        "the_function_s_environment_is_what_it_reads",
        put("Function", "environment", "variables", "API_URL", value="https://api.example.com"),
    ),
    "another table": (
        "the_function_s_environment_is_what_it_reads",
        put("Function", "environment", "variables", "TABLE_NAME", value="expenses-dev"),
    ),
    "a function that waits for its own gateway": ("the_function_knows_nothing_of_the_gateway", _depend_on_the_gateway),
    "a function before its permissions": (
        "the_function_waits_for_its_permissions",
        with_resource("Function", _set_attribute("depends_on", frozenset())),
    ),
    "an alias of whatever is newest": (
        "the_alias_points_to_a_published_version",
        put("Alias", "functionVersion", value="$LATEST"),
    ),
    "every DynamoDB action": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(*_STATEMENT, 0, "Action", value="dynamodb:*"),
    ),
    "every table": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(*_STATEMENT, 0, "Resource", value="*"),
    ),
    "every index": (
        "no_policy_has_a_wildcard_where_aws_has_something_finer",
        put_inside(
            *_STATEMENT, 1, "Resource", value="arn:aws:dynamodb:eu-west-1:123456789012:table/expenses-prod/index/*"
        ),
    ),
    "a scan that is never made": (
        "the_function_may_do_exactly_what_it_does",
        put_inside(*_STATEMENT, 0, "Action", value=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"]),
    ),
    "a policy inside the role": ("no_role_uses_what_is_deprecated", put("Role", "inlinePolicies", value=[])),
    "endpoint types as a list": (
        "every_input_is_one_that_the_provider_knows",
        put("RestApi", "endpointConfiguration", "types", value=["REGIONAL"]),
    ),
    "an import that loses parts in silence": (
        "the_rest_api_fails_on_warnings_and_keeps_its_arguments",
        put("RestApi", "failOnWarnings", value=False),
    ),
    "an import that merges": (
        "the_rest_api_fails_on_warnings_and_keeps_its_arguments",
        put("RestApi", "putRestApiMode", value="merge"),
    ),
    "a description left to the provider": (
        "the_rest_api_fails_on_warnings_and_keeps_its_arguments",
        drop("RestApi", "description"),
    ),
    "a compression size as a number": (
        "the_rest_api_fails_on_warnings_and_keeps_its_arguments",
        put("RestApi", "minimumCompressionSize", value=1024),
    ),
    "a body in the order of chance": (
        "the_rest_api_fails_on_warnings_and_keeps_its_arguments",
        put("RestApi", "body", value='{"paths":{},"openapi":"3.0.3"}'),
    ),
    "the unqualified function": (
        "the_gateway_calls_the_alias",
        put_inside(
            "RestApi",
            "body",
            *("paths", "/expenses", "get", "x-amazon-apigateway-integration", "uri"),
            value=_UNQUALIFIED,
        ),
    ),
    "somebody else's user pool": (
        "the_gateway_asks_this_user_pool",
        put_inside(
            "RestApi",
            "body",
            *("components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer", "providerARNs"),
            value=["arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Other"],
        ),
    ),
    "a permission for the unqualified function": ("the_gateway_may_call_the_alias", drop("Permission", "qualifier")),
    "a permission for every API": ("the_gateway_may_call_the_alias", drop("Permission", "sourceArn")),
    "a trigger that never changes": ("a_changed_body_is_deployed", put("Deployment", "triggers", "body", value="1")),
    "a deployment that makes its own stage": (
        "a_changed_body_is_deployed",
        put("Deployment", "stageName", value="v1"),
    ),
    "a deployment deleted before the next": (
        "a_changed_body_is_deployed",
        with_resource("Deployment", _set_attribute("delete_before_replace", True)),
    ),
    "a stage without traces": (
        "the_stage_serves_that_deployment_and_traces",
        put("Stage", "xrayTracingEnabled", value=False),
    ),
    "the token in the access log": (
        "the_access_log_is_json_without_secrets",
        put("Stage", "accessLogSettings", "format", value='{"token":"$input.params().header.Authorization"}'),
    ),
    "no throttling": (
        "the_gateway_throttles_and_logs_no_bodies",
        drop("MethodSettings", "settings", "throttlingRateLimit"),
    ),
    "bodies in the execution log": (
        "the_gateway_throttles_and_logs_no_bodies",
        put("MethodSettings", "settings", "dataTraceEnabled", value=True),
    ),
    "an account without logs once the stack goes": (
        "the_account_s_logging_role_outlives_the_stack",
        _unprotect_the_account,
    ),
    "a stage before its logging role": (
        "logging_starts_after_its_role",
        with_resource("Stage", _set_attribute("depends_on", frozenset())),
    ),
    "a firewall before nothing": ("the_firewall_covers_the_stage", without("WebAclAssociation")),
    "an alarm on another table": (
        "every_alarm_watches_something_that_exists",
        lambda recording: put_metric(recording, "table-errors", "TableName", "expenses"),
    ),
    "an alarm on a metric that is none": (
        "every_alarm_watches_something_that_exists",
        put(*_ALARM, 0, "metric", "metricName", value="5xxError"),
    ),
    "an alarm on a number that is none": (
        "every_alarm_computes_one_number",
        put(*_ALARM, -1, "expression", value="100 * faults / requests"),
    ),
    "an alarm that nobody hears": ("every_alarm_is_told_to_the_topic", drop("MetricAlarm", "alarmActions")),
    "an alarm whenever nobody calls": (
        "silence_is_no_alarm",
        put("MetricAlarm", "treatMissingData", value="breaching"),
    ),
    "no alarms": ("the_alarms_cover_what_can_fail", without("MetricAlarm")),
    "a graph of an API that is none": (
        "every_graph_shows_something_that_exists",
        put_inside(*_FIRST_GRAPH, 3, value="expenses-dev"),
    ),
    "a graph of a sum of nothing": (
        "every_expression_on_the_dashboard_uses_a_metric_of_its_graph",
        put_inside(*_FIRST_GRAPH, value=[{"expression": "calls / 60", "id": "rate"}]),
    ),
    "a widget on another": (
        "the_dashboard_s_widgets_stand_side_by_side",
        put_inside("Dashboard", "dashboardBody", "widgets", 1, "x", value=0),
    ),
    "a dashboard of another region": (
        "the_dashboard_is_of_this_region",
        put_inside("Dashboard", "dashboardBody", "widgets", 0, "properties", "region", value="us-east-1"),
    ),
    "a dashboard without traffic": (
        "the_dashboard_shows_what_a_person_on_call_asks",
        put_inside("Dashboard", "dashboardBody", "widgets", 0, "properties", "metrics", value=[]),
    ),
    "a query of another log": (
        "every_log_query_reads_a_log_that_exists",
        put("QueryDefinition", "logGroupNames", value=["/aws/lambda/expenses"]),
    ),
    "a query of a field that is never logged": (
        "every_log_query_uses_fields_that_are_logged",
        put("QueryDefinition", "queryString", value="stats max(duration_seconds) by operation_id"),
    ),
}


def put_metric(recording: Recording, alarm: str, dimension: str, value: str) -> None:
    """Let an alarm look elsewhere."""
    found = next(r for r in recording.all("MetricAlarm") if r.name.endswith(alarm))
    found.inputs["metricQueries"][0]["metric"]["dimensions"][dimension] = value


@pytest.mark.parametrize(("check", "plant"), DEFECTS.values(), ids=DEFECTS)
def test_the_planted_defect_is_found(check: str, plant: Plant) -> None:
    recording = copy.deepcopy(recorded("prod"))
    plant(recording)
    assert RECORDING_CHECKS[check](recording)


def test_every_check_has_a_defect_that_it_finds() -> None:
    assert {check for check, _ in DEFECTS.values()} == RECORDING_CHECKS.keys()
