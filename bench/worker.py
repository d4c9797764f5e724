"""What is measured inside a peer's environment: `python -m bench.worker MEASUREMENT`; prints JSON.

Imported in each peer's environment, so it needs the standard library only.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.events import REQUESTS

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Context:
    """What Lambda tells a handler of its invocation."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


def first_answer(handler: Handler) -> None:
    """Answer one request."""
    event, status = REQUESTS["get"]
    assert handler(event, Context)["statusCode"] == status  # noqa: S101


def latency(handler: Handler, seconds: float = 0.25) -> dict[str, list[float]]:
    """Return for each request its 50th and 99th percentile in microseconds, or nothing where it is answered otherwise."""
    found = {}
    for name, (event, status) in REQUESTS.items():
        answers = [handler(event, Context)["statusCode"] for _ in range(20)] if _is_fit(handler, event) else []
        if set(answers) != {status}:
            continue
        times = []
        gc.collect()
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline or len(times) < 20:
            started = time.perf_counter_ns()
            handler(event, Context)
            times.append(time.perf_counter_ns() - started)
        times.sort()
        found[name] = [times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000]
    return found


def memory(handler: Handler) -> dict[str, float]:
    """Return the resident megabytes after the first answers, after 1,000 requests and after 5,000."""
    events = [event for event, _ in REQUESTS.values() if _is_fit(handler, event)]
    found = {}
    done = 0
    for count in (50, 1000, 5000):
        for number in range(done, count):
            handler(events[number % len(events)], Context)
        done = count
        found[str(count)] = _resident_megabytes()
    return found


def _is_fit(handler: Handler, event: dict[str, Any]) -> bool:
    """Tell whether the handler answers at all: the floor knows no faults."""
    try:
        handler(event, Context)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure, with whatever the handler prints thrown away."""
    out = sys.stdout
    with Path(os.devnull).open("w") as sys.stdout:
        from app import handler  # noqa: PLC0415 — the log goes to where stdout is now

        result = {"first_answer": first_answer, "latency": latency, "memory": memory}[sys.argv[1]](handler)
    out.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
