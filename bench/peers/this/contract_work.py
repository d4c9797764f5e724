"""What the contract costs each request of a file: parsing it and validating its response. Prints JSON."""

import json
import os
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.bootstrap import CONTRACT_DIRECTORY
from api.gateway import proxy_event
from api.openapi.contract import Contract, HttpRequest, Operation, Response, load
from api.openapi.errors import InvalidRequest
from api.openapi.strict_json import parse
from bench.worker import Context

TIMES = 1000


def main() -> None:
    """Print for each request the median microseconds of parsing it and validating its response."""
    contract = load(CONTRACT_DIRECTORY)
    found = {}
    for name, (event, _) in json.loads(Path(sys.argv[1]).read_bytes()).items():
        request = proxy_event.read(event).raw
        operation = contract.match(request.resource, request.method)
        response = _response_to(event, contract)
        found[name] = statistics.median(_microseconds(operation, request, response) for _ in range(TIMES))
    print(json.dumps(found))


def _microseconds(operation: Operation, request: HttpRequest, response: Response) -> float:
    started = time.process_time_ns()
    with suppress(InvalidRequest):  # one of the requests is meant to be
        operation.parse(request)
    operation.validate(response)
    return (time.process_time_ns() - started) / 1000


def _response_to(event: dict[str, Any], contract: Contract) -> Response:
    """Return the service's response as the operation made it: without the headers that every response has."""
    out = sys.stdout
    with Path(os.devnull).open("w") as sys.stdout:
        from app import handler  # noqa: PLC0415 — the log goes to where stdout is now

        sent = handler(event, Context)
    sys.stdout = out
    headers = {name: value for name, value in sent["headers"].items() if name in contract.response_headers}
    return Response(sent["statusCode"], parse(sent["body"]), headers, sent["headers"]["Content-Type"])


if __name__ == "__main__":
    main()
