"""Who is told when something is wrong, and where they look."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sns

from infra.alarms import Alarm, Thresholds, alarms
from infra.dashboard import dashboard
from infra.log_queries import SAVED_QUERIES
from infra.observed import Observed


@dataclass(frozen=True, slots=True)
class MonitoringArgs:
    """What is watched, from where on it alarms, and who is told; with an empty `email` only the topic is."""

    observed: Observed
    thresholds: Thresholds
    email: str


class Monitoring(pulumi.ComponentResource):
    """A topic, the alarms that go to it, one dashboard and the saved queries."""

    topic_arn: pulumi.Output[str]
    dashboard_url: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Monitoring", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Not encrypted with AWS's own key for SNS: CloudWatch may not use that one, and alarms would go nowhere.
        topic = sns.Topic(f"{name}-alarms", name=f"{name}-alarms", opts=child)
        if args.email:
            sns.TopicSubscription(
                f"{name}-alarms-email", topic=topic.arn, protocol="email", endpoint=args.email, opts=child
            )
        for alarm in alarms(args.observed, args.thresholds):
            cloudwatch.MetricAlarm(
                f"{name}-{alarm.name}",
                name=f"{name}-{alarm.name}",
                alarm_description=alarm.description,
                metric_queries=_metric_queries(alarm),
                comparison_operator="GreaterThanThreshold",
                threshold=alarm.threshold,
                evaluation_periods=alarm.periods,
                # No traffic is no fault.
                treat_missing_data="notBreaching",
                alarm_actions=[topic.arn],
                ok_actions=[topic.arn],
                opts=child,
            )
        board = cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=name,
            dashboard_body=pulumi.Output.json_dumps(dashboard(args.observed)),
            opts=child,
        )
        for title, query in SAVED_QUERIES.items():
            cloudwatch.QueryDefinition(
                f"{name}-{title}",
                name=f"{name}/{title}",
                log_group_names=[args.observed.function_log],
                query_string=query,
                opts=child,
            )
        self.topic_arn = topic.arn
        self.dashboard_url = pulumi.Output.concat(
            f"https://{args.observed.region}.console.aws.amazon.com/cloudwatch/home?region={args.observed.region}",
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
