"""Cold starts: from the start of a process to its first response, alone and in Lambda's emulator."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping

from bench.environments import Environment
from bench.events import REQUESTS
from tools.emulator import BINARY

INVOCATIONS = "/2015-03-31/functions/function/invocations"


def process(environment: Environment) -> float:
    """Return the milliseconds from a process's start to the end of it, with one response between."""
    return _timed(environment, ["-m", "bench.worker", "first_response"])


def start_of_handler(environment: Environment) -> float:
    """Return the milliseconds that a process takes to import this project's handler: the contract is compiled then."""
    return _inside(environment, "import api.handler")


def start_of_client(environment: Environment) -> float:
    """Return the milliseconds that the same takes for boto3 and a client for DynamoDB, and no contract at all."""
    return _inside(environment, "import boto3; boto3.client('dynamodb')")


def in_emulator(environment: Environment) -> float:
    """Return the milliseconds of the first invocation in a fresh emulator, which starts the function for it."""
    port, runtime_port = _free_ports()
    command = [
        *(str(BINARY), "--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
        *(str(environment.python), "-m", "awslambdaric", "app.handler"),
    ]
    variables = {**environment.variables, "LAMBDA_TASK_ROOT": str(environment.directory)}
    with subprocess.Popen(
        command, cwd=environment.directory, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as emulator:
        try:
            _wait_for(port)
            started = time.perf_counter()
            response = _invoke(f"http://127.0.0.1:{port}{INVOCATIONS}")
            elapsed = time.perf_counter() - started
        finally:
            emulator.terminate()
    if response.get("statusCode") != 200:
        raise RuntimeError(f"{environment.peer} responded in the emulator: {response}")
    return elapsed * 1000


def _invoke(url: str) -> Mapping[str, object]:
    event, _ = REQUESTS["get"]
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(event).encode()), timeout=60) as response:  # noqa: S310
        invoked: Mapping[str, object] = json.load(response)
    return invoked


def _timed(environment: Environment, arguments: list[str]) -> float:
    started = time.perf_counter()
    _run(environment, arguments)
    return (time.perf_counter() - started) * 1000


def _inside(environment: Environment, statement: str) -> float:
    timing = f"import time; t = time.perf_counter(); {statement}; print((time.perf_counter() - t) * 1000)"
    return float(_run(environment, ["-c", timing]).splitlines()[-1])


def _run(environment: Environment, arguments: list[str]) -> str:
    done = subprocess.run(
        [environment.python, *arguments],
        cwd=environment.directory,
        env=environment.variables,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{environment.peer}: {done.stderr}")
    return done.stdout


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError("The emulator does not start.")
