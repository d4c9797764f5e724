"""What a person on call asks the logs, in the language of CloudWatch Logs Insights.

The Lambda's log has a line for each request (`message` is `request`) and each error, Lambda's own lines about crashes,
and for each call a `platform.report`, whose `record.status` tells a time-out. The access log has a line for each
request, and is the only one with the responses that the gateway makes itself.
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from dataclasses import dataclass

LATENCY_BY_OPERATION = """\
filter message = "request"
| stats count(*) as requests, pct(duration_ms, 50) as p50, pct(duration_ms, 99) as p99, max(duration_ms) as slowest
  by operation_id
| sort p99 desc"""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query, and which logs it reads."""

    text: str
    function_log: bool = False
    access_log: bool = False


SAVED_QUERIES = {
    "latency-by-operation": SavedQuery(LATENCY_BY_OPERATION, function_log=True),
    "server-errors": SavedQuery(
        """\
fields @timestamp, coalesce(request_id, extendedRequestId, requestId, record.requestId) as id, lambdaRequestId,
  coalesce(operation_id, resourcePath, type) as what, coalesce(status, record.status) as outcome,
  errorResponseType, message, exception, errorType, aws_code, aws_operation
| filter level in ["ERROR", "CRITICAL"] or status >= 500 or (type = "platform.report" and record.status != "success")
| sort @timestamp desc
| limit 100""",
        function_log=True,
        access_log=True,
    ),
    "one-request": SavedQuery(
        """\
fields @timestamp, coalesce(level, type, httpMethod) as kind, coalesce(operation_id, resourcePath) as what,
  coalesce(status, record.status) as outcome, duration_ms, responseLatency, errorResponseType, message, exception,
  aws_code, aws_request_id, coalesce(lambda_request_id, lambdaRequestId) as lambda_id
| filter request_id = "THE ID" or gateway_request_id = "THE ID" or lambda_request_id = "THE ID"
    or extendedRequestId = "THE ID" or requestId = "THE ID" or lambdaRequestId = "THE ID"
    or record.requestId = "THE ID"
| sort @timestamp asc""",
        function_log=True,
        access_log=True,
    ),
    "refused-requests": SavedQuery(
        """\
filter status >= 400 and status < 500
| stats count(*) as requests by httpMethod, resourcePath, status, errorResponseType
| sort requests desc""",
        access_log=True,
    ),
    "cold-starts": SavedQuery(
        """\
filter type = "platform.report" and ispresent(record.metrics.initDurationMs)
| stats count(*) as cold_starts,
    avg(record.metrics.initDurationMs) as average,
    max(record.metrics.initDurationMs) as longest
  by bin(1h)""",
        function_log=True,
    ),
}
"""By the name that each is saved under."""
