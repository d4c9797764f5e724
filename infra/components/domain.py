"""The API's own name, with its certificate."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import acm, apigateway, route53


@dataclass(frozen=True, slots=True)
class DomainArgs:
    """The name, the Route 53 zone that it is in, and the stage that it leads to."""

    domain_name: str
    hosted_zone_id: str
    rest_api_id: pulumi.Input[str]
    stage_name: pulumi.Input[str]


class Domain(pulumi.ComponentResource):
    """A custom domain: a certificate proven by DNS, and the name pointing to the stage."""

    url: pulumi.Output[str]

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Domain", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = acm.Certificate(
            f"{name}-certificate", domain_name=args.domain_name, validation_method="DNS", opts=child
        )
        proof = certificate.domain_validation_options[0]
        record = route53.Record(
            f"{name}-certificate-proof",
            zone_id=args.hosted_zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=300,
            opts=child,
        )
        validated = acm.CertificateValidation(
            f"{name}-certificate-validated",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child,
        )
        domain = apigateway.DomainName(
            f"{name}-domain",
            domain_name=args.domain_name,
            regional_certificate_arn=validated.certificate_arn,
            security_policy="TLS_1_2",
            endpoint_configuration=apigateway.DomainNameEndpointConfigurationArgs(types="REGIONAL"),
            opts=child,
        )
        apigateway.BasePathMapping(
            f"{name}-domain-stage",
            domain_name=domain.domain_name,
            rest_api=args.rest_api_id,
            stage_name=args.stage_name,
            opts=child,
        )
        route53.Record(
            f"{name}-domain-alias",
            zone_id=args.hosted_zone_id,
            name=args.domain_name,
            type="A",
            aliases=[
                route53.RecordAliasArgs(
                    name=domain.regional_domain_name, zone_id=domain.regional_zone_id, evaluate_target_health=False
                )
            ],
            opts=child,
        )
        self.url = pulumi.Output.concat("https://", domain.domain_name)
        self.register_outputs({"url": self.url})
