"""Lambda's own Runtime Interface Emulator, started on this machine with a function in it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import requests

from tools.emulator import BINARY
from tools.image_layout import DEPENDENCIES, TASK

INVOCATIONS = "/2015-03-31/functions/function/invocations"
MAX_ANSWER_BYTES = 6_291_556
"""What Lambda takes as an answer. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
ENVIRONMENT = {
    "TABLE_NAME": "expenses",
    "DEFAULT_CURRENCY": "EUR",
    "ALLOWED_ORIGINS": "*",
    "METRICS_NAMESPACE": "Expenses",
    "LOG_LEVEL": "INFO",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}
"""What Lambda would give the function, and nothing of this machine's."""


class Outcome(NamedTuple):
    """What the emulator answered to an invocation."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str
    log_file: Path
    process_id: int
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    """Two invocations at once end the emulator; Lambda too gives an environment one event at a time."""

    def invoke(self, event: object) -> Outcome:
        with self.one_at_a_time:
            response = requests.post(self.url + INVOCATIONS, json=event, timeout=60)
        return Outcome(response.status_code, response.content.decode())

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a proxy event, as the handler itself would."""
        outcome = self.invoke(event)
        assert outcome.status == 200, outcome.text
        answer: dict[str, Any] = outcome.json
        return answer

    def kill_function(self, by: signal.Signals = signal.SIGKILL) -> None:
        """Kill the function's process, as the kernel does to one that takes too much memory; SIGSTOP makes it hang."""
        children = "".join(task.read_text() for task in Path(f"/proc/{self.process_id}/task").glob("*/children"))
        for process_id in children.split():
            os.kill(int(process_id), by)

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(
    root: Path, log_file: Path, environment: Mapping[str, str], handler: str = "api.handler.handler"
) -> Iterator[Emulator]:
    """Run the function that is laid out in `root`, as the image's entry point would."""
    address, runtime_api = free_address(), free_address()
    command = [str(BINARY), "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime_api]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(root / DEPENDENCIES),
        "LAMBDA_TASK_ROOT": str(root / TASK),
        **environment,
    }
    command += [sys.executable, "-m", "awslambdaric", handler]
    with serving(command, address, log_file, environment, root / TASK) as process:
        yield Emulator(f"http://{address}", log_file, process.pid)


@contextmanager
def serving(
    command: Sequence[str], address: str, log_file: Path, environment: Mapping[str, str] | None, directory: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command while the block runs, which is entered when something listens at the address."""
    with (
        log_file.open("wb") as log,
        subprocess.Popen(command, cwd=directory, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(address, process, log_file)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def free_address() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def _wait_for(address: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"nothing listens at {address}: {log_file.read_text(errors='replace')[-2000:]}")
