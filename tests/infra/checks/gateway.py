"""What must hold of the API and of what stands before it."""

import hashlib
import json
import re

from infra.components.gateway import ACCESS_LOG_FIELDS
from tests.infra.checks.expected import expect
from tests.infra.recording import Recording


def the_rest_api_fails_on_warnings_and_keeps_its_arguments(recording: Recording) -> list[str]:
    api = recording.one("RestApi").inputs
    found = expect(
        "api",
        api,
        {"failOnWarnings": True, "putRestApiMode": "overwrite", "endpointConfiguration": {"types": "REGIONAL"}},
    )
    arguments = ("name", "description", "binaryMediaTypes", "minimumCompressionSize", "apiKeySource")
    found += [f"api.{key} is left to what the provider last saw" for key in arguments if key not in api]
    if not isinstance(api.get("minimumCompressionSize"), str):
        found.append("api.minimumCompressionSize is not a text")
    if api["body"] != json.dumps(json.loads(api["body"]), sort_keys=True, separators=(",", ":"), ensure_ascii=False):
        found.append("the body's text is not the same for the same document")
    return found


def the_gateway_calls_the_alias(recording: Recording) -> list[str]:
    body = json.loads(recording.one("RestApi").inputs["body"])
    wanted = recording.one("Alias").outputs["invokeArn"]
    uris = {
        operation["x-amazon-apigateway-integration"].get("uri")
        for item in body["paths"].values()
        for method, operation in item.items()
        if method != "options"
    }
    return [f"the gateway calls {uri}" for uri in uris if uri != wanted]


def the_gateway_asks_this_user_pool(recording: Recording) -> list[str]:
    body = json.loads(recording.one("RestApi").inputs["body"])
    arns = [
        arn
        for scheme in body["components"]["securitySchemes"].values()
        for arn in scheme["x-amazon-apigateway-authorizer"]["providerARNs"]
    ]
    return [] if arns == [recording.one("UserPool").outputs["arn"]] else [f"the gateway asks {arns}"]


def the_gateway_may_call_the_alias(recording: Recording) -> list[str]:
    return expect(
        "permission",
        recording.one("Permission").inputs,
        {
            "principal": "apigateway.amazonaws.com",
            "action": "lambda:InvokeFunction",
            "function": recording.one("Function").inputs["name"],
            "qualifier": recording.one("Alias").inputs["name"],
            "sourceArn": recording.one("RestApi").outputs["executionArn"] + "/*/*",
        },
    )


def a_changed_body_is_deployed(recording: Recording) -> list[str]:
    deployment, body = recording.one("Deployment"), recording.one("RestApi").inputs["body"]
    triggers = list(deployment.inputs.get("triggers", {}).values())
    found = [] if triggers == [hashlib.sha256(body.encode()).hexdigest()] else [f"deployed on a change of {triggers}"]
    if "stageName" in deployment.inputs:
        found.append("the deployment makes a stage of its own")
    if deployment.delete_before_replace:
        found.append("the deployment goes before its successor comes: the stage would point to nothing")
    if recording.one("Permission").urn not in deployment.depends_on:
        found.append("the deployment may be live before the gateway may call the function")
    return found


def the_stage_serves_that_deployment_and_traces(recording: Recording) -> list[str]:
    stage = recording.one("Stage")
    found = expect("stage", stage.inputs, {"xrayTracingEnabled": True})
    deployment = recording.one("Deployment").urn
    return found if deployment in stage.edges.get("deployment", ()) else [*found, "the stage serves another deployment"]


def the_access_log_is_json_without_secrets(recording: Recording) -> list[str]:
    settings = recording.one("Stage").inputs["accessLogSettings"]
    fields = json.loads(settings["format"])
    found = [] if fields == ACCESS_LOG_FIELDS else ["the format is another"]
    secret = re.compile(r"claims|header|token|\$context\.path\b|customDomain|authorizer\.(?!error)", re.IGNORECASE)
    found += [f"{name} logs {value}" for name, value in fields.items() if secret.search(value)]
    arns = {group.outputs["arn"] for group in recording.all("LogGroup")}
    return found if settings["destinationArn"] in arns else [*found, "the log goes elsewhere"]


def the_gateway_throttles_and_logs_no_bodies(recording: Recording) -> list[str]:
    settings = recording.one("MethodSettings").inputs
    found = expect("method settings", settings, {"methodPath": "*/*"})
    found += expect("method settings", settings["settings"], {"dataTraceEnabled": False})
    limits = [settings["settings"].get(f"throttling{kind}Limit", -1) for kind in ("Rate", "Burst")]
    return found if min(limits) > 0 else [*found, f"no throttling: {limits}"]


def the_account_s_logging_role_outlives_the_stack(recording: Recording) -> list[str]:
    component = [r.urn for r in recording.components if r.type.endswith(":AccountLogging")]
    return [
        f"{r.name} ({r.type}) goes with the stack"
        for r in recording.custom
        if r.parent in component and not r.retain_on_delete
    ]


def logging_starts_after_its_role(recording: Recording) -> list[str]:
    accounts = {account.urn for account in recording.all("Account")}
    return [] if accounts <= recording.one("Stage").depends_on else ["the stage may come before the logging role"]


def the_firewall_covers_the_stage(recording: Recording) -> list[str]:
    found = []
    for acl in recording.all("WebAcl"):
        rules = {rule["name"]: rule["statement"] for rule in acl.inputs["rules"]}
        if "rateBasedStatement" not in rules.get("rate", {}):
            found.append("no rate rule")
        if rules.get("common", {}).get("managedRuleGroupStatement", {}).get("name") != "AWSManagedRulesCommonRuleSet":
            found.append("no common rules")
        associated = [a.inputs["resourceArn"] for a in recording.all("WebAclAssociation")]
        if associated != [recording.one("Stage").outputs["arn"]]:
            found.append(f"the firewall covers {associated}")
    return found
