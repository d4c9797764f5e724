"""Lambda's own Runtime Interface Emulator, started on this machine with a function in it."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from local.environment import ISOLATION
from local.function import Invoke, in_an_emulator
from tools.emulator import BINARY
from tools.image_layout import DEPENDENCIES, TASK
from tools.serving import free_address, serving

ENVIRONMENT = {**ISOLATION, **Settings.example().to_env()}
"""What Lambda would give the function, and nothing of this machine's."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator. It takes one event at a time, as an environment of Lambda's does."""

    url: str
    log_file: Path
    process_id: int

    @property
    def invoke(self) -> Invoke:
        """What returns the handler's response to an event, or what the emulator says where the function ended."""
        return in_an_emulator(self.url)

    def kill_function(self, by: signal.Signals = signal.SIGKILL) -> None:
        """Kill the function's process, as the kernel does to one that takes too much memory; SIGSTOP makes it hang."""
        children = "".join(task.read_text() for task in Path(f"/proc/{self.process_id}/task").glob("*/children"))
        for process_id in children.split():
            os.kill(int(process_id), by)

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(root: Path, log_file: Path, environment: Mapping[str, str]) -> Iterator[Emulator]:
    """Run the function that is set out in `root`, as the image's entry point would."""
    address = free_address()
    command = [
        *(str(BINARY), "--runtime-interface-emulator-address", address, "--runtime-api-address", free_address()),
        *(sys.executable, "-m", "awslambdaric", "api.handler.handler"),
    ]
    layout = {"PYTHONPATH": str(root / DEPENDENCIES), "LAMBDA_TASK_ROOT": str(root / TASK)}
    variables = {"PATH": os.environ["PATH"], **layout, **environment}
    with serving(command, address, log_file, variables, root / TASK) as process:
        yield Emulator(f"http://{address}", log_file, process.pid)
