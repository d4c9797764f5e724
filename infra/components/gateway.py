"""The REST API before the Lambda, imported from the contract."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import apigateway, cloudwatch, lambda_

from infra.gateway_body import dump, render

STAGE = "v1"

ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "httpMethod": "$context.httpMethod",
    # The route, not the path: ids stay out of the log, and so do the query and every header.
    "resourcePath": "$context.resourcePath",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integration.status",
    "errorResponseType": "$context.error.responseType",
    "authorizerError": "$context.authorizer.error",
    "wafStatus": "$context.waf.status",
    "traceId": "$context.xrayTraceId",
    "sourceIp": "$context.identity.sourceIp",
}


@dataclass(frozen=True, slots=True)
class GatewayArgs:
    """What the gateway serves, to whom and through which function."""

    contract: dict[str, Any]
    user_pool_arn: pulumi.Input[str]
    function_name: pulumi.Input[str]
    alias_name: pulumi.Input[str]
    alias_invoke_arn: pulumi.Input[str]
    allowed_origins: Sequence[str]
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int
    log_writers: Sequence[pulumi.Resource]
    """What must be there before API Gateway lets a stage log."""


class Gateway(pulumi.ComponentResource):
    """A regional REST API whose every part comes from one document; a changed document is deployed anew."""

    rest_api_id: pulumi.Output[str]
    rest_api_name: pulumi.Output[str]
    stage_name: pulumi.Output[str]
    stage_arn: pulumi.Output[str]
    invoke_url: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Gateway", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        body = pulumi.Output.all(pool=args.user_pool_arn, function=args.alias_invoke_arn).apply(
            lambda arns: dump(
                render(
                    args.contract,
                    user_pool_arn=arns["pool"],
                    function_invoke_arn=arns["function"],
                    allowed_origins=args.allowed_origins,
                )
            )
        )
        api = apigateway.RestApi(
            f"{name}-api",
            body=body,
            # Without it an import that loses parts of the document counts as a success.
            fail_on_warnings=True,
            put_rest_api_mode="overwrite",
            # These stand here and not in the document: the provider would set them back to what it last saw.
            name=name,
            description="Records what one person spends, and finds it again.",
            api_key_source="HEADER",
            binary_media_types=[],
            minimum_compression_size="1024",
            endpoint_configuration=apigateway.RestApiEndpointConfigurationArgs(types="REGIONAL"),
            opts=child,
        )
        permission = lambda_.Permission(
            f"{name}-api-may-invoke",
            action="lambda:InvokeFunction",
            principal="apigateway.amazonaws.com",
            function=args.function_name,
            qualifier=args.alias_name,
            source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
            opts=child,
        )
        deployment = apigateway.Deployment(
            f"{name}-deployment",
            rest_api=api.id,
            triggers={"body": body.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        log_group = cloudwatch.LogGroup(
            f"{name}-access-log", name=f"/aws/apigateway/{name}", retention_in_days=args.log_retention_days, opts=child
        )
        stage = apigateway.Stage(
            f"{name}-stage",
            rest_api=api.id,
            deployment=deployment.id,
            stage_name=STAGE,
            xray_tracing_enabled=True,
            access_log_settings=apigateway.StageAccessLogSettingsArgs(
                destination_arn=log_group.arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=args.log_writers),
        )
        apigateway.MethodSettings(
            f"{name}-throttling",
            rest_api=api.id,
            stage_name=stage.stage_name,
            method_path="*/*",
            settings=apigateway.MethodSettingsSettingsArgs(
                throttling_rate_limit=args.throttle_rate,
                throttling_burst_limit=args.throttle_burst,
                # Execution logs can hold bodies and tokens; the access log and the Lambda's own say enough.
                logging_level="OFF",
                data_trace_enabled=False,
                # Metrics by method are paid for; the Lambda logs the duration of each operation.
                metrics_enabled=False,
            ),
            opts=child,
        )
        self.rest_api_id = api.id
        self.rest_api_name = api.name
        self.stage_name = stage.stage_name
        self.stage_arn = stage.arn
        self.invoke_url = stage.invoke_url
        self.log_group_name = log_group.name
        self.register_outputs({"invoke_url": self.invoke_url})
