"""What must hold of the image, the Lambda and what it may do."""

import json
import re
from pathlib import Path

from api.settings import Settings
from api.tables import EXPENSES
from infra.permissions import INDEX_ACTIONS, TABLE_ACTIONS
from tests.infra.checks.expected import expect
from tests.infra.recording import Recording
from tests.infra.statements import actions_of, resources_of, statements

WITHOUT_FINER_RESOURCE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
"""https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html"""


def the_repository_is_immutable_scanned_and_lambda_s(recording: Recording) -> list[str]:
    repository = recording.one("Repository")
    found = expect(
        "repository",
        repository.inputs,
        {"imageTagMutability": "IMMUTABLE", "imageScanningConfiguration": {"scanOnPush": True}},
    )
    policies = [json.loads(policy.inputs["policy"]) for policy in recording.all("RepositoryPolicy")]
    readers = {s["Principal"]["Service"] for policy in policies for s in policy["Statement"]}
    if readers != {"lambda.amazonaws.com"}:
        found.append(f"images are for {sorted(readers)}")
    if not all("aws:sourceArn" in json.dumps(s["Condition"]) for policy in policies for s in policy["Statement"]):
        found.append("Lambda may pull for any account")
    return found if recording.all("LifecyclePolicy") else [*found, "old images stay for ever"]


def the_image_is_one_platform_built_from_here(recording: Recording) -> list[str]:
    image = recording.one("Image").inputs
    architecture = recording.one("Function").inputs["architectures"]
    platform = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}[architecture[0]]
    found = expect("image", image, {"push": True, "buildOnPreview": False, "platforms": [platform]})
    places = [image["context"]["location"], image["dockerfile"]["location"]]
    found += [f"{place} is not absolute" for place in places if not Path(place).is_absolute()]
    return found + [
        f"the tag {tag} is not made of the source" for tag in image["tags"] if not re.search(r":[0-9a-f]{32}$", tag)
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


def the_function_is_published_traced_and_logs_json(recording: Recording) -> list[str]:
    function = recording.one("Function").inputs
    found = expect(
        "function",
        function,
        {"packageType": "Image", "publish": True, "tracingConfig": {"mode": "Active"}},
    )
    # Lambda refuses these for images.
    found += [f"function.{key} is not for images" for key in ("runtime", "handler", "snapStart") if key in function]
    found += expect("log", function["loggingConfig"], {"logFormat": "JSON", "systemLogLevel": "INFO"})
    if function["loggingConfig"]["applicationLogLevel"] not in {"DEBUG", "INFO"}:
        found.append("metrics are log lines at INFO, which Lambda drops")
    return found


def the_function_s_environment_is_what_it_reads(recording: Recording) -> list[str]:
    variables = recording.one("Function").inputs["environment"]["variables"]
    found = [f"{name} is missing or too many" for name in sorted(variables.keys() ^ set(Settings.variables()))]
    if variables.get("TABLE_NAME") != recording.one("Table").inputs["name"]:
        found.append(f"TABLE_NAME is {variables.get('TABLE_NAME')}")
    return found


def the_function_knows_nothing_of_the_gateway(recording: Recording) -> list[str]:
    gateway = {r.urn for r in recording.resources if r.type.startswith("aws:apigateway/")}
    return [f"the function depends on {urn}" for urn in sorted(recording.one("Function").depends_on & gateway)]


def the_function_waits_for_its_permissions(recording: Recording) -> list[str]:
    policy = recording.one("RolePolicy").urn
    return [] if policy in recording.one("Function").depends_on else ["the first call may come before the permissions"]


def the_alias_points_to_a_published_version(recording: Recording) -> list[str]:
    version = recording.one("Alias").inputs["functionVersion"]
    return [] if re.fullmatch(r"\d+", str(version)) else [f"the alias points to {version}"]


def no_policy_has_a_wildcard_where_aws_has_something_finer(recording: Recording) -> list[str]:
    found = []
    for statement in statements(recording):
        actions, resources = actions_of(statement), resources_of(statement)
        found += [f"{action} is a wildcard" for action in actions if "*" in action]
        wild = [
            resource for resource in resources if "*" in resource.removesuffix(":*") or "*" in resource.split(":")[:5]
        ]
        if wild and not set(actions) <= WITHOUT_FINER_RESOURCE:
            found.append(f"{actions} on {wild}")
    return found


def the_function_may_do_exactly_what_it_does(recording: Recording) -> list[str]:
    table = recording.one("Table").outputs["arn"]
    log = next(g for g in recording.all("LogGroup") if g.inputs["name"].startswith("/aws/lambda/")).outputs["arn"]
    indexes = [f"{table}/index/{index.name}" for index in EXPENSES.local_indexes]
    wanted = {(action, table) for action in TABLE_ACTIONS}
    wanted |= {(action, index) for action in INDEX_ACTIONS for index in indexes}
    wanted |= {(action, f"{log}:*") for action in ("logs:CreateLogStream", "logs:PutLogEvents")}
    wanted |= {(action, "*") for action in WITHOUT_FINER_RESOURCE}
    granted = {
        (a, r) for s in statements(recording) if s["Effect"] == "Allow" for a in actions_of(s) for r in resources_of(s)
    }
    return [f"{pair} is granted too much or too little" for pair in sorted(wanted ^ granted)]


def no_role_uses_what_is_deprecated(recording: Recording) -> list[str]:
    return [
        f"{role.name}.{key} is deprecated"
        for role in recording.all("Role")
        for key in ("inlinePolicies", "managedPolicyArns")
        if key in role.inputs
    ]
