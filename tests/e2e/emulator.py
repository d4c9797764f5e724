"""Lambda's own Runtime Interface Emulator, started on this machine with a function in it."""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import requests

from api.settings import Settings
from local.function import INVOCATIONS
from tools.emulator import BINARY
from tools.image_layout import DEPENDENCIES, TASK
from tools.serving import free_address, serving

MAX_RESPONSE_BYTES = 6_291_556
"""The largest response that Lambda accepts. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
ENVIRONMENT = {
    **Settings.example().to_env(),
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}
"""What Lambda would give the function, and nothing of this machine's."""


class Outcome(NamedTuple):
    """The emulator's response to an invocation."""

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
        """Return the response to a proxy event, as the handler itself would."""
        outcome = self.invoke(event)
        assert outcome.status == 200, outcome.text
        response: dict[str, Any] = outcome.json
        return response

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
    """Run the function that is set out in `root`, as the image's entry point would."""
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
