"""The account that the program is deployed to: what AWS fills in and answers. Only what the program reads."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pulumi.runtime import mocks

ACCOUNT = "123456789012"
DIGEST = "sha256:" + "ab" * 32


class Aws(mocks.Mocks):
    """What Pulumi asks of new resources, and what the program asks."""

    def __init__(self, region: str, roles: tuple[str, ...], *, preview: bool) -> None:
        self.calls: list[str] = []
        self._region = region
        self._roles = roles
        self._preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if self._preview:
            return "", dict(args.inputs)
        name = args.inputs.get("name", f"{args.name}-0a1b2c3")  # Pulumi names what has no name of its own
        computed = _computed(name, args.inputs, self._region).get(args.typ, {"id": f"{name}-id"})
        return computed.pop("id", name), {**args.inputs, **computed}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return what AWS answers to a call. Raises `KeyError` for one that the program is not known to make."""
        self.calls.append(args.token)
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "id": ACCOUNT},
            "aws:iam/getRoles:getRoles": {"arns": [], "names": list(self._roles), "id": self._region},
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": {"userName": "AWS", "password": "registry-password"},
        }
        return answers[args.token], []


def _computed(name: str, inputs: Mapping[str, Any], region: str) -> dict[str, dict[str, Any]]:
    """Return what AWS computes for a resource with this name and these inputs, by its type."""
    given = defaultdict(str, inputs)

    def arn(service: str, resource: str, region: str = region, account: str = ACCOUNT) -> str:
        return f"arn:aws:{service}:{region}:{account}:{resource}"

    def invoke_arn(function: str) -> str:
        return arn("apigateway", f"path/2015-03-31/functions/{function}/invocations", account="lambda")

    api, pool, domain, stage = "a1b2c3d4e5", f"{region}_AbCdEf123", given["domainName"], given["stageName"]
    function = arn("lambda", f"function:{name}")
    alias = arn("lambda", f"function:{given['functionName']}:{name}")
    certificate = arn("acm", "certificate/0a1b2c3d")
    proof = {
        "domainName": domain,
        "resourceRecordName": f"_proof.{domain}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": "_proof.acm-validations.aws.",
    }
    return {
        "aws:acm/certificate:Certificate": {
            "id": certificate,
            "arn": certificate,
            "domainValidationOptions": [proof],
        },
        "aws:apigateway/domainName:DomainName": {
            "id": domain,
            "regionalDomainName": f"d-0a1b2c.execute-api.{region}.amazonaws.com",
            "regionalZoneId": "Z0A1B2C3",
        },
        "aws:apigateway/restApi:RestApi": {"id": api, "executionArn": arn("execute-api", api)},
        "aws:apigateway/stage:Stage": {
            "id": f"ags-{api}-{stage}",
            "arn": arn("apigateway", f"/restapis/{api}/stages/{stage}", account=""),
            "invokeUrl": f"https://{api}.execute-api.{region}.amazonaws.com/{stage}",
        },
        "aws:cloudwatch/logGroup:LogGroup": {"arn": arn("logs", f"log-group:{name}")},
        "aws:cognito/userPool:UserPool": {"id": pool, "arn": arn("cognito-idp", f"userpool/{pool}")},
        "aws:cognito/userPoolClient:UserPoolClient": {"id": "4h57kd8example"},
        "aws:dynamodb/table:Table": {"arn": arn("dynamodb", f"table/{name}")},
        "aws:ecr/repository:Repository": {
            "arn": arn("ecr", f"repository/{name}"),
            "registryId": ACCOUNT,
            "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{name}",
        },
        "aws:iam/role:Role": {"arn": arn("iam", f"role/{name}", region=""), "name": name},
        "aws:lambda/alias:Alias": {"id": alias, "arn": alias, "invokeArn": invoke_arn(alias)},
        "aws:lambda/function:Function": {
            "arn": function,
            "version": "7",
            "qualifiedArn": f"{function}:7",
            "invokeArn": invoke_arn(function),
        },
        "aws:route53/record:Record": {"fqdn": given["name"].rstrip(".")},
        "aws:sns/topic:Topic": {"arn": arn("sns", name)},
        "aws:wafv2/webAcl:WebAcl": {"arn": arn("wafv2", f"regional/webacl/{name}/0a1b2c")},
        "docker-build:index:Image": {
            "id": DIGEST,
            "digest": DIGEST,
            "contextHash": "c0ffee",
            "ref": f"{''.join(given['tags'][:1])}@{DIGEST}",
        },
    }
