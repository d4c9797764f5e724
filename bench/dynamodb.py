"""DynamoDB's stand-in behind TLS, running while a block runs."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.authority import certificates
from tools.image_root import REPOSITORY
from tools.serving import free_address, serving


class DynamoDB(NamedTuple):
    """Where it is, and who says so."""

    url: str
    authority: Path


@contextmanager
def dynamodb() -> Iterator[DynamoDB]:
    """Run `bench.dynamodb_server` with certificates of its own. Raises `NotServing`."""
    with tempfile.TemporaryDirectory() as directory:
        made = certificates(Path(directory))
        address = free_address()
        port = address.rpartition(":")[2]
        command: list[str | Path] = [sys.executable, "-m", "bench.dynamodb_server", port, made.certificate, made.key]
        with serving(command, address, Path(directory, "output"), directory=REPOSITORY):
            yield DynamoDB(f"https://{address}", made.root)
