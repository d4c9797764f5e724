"""Runs a server while a block runs: a free address for it, and a wait until it listens there."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 10


class NotServing(RuntimeError):
    """The server ended, or does not listen in time; the message has the end of its output."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def has_ipv6() -> bool:
    """Return whether this machine has the loopback address of IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def free_address() -> str:
    """Return an address of 127.0.0.1 that nothing listens at, such as `127.0.0.1:40433`."""
    return f"127.0.0.1:{free_port()}"


@contextmanager
def serving(
    command: Sequence[str | Path],
    address: str,
    output: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command, with its output in a file, while the block runs, which is entered when it listens at the address.

    Raises `NotServing`.
    """
    with output.open("wb") as file, _running(command, file, environment, directory) as process:
        wait_until_listening(address, process, output)
        yield process


@contextmanager
def _running(
    command: Sequence[str | Path], output: IO[bytes], environment: Mapping[str, str] | None, directory: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, cwd=directory, env=environment, stdout=output, stderr=output) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_TIMEOUT_SECONDS)
            process.kill()


def wait_until_listening(address: str, process: subprocess.Popen[bytes], output: Path) -> None:
    """Wait until something listens at an address. Raises `NotServing` if the process ends before, or in time."""
    host, _, port = address.rpartition(":")
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise NotServing(f"Nothing listens at {address}: {output.read_text(errors='replace')[-2000:]}")
