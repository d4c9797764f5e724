"""Who is notified when something is wrong, and where they look."""

import pulumi
from pulumi_aws import cloudwatch, sns

from infra.config.model import Config
from infra.function.component import Function
from infra.gateway.component import Gateway
from infra.monitoring.alarms import Alarm, alarms
from infra.monitoring.dashboard import dashboard
from infra.monitoring.metrics import Metrics
from infra.monitoring.queries import SAVED_QUERIES
from infra.tables import Tables


class Monitoring(pulumi.ComponentResource):
    """A topic, the alarms that go to it, one dashboard and the saved queries."""

    dashboard_url: pulumi.Output[str]

    def __init__(
        self,
        config: Config,
        *,
        gateway: Gateway,
        function: Function,
        tables: Tables,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("expenses:infra:Monitoring", config.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        metrics = Metrics(gateway, function, tables)
        # Not encrypted with AWS's own key for SNS: CloudWatch may not use that one, and alarms would go nowhere.
        topic = sns.Topic(f"{config.name}-alarms", name=f"{config.name}-alarms", opts=child)
        if config.alarm_email:
            sns.TopicSubscription(
                f"{config.name}-alarms-email",
                topic=topic.arn,
                protocol="email",
                endpoint=config.alarm_email,
                opts=child,
            )
        for alarm in alarms(config, metrics):
            cloudwatch.MetricAlarm(
                f"{config.name}-{alarm.name}",
                name=f"{config.name}-{alarm.name}",
                alarm_description=alarm.description,
                metric_queries=_metric_queries(alarm),
                comparison_operator="GreaterThanThreshold",
                threshold=alarm.threshold,
                evaluation_periods=alarm.periods,
                # No traffic is no error.
                treat_missing_data="notBreaching",
                alarm_actions=[topic.arn],
                ok_actions=[topic.arn],
                opts=child,
            )
        board = cloudwatch.Dashboard(
            f"{config.name}-dashboard",
            dashboard_name=config.name,
            dashboard_body=pulumi.Output.json_dumps(dashboard(config, metrics)),
            opts=child,
        )
        for name, query in SAVED_QUERIES.items():
            cloudwatch.QueryDefinition(
                f"{config.name}-{name}",
                name=f"{config.name}/{name}",
                log_group_names=[
                    *([function.log_group_name] if query.function_log else []),
                    *([gateway.log_group_name] if query.access_log else []),
                ],
                query_string=query.text,
                opts=child,
            )
        self.dashboard_url = pulumi.Output.concat(
            f"https://{config.region}.console.aws.amazon.com/cloudwatch/home?region={config.region}",
            "#dashboards/dashboard/",
            board.dashboard_name,
        )
        self.register_outputs({"dashboard_url": self.dashboard_url})


def _metric_queries(alarm: Alarm) -> list[cloudwatch.MetricAlarmMetricQueryArgs]:
    metrics = [
        cloudwatch.MetricAlarmMetricQueryArgs(
            id=identifier,
            return_data=False,
            metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=metric.dimensions,
                period=alarm.period_seconds,
                stat=metric.statistic,
            ),
        )
        for identifier, metric in alarm.metrics.items()
    ]
    result = cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=alarm.expression, label=alarm.name, return_data=True
    )
    return [*metrics, result]
