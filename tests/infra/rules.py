"""What must hold of every stack, whatever its snapshot says: the rows of rules.yaml, and what schemas cannot say."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import yaml

from api.openapi.document import operations
from infra.gateway.body import ANY_METHOD
from tests.infra.recording import JSON, ROOT, Recording, opened

CONTRACT = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "tests" / "infra" / "rules.yaml").read_text(encoding="utf-8"))

RESPONSES = "x-amazon-apigateway-gateway-responses"
INTEGRATION = "x-amazon-apigateway-integration"


def stack(recording: Recording) -> dict[str, Any]:
    """A stack's resources by kind, and its outputs, as the rules know them."""
    found: dict[str, Any] = {"outputs": recording.outputs}
    for r in recording.custom:
        resource = opened({**r.inputs, "protect": r.request.protect, "secrets": sorted(r.secrets)})
        found.setdefault(r.type.rpartition(":")[2], []).append(resource)
    return found


def violations(found: dict[str, Any]) -> list[str]:
    """Which rules a stack violates: the name of a block of theirs, where and how."""
    errors = [f"{e.schema_path[1]} at {e.instance_path}: {e.message}" for e in VALIDATOR.iter_errors(found)]
    return errors or [*_of_other_stacks(found), *_unlike_the_contract(found["RestApi"][0]["body"][JSON])]


def _of_other_stacks(found: dict[str, Any]) -> Iterator[str]:
    name = found["Function"][0]["name"]
    names = set(re.findall(r"expenses-(?:dev|prod)\b", json.dumps(found)))
    yield from (f"{name} uses what is of {other}" for other in names - {name})


def _unlike_the_contract(body: dict[str, Any]) -> Iterator[str]:
    wanted = {(operation.path, operation.method) for operation in operations(CONTRACT)}
    wanted |= {(path, "head") for path, method in wanted if method == "get"}
    wanted |= {(path, "options") for path in CONTRACT["paths"]}
    routes = {(path, method) for path, item in body["paths"].items() for method in item.keys() - {ANY_METHOD}}
    yield from (f"{route} is missing or too many" for route in wanted ^ routes)
    declared = [parameter for path, method in routes for parameter in body["paths"][path][method]["parameters"]]
    headers = {"Authorization", "Content-Type", *(p["name"] for p in declared if p["in"] == "header")}
    preflights = {path: item["options"] for path, item in body["paths"].items() if "options" in item}
    for path, preflight in preflights.items():
        methods = {method.upper() for method in body["paths"][path].keys() - {"head", ANY_METHOD}}
        sent = preflight[INTEGRATION]["responses"]["default"]["responseParameters"]
        for kind, expected in (("Methods", methods), ("Headers", headers)):
            allowed = sent[f"method.response.header.Access-Control-Allow-{kind}"]
            if set(allowed.strip("'").split(",")) != expected:
                yield f"{path} lets pages send {allowed}"
        if {parameter["name"] for parameter in preflight["parameters"]} != set(re.findall(r"{(\w+)}", path)):
            yield f"OPTIONS {path} does not repeat the path's parameters"
    for name, response in body[RESPONSES].items():
        status = response["responseTemplates"]["application/json"][JSON].get("status")
        if response.get("statusCode") != (status and str(status)):
            yield f"{name} is sent as {response.get('statusCode')} and says {status}"


def _schema(path: str, schema: Any) -> Any:
    if schema and "pattern" in schema:
        schema = {"type": "string", **schema}
    for step in reversed(path.split()):
        name = step.removesuffix("?")
        if step == "*":
            schema = {"items": schema, "additionalProperties": schema}
        else:
            schema = {"type": "object", "properties": {name: schema}, "required": [name] if step == name else []}
    return schema


VALIDATOR = jsonschema_rs.Draft202012Validator(
    {
        "$ref": "#/$defs/stack",
        "$defs": {
            block: {"allOf": [_schema(path, schema) for path, schema in rows.items()]} for block, rows in RULES.items()
        },
    },
    registry=jsonschema_rs.Registry([("urn:contract", CONTRACT)]),
)
