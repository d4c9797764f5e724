"""The API's own name, with its certificate."""

import pulumi
from pulumi_aws import acm, apigateway, route53

from infra.config.model import Config
from infra.gateway.component import Gateway


class Domain(pulumi.ComponentResource):
    """A custom domain: a certificate proven by DNS, and the name pointing to the stage."""

    url: pulumi.Output[str]

    def __init__(self, config: Config, *, gateway: Gateway, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Domain", config.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = acm.Certificate(
            f"{config.name}-certificate", domain_name=config.domain_name, validation_method="DNS", opts=child
        )
        proof = certificate.domain_validation_options[0]
        record = route53.Record(
            f"{config.name}-certificate-proof",
            zone_id=config.hosted_zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=300,
            # The record is the same for every certificate of this name, and may be there from an earlier one.
            allow_overwrite=True,
            opts=child,
        )
        validated = acm.CertificateValidation(
            f"{config.name}-certificate-validated",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child,
        )
        domain = apigateway.DomainName(
            f"{config.name}-domain",
            domain_name=config.domain_name,
            regional_certificate_arn=validated.certificate_arn,
            security_policy="TLS_1_2",
            endpoint_configuration=apigateway.DomainNameEndpointConfigurationArgs(types="REGIONAL"),
            opts=child,
        )
        apigateway.BasePathMapping(
            f"{config.name}-domain-stage",
            domain_name=domain.domain_name,
            rest_api=gateway.rest_api_id,
            stage_name=gateway.stage_name,
            opts=child,
        )
        route53.Record(
            f"{config.name}-domain-alias",
            zone_id=config.hosted_zone_id,
            name=config.domain_name,
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
