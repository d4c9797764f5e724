"""What must hold of the document's form, or API Gateway refuses it or drops parts of it."""

import json
import re

from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.infra.document import Json, methods_of, nodes

DROPPED_OR_REFUSED = {
    *("nullable", "discriminator", "readOnly", "writeOnly", "exclusiveMinimum", "exclusiveMaximum"),
    *("example", "examples", "anyOf", "allOf", "not", "deprecated", "callbacks", "links", "servers", "tags"),
}
ARGUMENTS_OF_THE_REST_API = {
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-endpoint-configuration",
    "x-amazon-apigateway-minimum-compression-size",
    "x-amazon-apigateway-policy",
}
PARAMETER_ATTRIBUTES = {"name", "in", "required", "schema", "description"}
NOT_SUPPORTED_FORMATS = {"int32", "int64", "decimal"}


def is_valid_openapi(body: Json, _: Json) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in OpenAPIV30SpecValidator(body).iter_errors()]


def has_an_openapi_version_that_imports(body: Json, _: Json) -> list[str]:
    return [] if body["openapi"] in {"3.0.1", "3.0.2", "3.0.3"} else [f"openapi {body['openapi']} is refused"]


def maps_of_strings_have_only_strings(body: Json, _: Json) -> list[str]:
    maps = {"responseParameters", "responseTemplates", "requestTemplates", "requestParameters"}
    return [
        f"{where}/{name} is not a string"
        for where, key, value in nodes(body)
        if key in maps
        for name, text in value.items()
        if not isinstance(text, str)
    ] + [
        f"{where} is not a string"
        for where, key, value in nodes(body)
        if key == "statusCode" and type(value) is not str
    ]


def nothing_in_it_is_dropped_or_refused(body: Json, _: Json) -> list[str]:
    found = [where for where, key, _value in nodes(body) if key in DROPPED_OR_REFUSED]
    # Elsewhere `default` is an integration's answer.
    found += [where for where, key, _value in nodes(body) if key == "default" and "/schema" in where]
    found += [
        f"{where} has a format"
        for where, key, value in nodes(body)
        if key == "format" and value in NOT_SUPPORTED_FORMATS
    ]
    found += [
        f"{where} refers to {value}"
        for where, key, value in nodes(body)
        if key == "$ref" and not str(value).startswith("#/components/schemas/")
    ]
    found += [
        f"the schema name {name} has more than letters and digits"
        for name in body["components"].get("schemas", {})
        if not re.fullmatch(r"[A-Za-z0-9]+", name)
    ]
    found += [
        f"{where} has a schema in place: API Gateway gives it a name by chance"
        for where, key, value in nodes(body)
        if key == "application/json" and isinstance(value, dict) and "$ref" not in value.get("schema", {"$ref": ""})
    ]
    return found


def every_parameter_is_one_that_imports(body: Json, _: Json) -> list[str]:
    found = [f"{path} has parameters of its own" for path, item in body["paths"].items() if "parameters" in item]
    for path, method, operation in methods_of(body):
        for parameter in operation.get("parameters", []):
            extra = parameter.keys() - PARAMETER_ATTRIBUTES
            if extra or "$ref" in parameter:
                found.append(f"{method} {path} {parameter.get('name')} has {sorted(extra)}")
            if parameter.get("in") not in {"path", "query", "header"}:
                found.append(f"{method} {path} has a parameter in {parameter.get('in')}")
            if parameter.get("schema", {}).get("type") in {"array", "object", None}:
                found.append(f"{method} {path} {parameter.get('name')} is not flat")
    return found


def every_path_segment_is_allowed(body: Json, _: Json) -> list[str]:
    segment = re.compile(r"{\w+\+?}|[A-Za-z0-9_.,:-]+")
    return [
        f"{path} is refused"
        for path in body["paths"]
        if path in {"/ping", "/sping"}
        or not all(segment.fullmatch(part) for part in path.split("/")[1:] if path != "/")
    ]


def the_rest_api_s_arguments_are_not_in_it(body: Json, _: Json) -> list[str]:
    found = [key for key in ARGUMENTS_OF_THE_REST_API if key in body]
    return found + (["info has a description"] if "description" in body["info"] else [])


def has_no_variable_of_api_gateway(body: Json, _: Json) -> list[str]:
    return ["${ is replaced at import"] if "${" in json.dumps(body) else []


def fits_into_six_megabytes(body: Json, _: Json) -> list[str]:
    size = len(json.dumps(body))
    return [f"the document has {size} bytes"] if size > 6_000_000 else []
