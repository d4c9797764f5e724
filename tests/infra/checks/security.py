"""What must hold of a deployment so that each user reaches only their own data."""

import json
import re

from tests.infra.recording import Recording
from tests.infra.statements import grants, statements

WITHOUT_FINER_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
"""https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html"""

SECRET_FIELDS = re.compile(r"claims|header|token|\$context\.path\b|customDomain|authorizer\.(?!error)", re.IGNORECASE)


def no_policy_has_a_wildcard_where_aws_has_something_finer(recording: Recording) -> list[str]:
    found = [
        f"{s['Effect']} {s.get('NotAction', s.get('NotResource'))}" for s in statements(recording) if "Not" in str(s)
    ]
    for action, resource in grants(recording):
        if "*" in action:
            found.append(f"{action} is a wildcard")
        wild = "*" in resource.removesuffix(":*") or "*" in resource.split(":")[:5]
        if wild and action not in WITHOUT_FINER_RESOURCE:
            found.append(f"{action} on {resource}")
    return found


def only_lambda_of_this_account_pulls_the_images(recording: Recording) -> list[str]:
    [policy] = [json.loads(policy.inputs["policy"]) for policy in recording.all("RepositoryPolicy")]
    found = [
        f"images are for {s['Principal']}"
        for s in policy["Statement"]
        if s["Principal"] != {"Service": "lambda.amazonaws.com"}
    ]
    return found + [
        f"{s['Sid']} is for any account" for s in policy["Statement"] if "aws:sourceArn" not in str(s.get("Condition"))
    ]


def the_registry_s_password_is_secret(recording: Recording) -> list[str]:
    image = recording.one("Image")
    found = [] if "registries" in image.secrets else ["the registry's password is in the state as plain text"]
    password = image.inputs["registries"][0]["password"]
    leaks = [r.name for r in recording.resources if r is not image and password in json.dumps(r.inputs)]
    return found + leaks + [name for name, value in recording.outputs.items() if value == password]


def the_function_runs_the_image_by_digest(recording: Recording) -> list[str]:
    uri = recording.one("Function").inputs["imageUri"]
    digest = recording.outputs["image_digest"]
    return [] if uri.endswith(f"@{digest}") and ":" not in uri.partition("@")[0] else [f"the function runs {uri}"]


def the_function_never_logs_what_its_libraries_send(recording: Recording) -> list[str]:
    level = recording.one("Function").inputs["loggingConfig"]["applicationLogLevel"]
    return [] if level == "INFO" else [f"the application log level is {level}"]


def the_client_is_public_and_tells_nothing(recording: Recording) -> list[str]:
    client = recording.one("UserPoolClient").inputs
    wanted = {
        "generateSecret": False,
        "allowedOauthFlows": ["code"],
        "preventUserExistenceErrors": "ENABLED",
        "enableTokenRevocation": True,
    }
    return [f"client.{key} is {client.get(key)}" for key, value in wanted.items() if client.get(key) != value]


def tokens_are_short_lived_and_rotate(recording: Recording) -> list[str]:
    client = recording.one("UserPoolClient").inputs
    found = [
        f"{name} is {client[name]} minutes" for name in ("idTokenValidity", "accessTokenValidity") if client[name] > 15
    ]
    found += [
        f"{name} is in {unit}"
        for name, unit in client["tokenValidityUnits"].items()
        if name != "refreshToken" and unit != "minutes"
    ]
    can_rotate = recording.one("UserPool").inputs["userPoolTier"] != "LITE"
    if ("refreshTokenRotation" in client) != can_rotate:
        found.append(f"rotation is {client.get('refreshTokenRotation')}")
    if ("ALLOW_REFRESH_TOKEN_AUTH" in client["explicitAuthFlows"]) == can_rotate:
        found.append("Cognito refuses a client with rotation and REFRESH_TOKEN_AUTH, and one with neither cannot renew")
    return found


def a_new_email_address_is_verified_first(recording: Recording) -> list[str]:
    settings = recording.one("UserPool").inputs.get("userAttributeUpdateSettings", {})
    verified = settings.get("attributesRequireVerificationBeforeUpdates")
    return [] if verified == ["email"] else [f"verified before it changes is {verified}"]


def the_gateway_asks_this_user_pool(recording: Recording) -> list[str]:
    body = json.loads(recording.one("RestApi").inputs["body"])
    schemes = body["components"]["securitySchemes"].values()
    arns = [arn for scheme in schemes for arn in scheme["x-amazon-apigateway-authorizer"]["providerARNs"]]
    return [] if arns == [recording.one("UserPool").outputs["arn"]] else [f"the gateway asks {arns}"]


def only_this_api_may_call_the_alias(recording: Recording) -> list[str]:
    permission = recording.one("Permission").inputs
    wanted = {
        "principal": "apigateway.amazonaws.com",
        "function": recording.one("Function").inputs["name"],
        "qualifier": recording.one("Alias").inputs["name"],
        "sourceArn": recording.one("RestApi").outputs["executionArn"] + "/*/*",
    }
    return [
        f"permission.{key} is {permission.get(key)}" for key, value in wanted.items() if permission.get(key) != value
    ]


def the_access_log_has_no_secrets(recording: Recording) -> list[str]:
    fields = json.loads(recording.one("Stage").inputs["accessLogSettings"]["format"])
    return [f"{name} logs {value}" for name, value in fields.items() if SECRET_FIELDS.search(value)]


def every_method_is_throttled_and_logs_no_bodies(recording: Recording) -> list[str]:
    found = []
    for settings in recording.all("MethodSettings"):
        limits = [settings.inputs["settings"].get(f"throttling{kind}Limit", -1) for kind in ("Rate", "Burst")]
        found += [f"{settings.name} is not throttled"] if min(limits) <= 0 else []
        found += [f"{settings.name} logs bodies"] if settings.inputs["settings"]["dataTraceEnabled"] else []
    everywhere = any(settings.inputs["methodPath"] == "*/*" for settings in recording.all("MethodSettings"))
    return found if everywhere else [*found, "not every method is throttled"]


def a_firewall_covers_the_stage_and_the_pool(recording: Recording) -> list[str]:
    associated = {association.inputs["resourceArn"] for association in recording.all("WebAclAssociation")}
    wanted = {recording.one("Stage").outputs["arn"], recording.one("UserPool").outputs["arn"]}
    return [f"the firewall covers {associated}"] if recording.all("WebAcl") and associated != wanted else []
