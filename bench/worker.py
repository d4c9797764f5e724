"""What is measured inside a peer's environment: `python -m bench.worker MEASUREMENT EVENTS`; prints JSON.

Imported in each peer's environment, so it needs the standard library only.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

SAMPLE_SECONDS = 0.03
"""How long a request is timed at once."""
WARMING, COUNTED = 5, 10
"""Of each request, before its instructions are counted and while they are."""

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Requests = Mapping[str, tuple[dict[str, Any], int]]
"""Events and the status of their responses, by the name of the request."""


class Context:
    """What Lambda passes to a handler beside the event."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


def latency(handler: Handler, requests: Requests, names: TextIO, medians: TextIO) -> dict[str, list[float]]:
    """Time for each line of `names` the request of that name, and write its median in microseconds to `medians`.

    Return in the end the 50th and 99th percentile of all that was timed. A request to which the peer does not respond
    as the contract says is not timed, and its median is 0.
    """
    times: dict[str, list[int]] = {name: [] for name in requests}
    is_valid = {name: _status(handler, event) == status for name, (event, status) in requests.items()}
    for line in names:
        name = line.strip()
        sample = sorted(_timed(handler, requests[name][0])) if is_valid[name] else [0]
        times[name] += sample
        medians.write(f"{_percentile(sample, 50)}\n")
        medians.flush()
    return {
        name: [_percentile(sorted(all_), 50), _percentile(sorted(all_), 99)] for name, all_ in times.items() if all_
    }


def _timed(handler: Handler, event: dict[str, Any]) -> Iterator[int]:
    """Give the nanoseconds of some responses, after one that warms the processor's caches.

    They are of the process, not of the clock on the wall: others use the machine too, DynamoDB's server among them.
    """
    handler(event, Context)
    deadline = time.perf_counter() + SAMPLE_SECONDS
    while time.perf_counter() < deadline:
        started = time.process_time_ns()
        handler(event, Context)
        yield time.process_time_ns() - started


def _percentile(ordered: list[int], percent: int) -> float:
    return ordered[len(ordered) * percent // 100] / 1000


def memory(handler: Handler, requests: Requests) -> dict[str, float]:
    """Return the resident megabytes after 50 requests, when all is warm, and after 1,000 more."""
    events = [requests[name][0] for name in ("create", "get", "list of 25")]
    found = {}
    for count in (50, 1000):
        for number in range(count):
            handler(events[number % len(events)], Context)
        found[str(count)] = _resident_megabytes()
    return found


def instructions(handler: Handler, requests: Requests) -> dict[str, int]:
    """Make each request some times, and return how often; the instructions between two `getppid` are counted."""
    for event, status in requests.values():
        for _ in range(WARMING):  # what is slowed down fifty times may miss its deadline at first
            _status(handler, event)
        os.getppid()
        statuses = [_status(handler, event) for _ in range(COUNTED)]
        os.getppid()
        if statuses != [status] * COUNTED:
            raise RuntimeError(f"The responses' statuses are {statuses}, not {status}.")
    return dict.fromkeys(requests, COUNTED)


def _status(handler: Handler, event: dict[str, Any]) -> int:
    """Return the status of the response, or 0 where the handler fails: the floor checks nothing."""
    try:
        return int(handler(event, Context)["statusCode"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure, with whatever the handler prints thrown away."""
    out = sys.stdout
    measurement, events = sys.argv[1:]
    requests: Requests = json.loads(Path(events).read_bytes())
    with Path(os.devnull).open("w") as sys.stdout:
        handler: Handler = importlib.import_module("app").handler  # its log goes to where stdout is now
        if measurement == "latency":
            result: object = latency(handler, requests, sys.stdin, out)
        else:
            result = {"memory": memory, "instructions": instructions}[measurement](handler, requests)
    out.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
