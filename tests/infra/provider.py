"""What AWS would fill in: ids, ARNs, addresses. Only what the program reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT = "123456789012"
DIGEST = "sha256:" + "ab" * 32

Inputs = Mapping[str, Any]
Computed = tuple[str, dict[str, Any]]


def arn(service: str, resource: str, region: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def _invoke_arn(region: str, function_arn: str) -> str:
    return arn("apigateway", f"path/2015-03-31/functions/{function_arn}/invocations", region, "lambda")


def _repository(name: str, _: Inputs, region: str) -> Computed:
    host = f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com"
    return name, {
        "arn": arn("ecr", f"repository/{name}", region),
        "registryId": ACCOUNT,
        "repositoryUrl": f"{host}/{name}",
    }


def _image(_: str, inputs: Inputs, _region: str) -> Computed:
    return DIGEST, {"digest": DIGEST, "contextHash": "c0ffee", "ref": f"{inputs['tags'][0]}@{DIGEST}"}


def _user_pool(_: str, _inputs: Inputs, region: str) -> Computed:
    identifier = f"{region}_AbCdEf123"
    return identifier, {"arn": arn("cognito-idp", f"userpool/{identifier}", region)}


def _function(name: str, _: Inputs, region: str) -> Computed:
    own = arn("lambda", f"function:{name}", region)
    return name, {"arn": own, "version": "7", "qualifiedArn": f"{own}:7", "invokeArn": _invoke_arn(region, own)}


def _alias(_: str, inputs: Inputs, region: str) -> Computed:
    own = arn("lambda", f"function:{inputs['functionName']}:{inputs['name']}", region)
    return own, {"arn": own, "invokeArn": _invoke_arn(region, own)}


def _rest_api(_: str, _inputs: Inputs, region: str) -> Computed:
    return "a1b2c3d4e5", {"executionArn": arn("execute-api", "a1b2c3d4e5", region)}


def _stage(_: str, inputs: Inputs, region: str) -> Computed:
    stage = inputs["stageName"]
    return f"ags-a1b2c3d4e5-{stage}", {
        "arn": f"arn:aws:apigateway:{region}::/restapis/a1b2c3d4e5/stages/{stage}",
        "invokeUrl": f"https://a1b2c3d4e5.execute-api.{region}.amazonaws.com/{stage}",
    }


def _certificate(_: str, inputs: Inputs, region: str) -> Computed:
    own = arn("acm", "certificate/0a1b2c3d", region)
    proof = {
        "domainName": inputs["domainName"],
        "resourceRecordName": f"_proof.{inputs['domainName']}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": "_proof.acm-validations.aws.",
    }
    return own, {"arn": own, "domainValidationOptions": [proof]}


def _domain_name(_: str, inputs: Inputs, region: str) -> Computed:
    return inputs["domainName"], {
        "regionalDomainName": f"d-0a1b2c.execute-api.{region}.amazonaws.com",
        "regionalZoneId": "Z0A1B2C3",
    }


def _named(service: str, resource: str) -> Callable[[str, Inputs, str], Computed]:
    """Resources whose only computed output that matters is an ARN made of their name."""
    return lambda name, _, region: (name, {"arn": arn(service, resource.format(name), region)})


_COMPUTED: Mapping[str, Callable[[str, Inputs, str], Computed]] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:apigateway/domainName:DomainName": _domain_name,
    "aws:apigateway/restApi:RestApi": _rest_api,
    "aws:apigateway/stage:Stage": _stage,
    "aws:cloudwatch/logGroup:LogGroup": _named("logs", "log-group:{}"),
    "aws:cognito/userPool:UserPool": _user_pool,
    "aws:cognito/userPoolClient:UserPoolClient": lambda _name, _, _region: ("4h57kd8example", {}),
    "aws:dynamodb/table:Table": _named("dynamodb", "table/{}"),
    "aws:ecr/repository:Repository": _repository,
    "aws:iam/role:Role": lambda name, _, _region: (name, {"arn": arn("iam", f"role/{name}", ""), "name": name}),
    "aws:lambda/alias:Alias": _alias,
    "aws:lambda/function:Function": _function,
    "aws:route53/record:Record": lambda name, inputs, _region: (name, {"fqdn": inputs["name"].rstrip(".")}),
    "aws:sns/topic:Topic": _named("sns", "{}"),
    "aws:wafv2/webAcl:WebAcl": _named("wafv2", "regional/webacl/{}/0a1b2c"),
    "docker-build:index:Image": _image,
}


def computed_outputs(kind: str, logical_name: str, inputs: Inputs, region: str) -> Computed:
    """The id and the computed outputs of a new resource. Pulumi names what has no name of its own."""
    name = inputs.get("name", f"{logical_name}-0a1b2c3")
    compute = _COMPUTED.get(kind)
    return compute(name, inputs, region) if compute else (f"{name}-id", {})


@dataclass(frozen=True, slots=True)
class Aws:
    """The account that the program asks."""

    region: str
    roles: tuple[str, ...] = ()

    def answer(self, token: str) -> dict[str, Any]:
        """Return what AWS answers to a call. Raises `KeyError` for one that the program is not known to make."""
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "id": ACCOUNT},
            "aws:iam/getRoles:getRoles": {"arns": [], "names": list(self.roles), "id": self.region},
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": {
                "userName": "AWS",
                "password": "registry-password",
                "id": self.region,
            },
        }
        return answers[token]
