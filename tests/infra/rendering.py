"""The contract, rendered for API Gateway with ARNs that look like real ones."""

import yaml

from infra.gateway_body import render
from tests.infra.document import Json
from tests.infra.recording import ROOT

POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123"
ALIAS = (
    "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-west-1:123456789012:function:expenses-dev:live/invocations"
)
ORIGINS = ("https://expenses.example.com",)
CONTRACT: Json = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


def rendered(contract: Json = CONTRACT, origins: tuple[str, ...] = ORIGINS) -> Json:
    return render(contract, user_pool_arn=POOL, function_invoke_arn=ALIAS, allowed_origins=origins)
