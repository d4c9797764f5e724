"""Cold starts: from the start of a process to its first response, alone and in Lambda's emulator."""

import os
import subprocess
import time
from pathlib import Path

from bench.environments import Environment
from bench.events import REQUESTS
from local.function import in_an_emulator
from tools.emulator import BINARY
from tools.serving import free_address, serving


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
    address = free_address()
    command = [
        *(str(BINARY), "--runtime-interface-emulator-address", address, "--runtime-api-address", free_address()),
        *(str(environment.python), "-m", "awslambdaric", "app.handler"),
    ]
    variables = {**environment.variables, "LAMBDA_TASK_ROOT": str(environment.directory)}
    event, _ = REQUESTS["get"]
    with serving(command, address, Path(os.devnull), variables, environment.directory):
        started = time.perf_counter()
        response = in_an_emulator(f"http://{address}")(event)
        elapsed = time.perf_counter() - started
    if not isinstance(response, dict) or response.get("statusCode") != 200:
        raise RuntimeError(f"{environment.peer} returned in the emulator: {response}")
    return elapsed * 1000


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
