"""The document that API Gateway imports, rendered with ARNs that look like real ones, and walks through it."""

from collections.abc import Iterator
from typing import Any

import yaml

from api.openapi.document import METHODS
from infra.gateway.body import ANY_METHOD, render
from tests.infra.recording import ROOT

Json = dict[str, Any]

INTEGRATION = "x-amazon-apigateway-integration"
RESPONSES = "x-amazon-apigateway-gateway-responses"

POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123"
ALIAS = (
    "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-west-1:123456789012:function:expenses-dev:live/invocations"
)
ORIGINS = ("https://expenses.example.com",)
CONTRACT: Json = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


def rendered(contract: Json = CONTRACT, origins: tuple[str, ...] = ORIGINS) -> Json:
    return render(contract, user_pool_arn=POOL, function_invoke_arn=ALIAS, allowed_origins=origins)


def methods_of(body: Json) -> Iterator[tuple[str, str, Json]]:
    """Every path, method and operation of the document."""
    for path, item in body["paths"].items():
        for method in (*METHODS, ANY_METHOD):
            if method in item:
                yield path, method, item[method]


def is_mock(operation: Json) -> bool:
    """Whether the gateway answers by itself."""
    return bool(operation.get(INTEGRATION, {}).get("type") == "mock")


def nodes(node: Any, where: str = "#") -> Iterator[tuple[str, Any, Any]]:
    """Every pointer, key and value under a node."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield f"{where}/{key}", key, value
        yield from nodes(value, f"{where}/{key}")
