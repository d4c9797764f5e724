"""The account that the program is deployed to: what AWS fills in and answers. Only what the program reads."""

from typing import Any

from pulumi.runtime import mocks

ACCOUNT = "123456789012"
DIGEST = "sha256:" + "ab" * 32


class Aws(mocks.Mocks):
    """What Pulumi asks of new resources, and what the program asks."""

    def __init__(self, roles: tuple[str, ...], *, preview: bool) -> None:
        self._preview = preview
        self._answers: dict[str, dict[str, Any]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
            "aws:iam/getRoles:getRoles": {"names": list(roles)},
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": {"userName": "AWS", "password": "registry-password"},
        }

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if self._preview:
            return "", args.inputs
        name = args.inputs.get("name", f"{args.name}-0a1b2c3")  # Pulumi names what has no name of its own
        kind = args.typ.rpartition(":")[2]
        identifier = f"{args.name}-id"
        return identifier, {"name": name, **args.inputs, **_computed(name, identifier, args.inputs).get(kind, {})}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return what AWS answers to a call. Raises `KeyError` for one that the program is not known to make."""
        return self._answers[args.token], []


def _computed(name: str, identifier: str, inputs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what AWS computes for a resource with this name, id and inputs, by its kind."""

    def arn(service: str, resource: str, region: str = "eu-west-1", account: str = ACCOUNT) -> str:
        return f"arn:aws:{service}:{region}:{account}:{resource}"

    live = arn("lambda", f"function:{inputs.get('functionName')}:{name}")
    proof = {
        "resourceRecordName": "_proof.example.com.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": "_proof.acm-validations.aws.",
    }
    return {
        "Alias": {"invokeArn": arn("apigateway", f"path/2015-03-31/functions/{live}/invocations", account="lambda")},
        "Certificate": {"arn": arn("acm", "certificate/0a1b2c3d"), "domainValidationOptions": [proof]},
        "DomainName": {"regionalDomainName": "d-0.execute-api.eu-west-1.amazonaws.com", "regionalZoneId": "Z0A1B2C3"},
        "Function": {"version": "7"},
        "Image": {"digest": DIGEST},
        "LogGroup": {"arn": arn("logs", f"log-group:{name}")},
        "Record": {"fqdn": name},
        "Repository": {
            "registryId": ACCOUNT,
            "repositoryUrl": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/{name}",
        },
        "RestApi": {"executionArn": arn("execute-api", identifier)},
        "Role": {"arn": arn("iam", f"role/{name}", region="")},
        "Stage": {
            "arn": arn("apigateway", f"/restapis/{inputs.get('restApi')}/stages/v1", account=""),
            "invokeUrl": f"https://{inputs.get('restApi')}.execute-api.eu-west-1.amazonaws.com/v1",
        },
        "Table": {"arn": arn("dynamodb", f"table/{name}")},
        "Topic": {"arn": arn("sns", name)},
        "UserPool": {"arn": arn("cognito-idp", f"userpool/{identifier}")},
        "WebAcl": {"arn": arn("wafv2", f"regional/webacl/{name}/0a1b2c")},
    }
