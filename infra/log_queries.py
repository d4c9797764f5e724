"""What a person on call asks the Lambda's log, in the language of CloudWatch Logs Insights.

Each request leaves one line: `message` is `request`, with `operation_id`, `status`, `duration_ms` and `request_id`.
"""

LATENCY_BY_OPERATION = """\
filter message = "request"
| stats count(*) as requests, pct(duration_ms, 50) as p50, pct(duration_ms, 99) as p99, max(duration_ms) as slowest
  by operation_id
| sort p99 desc"""

SAVED_QUERIES = {
    "latency-by-operation": LATENCY_BY_OPERATION,
    "server-errors": """\
fields @timestamp, operation_id, request_id, message, exception
| filter level = "ERROR" or status >= 500
| sort @timestamp desc
| limit 100""",
    "one-request": """\
fields @timestamp, level, message, operation_id, status, duration_ms
| filter request_id = "the instance of the problem"
| sort @timestamp asc""",
    "refused-requests": """\
filter message = "request" and status >= 400 and status < 500
| stats count(*) as requests by operation_id, status
| sort requests desc""",
    "cold-starts": """\
filter type = "platform.report" and ispresent(record.metrics.initDurationMs)
| stats count(*) as cold_starts,
    avg(record.metrics.initDurationMs) as average,
    max(record.metrics.initDurationMs) as longest
  by bin(1h)""",
}
"""By the name that each is saved under."""
