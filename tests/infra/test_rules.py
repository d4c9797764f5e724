"""Every stack keeps the rules, and a rule finds each of the defects that they are there for."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import getitem
from typing import Any

import pytest

from infra.gateway.body import ANY_METHOD
from tests.infra.recording import JSON, STACKS, recorded
from tests.infra.rules import INTEGRATION, RESPONSES, RULES, VALIDATOR, stack, violations

GONE = object()

BODY = ("RestApi", 0, "body", JSON)
LIST = (*BODY, "paths", "/expenses", "get")
LAMBDA = (*LIST, INTEGRATION)
PREFLIGHT = (*BODY, "paths", "/expenses", "options")
ALLOWED = (*PREFLIGHT, INTEGRATION, "responses", "default", "responseParameters")
ALLOW = "method.response.header.Access-Control-Allow"
UNKNOWN = (*BODY, "paths", "/{proxy+}", ANY_METHOD, INTEGRATION)
SCHEME = (*BODY, "components", "securitySchemes", "cognito")
THROTTLED = (*BODY, RESPONSES, "THROTTLED")
RETRY_AFTER = (*THROTTLED, "responseParameters", "gatewayresponse.header.Retry-After")
TEMPLATE = ("responseTemplates", "application/json")
LAMBDA_S_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:expenses-prod"
STATEMENTS = ("RolePolicy", 0, "policy", JSON, "Statement")
MAY_PULL = ("RepositoryPolicy", 0, "policy", JSON, "Statement", 0)
CLIENT = ("UserPoolClient", 0)
RECORDS, EXPENSES = ("Table", 0), ("Table", 1)


def parameter(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "n", "in": "query", "required": False, "schema": {"type": "string"}} | more]


DEFECTS: Mapping[str, tuple[Any, ...]] = {
    "an operation without a description of its answers": (*LIST, "responses", GONE),
    "OpenAPI 3.1": (*BODY, "openapi", "3.1.0"),
    "a HEAD without a token": (*BODY, "paths", "/expenses", "head", "security", []),
    "an unknown method that AWS reads as signed": (*BODY, "paths", "/expenses", ANY_METHOD, GONE),
    "an unknown path that reaches the function": (*UNKNOWN, "type", "aws_proxy"),
    "an unknown path that is forbidden": (*UNKNOWN, "responses", "default", "statusCode", "403"),
    "a status that may be another": (*BODY, RESPONSES, "DEFAULT_5XX", *TEMPLATE, JSON, "status", 502),
    "a forgotten operation": (*LIST, GONE),
    "an open operation": (*LIST, "security", []),
    "an authorizer that exists nowhere": (*LIST, "security", [{"congito": []}]),
    "two authorizers": (*LIST, "security", [{"cognito": []}, {}]),
    "scopes, so access tokens": (*LIST, "security", [{"cognito": ["openid"]}]),
    "the contract's own security scheme": (*SCHEME, "type", "http"),
    "a scheme without the AWS extension": (*SCHEME, "x-amazon-apigateway-authorizer", GONE),
    "the unqualified function": (*LAMBDA, "uri", f"{LAMBDA_S_ARN}/invocations"),
    "a GET to the function": (*LAMBDA, "httpMethod", "GET"),
    "a payload of HTTP APIs": (*LAMBDA, "payloadFormatVersion", "2.0"),
    "a timeout over 29 s": (*LAMBDA, "timeoutInMillis", 30_000),
    "no OPTIONS": (*PREFLIGHT, GONE),
    "a method that preflight forgets": (*ALLOWED, f"{ALLOW}-Methods", "'GET'"),
    "a header that preflight forgets": (*ALLOWED, f"{ALLOW}-Headers", "'Authorization,Content-Type'"),
    "an undeclared preflight header": (*PREFLIGHT, "responses", "204", "headers", "Vary", GONE),
    "a preflight without the path's parameter": (
        *(*BODY, "paths", "/expenses/{expense_id}", "options", "parameters"),
        [],
    ),
    "credentials allowed": (*ALLOWED, f"{ALLOW}-Credentials", "'true'"),
    "a gateway response without CORS": (
        *(*THROTTLED, "responseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"),
        GONE,
    ),
    "a gateway response in another form": (*THROTTLED, *TEMPLATE, JSON, {"message": "no"}),
    "a status for all of a kind": (*BODY, RESPONSES, "DEFAULT_4XX", "statusCode", "400"),
    "no default at all": (*BODY, RESPONSES, "DEFAULT_5XX", GONE),
    "403 for an unknown route": (*BODY, RESPONSES, "MISSING_AUTHENTICATION_TOKEN", "statusCode", "403"),
    "a throttle that does not say when to come back": (*RETRY_AFTER, GONE),
    "a response that cannot be customised": (*BODY, RESPONSES, "REQUEST_TOO_LARGE", {"statusCode": "413"}),
    "a constant without quotes": (*RETRY_AFTER, "1"),
    "a number where strings belong": (*THROTTLED, "statusCode", 429),
    "a default in a schema": (*LIST, "parameters", parameter(schema={"type": "string", "default": "x"})),
    "a nullable schema": (*BODY, "components", "schemas", {"Notes": {"type": "string", "nullable": True}}),
    "a schema name with a hyphen": (*BODY, "components", "schemas", {"Expense-Page": {"type": "object"}}),
    "a format that is not supported": (*BODY, "components", "schemas", {"Amount": {"format": "decimal"}}),
    "an inline body schema": (*LIST, "responses", "200", "content", {"application/json": {"schema": {}}}),
    "a reference to a shared response": (*LIST, "responses", "400", {"$ref": "#/components/responses/BadRequest"}),
    "parameters on the path": (*BODY, "paths", "/expenses", "parameters", []),
    "a cookie": (*LIST, "parameters", parameter(**{"in": "cookie"})),
    "a list as a parameter": (*LIST, "parameters", parameter(schema={"type": "array"})),
    "a path that API Gateway keeps for itself": (*BODY, "paths", "/ping", {}),
    "a parameter that is half a segment": (*BODY, "paths", "/expenses/{id}.csv", {}),
    "security for all at once": (*BODY, "security", [{"cognito": []}]),
    "security left out": (*LIST, "security", GONE),
    "binary media types in the document": (*BODY, "x-amazon-apigateway-binary-media-types", ["*/*"]),
    "a description in the document": (*BODY, "info", "description", "An API"),
    "a variable of API Gateway's": (*LIST, "responses", "200", "description", "costs ${AWS::AccountId}"),
    "a document over 6 MB": (*LIST, "responses", "200", "description", "x" * 6_000_000),
    "every DynamoDB action": (*STATEMENTS, 0, "Action", ["dynamodb:*"]),
    "every table": (*STATEMENTS, 0, "Resource", "*"),
    "every index": (*STATEMENTS, 1, "Resource", "arn:aws:dynamodb:eu-west-1:123456789012:table/x/index/*"),
    "everything but one action": (*STATEMENTS, 0, "NotAction", ["dynamodb:Scan"]),
    "images for anyone": (*MAY_PULL, "Principal", "*"),
    "images for any account's functions": (*MAY_PULL, "Condition", {}),
    "a password in plain text": ("Image", 0, "secrets", []),
    "a password among the outputs": ("outputs", "image_digest", "registry-password"),
    "a tag instead of the digest": (
        *("Function", 0, "imageUri"),
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/expenses-prod:latest",
    ),
    "a log of whole requests": ("Function", 0, "loggingConfig", "applicationLogLevel", "DEBUG"),
    "a client with a secret": (*CLIENT, "generateSecret", True),
    "a client that tells who is registered": (*CLIENT, "preventUserExistenceErrors", "LEGACY"),
    "tokens for an hour": (*CLIENT, "idTokenValidity", 60),
    "tokens for days": (*CLIENT, "tokenValidityUnits", "idToken", "days"),
    "a refresh token for ever": (*CLIENT, "refreshTokenRotation", GONE),
    "rotation in the tier that has none": ("UserPool", 0, "userPoolTier", "LITE"),
    "rotation beside the flow that excludes it": (
        *(*CLIENT, "explicitAuthFlows"),
        ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    ),
    "a new email address that is not verified": ("UserPool", 0, "userAttributeUpdateSettings", GONE),
    "another user pool": (
        *(*SCHEME, "x-amazon-apigateway-authorizer", "providerARNs"),
        ["arn:aws:cognito-idp:eu-west-1:1:userpool/other"],
    ),
    "a permission for the unqualified function": ("Permission", 0, "qualifier", GONE),
    "a permission for every API": ("Permission", 0, "sourceArn", GONE),
    "the token in the access log": (
        *("Stage", 0, "accessLogSettings", "format", JSON),
        {"token": "$input.params().header.Authorization"},
    ),
    "a method without a limit": ("MethodSettings", 0, "settings", "throttlingRateLimit", GONE),
    "no limit for the others": ("MethodSettings", 0, "methodPath", "health/GET"),
    "bodies in the execution log": ("MethodSettings", 0, "settings", "dataTraceEnabled", True),
    "a login page without the firewall": ("WebAclAssociation", 1, GONE),
    "records by another key": (*RECORDS, "rangeKey", "expense_id"),
    "an index of records": (
        *(*RECORDS, "localSecondaryIndexes"),
        [{"name": "by_date", "rangeKey": "date_key", "projectionType": "ALL"}],
    ),
    "no index of deletions": (*EXPENSES, "localSecondaryIndexes", 3, GONE),
    "an index of keys": (*EXPENSES, "localSecondaryIndexes", 0, "projectionType", "KEYS_ONLY"),
    "an attribute that no key uses": (*RECORDS, "attributes", [{"name": "spent", "type": "N"}]),
    "no expiry": (*EXPENSES, "ttl", GONE),
    "expiry by another attribute": (*EXPENSES, "ttl", "attributeName", "deleted_at"),
    "totals that expire": (*RECORDS, "ttl", {"enabled": True, "attributeName": "expires_at"}),
    "totals without backups": (*RECORDS, "pointInTimeRecovery", "enabled", False),
    "totals that AWS deletes": (*RECORDS, "deletionProtectionEnabled", False),
    "totals that Pulumi deletes": (*RECORDS, "protect", False),
    "totals under AWS's own key": (*RECORDS, "serverSideEncryption", "enabled", False),
    "totals without a cap": (*RECORDS, "onDemandThroughput", "maxWriteRequestUnits", -1),
}
"""By its name: the way to what is planted in `prod`, and what is planted."""


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_keeps_the_rules(name: str) -> None:
    assert violations(stack(recorded(name))) == []


def planted(*way: Any) -> dict[str, Any]:
    """The stack `prod` with a defect."""
    *way_to_its_place, last, value = way
    prod = stack(recorded("prod"))
    place: Any = reduce(getitem, way_to_its_place, prod)
    if value is GONE and isinstance(place, dict):
        place.pop(last, None)
    elif value is GONE:
        del place[last]
    else:
        place[last] = value
    return prod


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_planted_defect_is_found(defect: tuple[Any, ...]) -> None:
    assert violations(planted(*defect))


def test_every_block_of_rules_finds_a_defect() -> None:
    found = {violation.split()[0] for defect in DEFECTS.values() for violation in violations(planted(*defect))}
    assert RULES.keys() - found == set()


PLACES: Mapping[str, tuple[Any, ...]] = {
    "stack": (),
    "firewall": (),
    "grant": (*STATEMENTS, 0),
    "records": RECORDS,
    "expenses": EXPENSES,
    "prod_table": RECORDS,
    "document": BODY,
    "method": LIST,
    "operation": LIST,
    "preflight": PREFLIGHT,
    "no_such_route": UNKNOWN[:-1],
    "gateway_response": THROTTLED,
    "constant": RETRY_AFTER,
    "problem": (*THROTTLED, *TEMPLATE, JSON),
}
"""A place in `prod` for each block of rules but `without_the_password`, whose rows are about any place."""
ROWS = [
    (block, number, row)
    for block in PLACES
    for number, (row, schema) in enumerate(RULES[block].items())
    if schema is False or not schema.keys() & {"$ref", "if"}
]
"""The rows but those that lead to another block; `DEFECTS` has what the rows with a condition are there for."""


def ways(node: Any, steps: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Give every way that the steps of a row lead; the last one need not be there."""
    step, *more = steps
    children: Mapping[Any, Any] = dict(enumerate(node)) if isinstance(node, list) else node
    for each in list(children) if step == "*" else [step.removesuffix("?")]:
        if not more:
            yield (each,)
        elif each in children:
            yield from ((each, *way) for way in ways(children[each], more))


@pytest.mark.parametrize(("block", "number", "row"), ROWS)
def test_each_row_of_the_rules_refuses_what_does_not_belong_there(block: str, number: int, row: str) -> None:
    place = PLACES[block]
    steps = row.split()
    way = next(ways(reduce(getitem, place, stack(recorded("prod"))), steps)) if steps else ()
    values = (GONE, {"planted": "-"}, [{"planted": "-"}], "-", -1) if (*place, *way) else ({"Planted": [{}]},)
    found = [error.schema_path for value in values for error in VALIDATOR.iter_errors(planted(*place, *way, value))]
    assert (block, number) in {(path[1], path[3]) for path in found if len(path) > 3}
