"""Which metrics there are, and what a metric's dimensions name. From AWS's own tables of metrics by service."""

from collections.abc import Mapping

from api.gateway.telemetry import SERVICE
from infra.observed import BUSINESS_METRICS
from tests.infra.recording import Recording

METRICS: Mapping[str, Mapping[frozenset[str], frozenset[str]]] = {
    "AWS/ApiGateway": {
        frozenset({"ApiName", "Stage"}): frozenset({"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"})
    },
    "AWS/Lambda": {
        frozenset({"FunctionName"}): frozenset({"ConcurrentExecutions"}),
        frozenset({"FunctionName", "Resource"}): frozenset({"Duration", "Errors", "Invocations", "Throttles"}),
    },
    "AWS/DynamoDB": {
        frozenset({"TableName"}): frozenset({"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"}),
        frozenset({"TableName", "Operation"}): frozenset({"SystemErrors", "ThrottledRequests"}),
    },
    "AWS/Logs": {frozenset({"LogGroupName"}): frozenset({"IncomingBytes", "IncomingLogEvents"})},
}
"""By namespace and dimensions."""

OWN_METRICS = frozenset({"ColdStart", *BUSINESS_METRICS})


def unknown_metric(recording: Recording, namespace: str, name: str, dimensions: Mapping[str, str]) -> list[str]:
    """Why there is no such metric in the recorded system; empty if there is."""
    own_namespace = recording.one("Function").inputs["environment"]["variables"]["METRICS_NAMESPACE"]
    if namespace == own_namespace:
        known = name in OWN_METRICS and dimensions == {"service": SERVICE}
    else:
        known = name in METRICS.get(namespace, {}).get(frozenset(dimensions), ())
    where = f"{namespace} {name} {dict(dimensions)}"
    found = [] if known else [f"{where} is no metric"]
    existing = _existing(recording)
    return found + [
        f"{where} looks at {value}, which is nothing" for key, value in dimensions.items() if value not in existing[key]
    ]


def _existing(recording: Recording) -> dict[str, set[str]]:
    function = recording.one("Function").inputs["name"]
    return {
        "ApiName": {recording.one("RestApi").inputs["name"]},
        "Stage": {recording.one("Stage").inputs["stageName"]},
        "FunctionName": {function},
        "Resource": {f"{function}:{recording.one('Alias').inputs['name']}"},
        "TableName": {recording.one("Table").inputs["name"]},
        "Operation": {"DeleteItem", "GetItem", "PutItem", "Query"},
        "LogGroupName": {group.inputs["name"] for group in recording.all("LogGroup")},
        "service": {SERVICE},
    }
