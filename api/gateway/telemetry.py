"""The only logger, and the metrics: one JSON line a request, in CloudWatch's embedded metric format where it counts.

Nothing that a caller sent is ever in a line: no token, no header, no member of a body. That is why an unexpected
exception is logged by its type and its frames and without its text, which may quote a value.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from api.dynamodb import StoreUnavailable
from api.openapi.errors import ContractViolation
from api.openapi.strict_json import dump

SERVICE: Final = "expenses"
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}


class Telemetry:
    """Writes log lines. The first request of a process also counts as a `ColdStart`."""

    def __init__(self, namespace: str, level: str, write: Callable[[str], object]) -> None:
        """`write` takes a whole line with its end. Raises `ValueError` for a level that is none."""
        if level not in _LEVELS:
            raise ValueError(f"LOG_LEVEL is {level}; it must be one of {', '.join(_LEVELS)}.")
        self._namespace = namespace
        self._threshold = _LEVELS[level]
        self._write = write
        self._is_cold = True

    def request(self, request_id: str, operation_id: str, status: int, seconds: float, event: str) -> None:
        """Log an answered request, and count its business event, if it was any."""
        counts = [name for name in ("ColdStart" if self._is_cold else "", event) if name]
        if not counts and self._threshold > _LEVELS["INFO"]:
            return
        line = {
            "level": "INFO",
            "message": "request",
            "service": SERVICE,
            "request_id": request_id,
            "operation_id": operation_id,
            "status": status,
            "duration_ms": round(seconds * 1000, 3),
            "cold_start": self._is_cold,
        }
        if counts:
            line |= self._metrics(counts)
        self._is_cold = False
        self._write(dump(line) + "\n")

    def failure(self, request_id: str, operation_id: str, error: BaseException) -> None:
        """Log an exception that became a 5xx."""
        line = {
            "level": "ERROR",
            "message": str(error)
            if isinstance(error, ContractViolation | StoreUnavailable)
            else "unexpected exception",
            "service": SERVICE,
            "request_id": request_id,
            "operation_id": operation_id,
            "exception": type(error).__qualname__,
            "frames": _frames(error.__traceback__),
        }
        if error.__cause__ is not None:
            line["cause"] = type(error.__cause__).__qualname__
        self._write(dump(line) + "\n")

    def _metrics(self, names: list[str]) -> dict[str, Any]:
        return {
            **dict.fromkeys(names, 1),
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": self._namespace,
                        "Dimensions": [["service"]],
                        "Metrics": [{"Name": name, "Unit": "Count"} for name in names],
                    }
                ],
            },
        }


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace, limit=-20)]
