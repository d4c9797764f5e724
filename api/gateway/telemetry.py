"""The only logger, and the metrics: one JSON line a request, in CloudWatch's embedded metric format where it counts.

Nothing that a caller sent is ever in a line: no token, no header, no property of a body. That is why an unexpected
exception is logged by its type and its frames and without its text, which may quote a value.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

Each line has `timestamp` and `level`, which Lambda reads:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
"""

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from api.dynamodb import DynamoDBError
from api.openapi.contract import Operation
from api.openapi.errors import ContractViolation
from api.openapi.strict_json import dump

SERVICE: Final = "expenses"

LOG_LEVELS: Final = ("INFO", "WARNING")
"""INFO logs every request; WARNING only errors, and requests that count in a metric."""

_LIBRARIES_THAT_LOG_REQUESTS = ("botocore", "urllib3")


def quiet_libraries() -> None:
    """Keep libraries from logging what they send, whatever the root logger's level.

    At DEBUG botocore logs whole requests, with the items in them and the session token of the function's role; and
    Lambda's runtime sets the root logger to the function's application log level.
    """
    for name in _LIBRARIES_THAT_LOG_REQUESTS:
        logging.getLogger(name).setLevel(logging.WARNING)


@dataclass(slots=True)
class RequestContext:
    """What is known of a request so far, for its log lines and for the problem that it may end in."""

    request_id: str
    """What the caller sees and quotes: API Gateway's `extendedRequestId`, or else the best id that there is."""
    lambda_request_id: str
    """Lambda's id of the invocation, which its own lines have: a crash, a time-out, the report."""
    gateway_request_id: str = ""
    """API Gateway's `requestId`, which a caller can choose."""
    operation: Operation | None = None
    origin: str = ""
    is_head: bool = False

    def ids(self) -> dict[str, str]:
        """Return what identifies the request in a log line."""
        return {
            "request_id": self.request_id,
            "gateway_request_id": self.gateway_request_id,
            "lambda_request_id": self.lambda_request_id,
            "operation_id": self.operation.id if self.operation else "none",
        }


class Telemetry:
    """Writes log lines. The first request of a process also counts as a `ColdStart`. No method ever raises."""

    def __init__(
        self, namespace: str, level: str, write: Callable[[str], object], clock: Callable[[], datetime]
    ) -> None:
        """`write` takes a whole line with its end. Raises `ValueError` for a level that is not in `LOG_LEVELS`."""
        if level not in LOG_LEVELS:
            raise ValueError(f"LOG_LEVEL is {level}; it must be one of {', '.join(LOG_LEVELS)}.")
        self._namespace = namespace
        self._logs_every_request = level == "INFO"
        self._write = write
        self._clock = clock
        self._is_cold = True
        self._lost_lines = 0

    def request(self, context: RequestContext, status: int, seconds: float, event: str, event_count: int = 1) -> None:
        """Log a request with its response's status, and count its business event as often as it happened, if any."""
        counts = {**({"ColdStart": 1} if self._is_cold else {}), **({event: event_count} if event else {})}
        if not counts and not self._logs_every_request:
            return
        now = self._clock()
        line = {
            "timestamp": _rfc3339(now),
            "level": "INFO",
            "message": "request",
            "service": SERVICE,
            **context.ids(),
            "status": status,
            "duration_ms": round(seconds * 1000, 3),
            "cold_start": self._is_cold,
        }
        if counts:
            line |= self._metrics(counts, now)
        self._is_cold = False
        self._log(line)

    def failure(self, context: RequestContext, error: BaseException) -> None:
        """Log an exception that became a 5xx; an error of AWS's with its code, operation and request id."""
        has_safe_text = isinstance(error, ContractViolation | DynamoDBError)
        line = {
            "timestamp": _rfc3339(self._clock()),
            "level": "ERROR",
            "message": str(error) if has_safe_text else "unexpected exception",
            "service": SERVICE,
            **context.ids(),
            "exception": type(error).__qualname__,
            "frames": _frames(error.__traceback__),
        }
        if error.__cause__ is not None:
            line["cause"] = type(error.__cause__).__qualname__
        self._log(line | _aws_error(error))

    def _log(self, line: dict[str, Any]) -> None:
        """Write a line. A request is answered even where its line is lost; the next line has how many were."""
        if self._lost_lines:
            line["lost_lines"] = self._lost_lines
        try:
            self._write(dump(line) + "\n")
        except Exception:  # noqa: BLE001 — whatever keeps the line from the log has nowhere else to be logged
            self._lost_lines += 1
        else:
            self._lost_lines = 0

    def _metrics(self, counts: Mapping[str, int], now: datetime) -> dict[str, Any]:
        return {
            **counts,
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": self._namespace,
                        "Dimensions": [["service"]],
                        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
                    }
                ],
            },
        }


def _rfc3339(now: datetime) -> str:
    utc = now if now.tzinfo is UTC else now.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:-6] + "Z"


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace, limit=-20)]


def _aws_error(error: BaseException) -> dict[str, str]:
    """Return what identifies an error response of AWS's, among an exception and its causes; its message may quote data.

    Our own exceptions have it as attributes, botocore's `ClientError` in the parsed response.
    https://docs.aws.amazon.com/boto3/latest/guide/error-handling.html
    """
    for each in _chain(error):
        identity = {name: getattr(each, name, "") for name in ("aws_code", "aws_operation", "aws_request_id")}
        if any(identity.values()):
            return identity
        response = getattr(each, "response", None)
        if isinstance(response, Mapping):
            return {
                "aws_code": str(response.get("Error", {}).get("Code", "")),
                "aws_operation": str(getattr(each, "operation_name", "")),
                "aws_request_id": str(response.get("ResponseMetadata", {}).get("RequestId", "")),
            }
    return {}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
