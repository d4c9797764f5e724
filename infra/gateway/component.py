"""The REST API before the Lambda, imported from the contract."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_aws import apigateway, cloudwatch, lambda_

from infra.config.model import Config
from infra.function.component import Function
from infra.gateway.body import dump, methods_without_a_token, render
from infra.identity import Identity

STAGE = "v1"

ACCESS_LOG_FIELDS = {
    "extendedRequestId": "$context.extendedRequestId",
    "requestId": "$context.requestId",
    # The Lambda's own lines about a crash or a time-out know only this one.
    "lambdaRequestId": "$context.integration.requestId",
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


class Gateway(pulumi.ComponentResource):
    """A regional REST API whose every part comes from one document; a changed document is deployed anew."""

    rest_api_id: pulumi.Output[str]
    name: pulumi.Output[str]
    stage_name: pulumi.Output[str]
    stage_arn: pulumi.Output[str]
    invoke_url: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(
        self,
        config: Config,
        *,
        contract: dict[str, Any],
        identity: Identity,
        function: Function,
        log_writers: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`log_writers` is what must be there before API Gateway lets a stage log."""
        super().__init__("expenses:infra:Gateway", config.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # A new API has another address, which every front end has built in; a new log group is empty.
        kept = pulumi.ResourceOptions(parent=self, protect=config.deletion_protection)
        body = pulumi.Output.all(pool=identity.user_pool_arn, function=function.alias_invoke_arn).apply(
            lambda arns: dump(
                render(
                    contract,
                    user_pool_arn=arns["pool"],
                    function_invoke_arn=arns["function"],
                    allowed_origins=config.allowed_origins,
                )
            )
        )
        api = apigateway.RestApi(
            f"{config.name}-api",
            body=body,
            # Without it an import that loses parts of the document counts as a success.
            fail_on_warnings=True,
            put_rest_api_mode="overwrite",
            # These stand here and not in the document: the provider would set them back to what it last saw.
            name=config.name,
            description="Records what one person spends, and finds it again.",
            api_key_source="HEADER",
            binary_media_types=[],
            minimum_compression_size="1024",
            endpoint_configuration=apigateway.RestApiEndpointConfigurationArgs(types="REGIONAL"),
            opts=kept,
        )
        permission = lambda_.Permission(
            f"{config.name}-api-may-invoke",
            action="lambda:InvokeFunction",
            principal="apigateway.amazonaws.com",
            function=function.name,
            qualifier=function.alias_name,
            source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
            opts=child,
        )
        deployment = apigateway.Deployment(
            f"{config.name}-deployment",
            rest_api=api.id,
            triggers={"body": body.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        log_group = cloudwatch.LogGroup(
            f"{config.name}-access-log",
            name=f"/aws/apigateway/{config.name}",
            retention_in_days=config.log_retention_days,
            opts=kept,
        )
        stage = apigateway.Stage(
            f"{config.name}-stage",
            rest_api=api.id,
            deployment=deployment.id,
            stage_name=STAGE,
            xray_tracing_enabled=True,
            access_log_settings=apigateway.StageAccessLogSettingsArgs(
                destination_arn=log_group.arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=log_writers),
        )
        self.rest_api_id = api.id
        self.name = api.name
        self.stage_name = stage.stage_name
        self.stage_arn = stage.arn
        self.invoke_url = stage.invoke_url
        self.log_group_name = log_group.name
        self._throttle(config, contract)
        self.register_outputs({"invoke_url": self.invoke_url})

    def _throttle(self, config: Config, contract: dict[str, Any]) -> None:
        """Limit each method by itself, and lower what anyone may call: every call costs money."""
        every_method = self._method_settings(
            config.name, "", "*/*", config.throttle_rate, config.throttle_burst, depends_on=[]
        )
        for path, method in methods_without_a_token(contract):
            self._method_settings(
                config.name,
                re.sub(r"\W+", "-", f"{path}-{method.lower()}"),
                # As API Gateway keys the settings of a stage.
                f"{path.replace('/', '~1')}/{method}",
                config.public_throttle_rate,
                2 * config.public_throttle_rate,
                # What is set for every method is set for these too, so it comes first.
                depends_on=[every_method],
            )

    def _method_settings(
        self, name: str, suffix: str, method_path: str, rate: int, burst: int, *, depends_on: Sequence[pulumi.Resource]
    ) -> apigateway.MethodSettings:
        return apigateway.MethodSettings(
            f"{name}-throttling{suffix}",
            rest_api=self.rest_api_id,
            stage_name=self.stage_name,
            method_path=method_path,
            settings=apigateway.MethodSettingsSettingsArgs(
                throttling_rate_limit=rate,
                throttling_burst_limit=burst,
                # Execution logs can hold bodies and tokens; the access log and the Lambda's own say enough.
                logging_level="OFF",
                data_trace_enabled=False,
                # Metrics by method are paid for; the Lambda logs the duration of each operation.
                metrics_enabled=False,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )
