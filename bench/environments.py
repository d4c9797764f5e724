"""An isolated environment for each peer: its own locked dependencies, set out, pruned and compiled as the image's are.

So the peers differ in their frameworks only: what the image's layout saves, it saves to all of them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from tools import image_python, image_root
from tools.image_layout import DEPENDENCIES, TASK
from tools.image_root import REPOSITORY

PEERS = {
    "bare": "bare boto3 handler (checks nothing)",
    "this": "this project",
    "powertools": "Powertools resolver + pydantic",
    "fastapi": "FastAPI + Mangum",
    "connexion": "Connexion + Mangum",
    "openapi_core": "openapi-core",
}
"""Each peer's directory in `peers/`, and what it is called."""
FLOOR, OURS = "bare", "this"


@dataclass(frozen=True)
class Environment:
    """How a peer is run."""

    peer: str
    python: Path
    variables: Mapping[str, str]

    @property
    def directory(self) -> Path:
        """Where the peer's own module is."""
        return REPOSITORY / "bench" / "peers" / self.peer


@contextmanager
def prepared() -> Iterator[dict[str, Environment]]:
    """Lay out every peer's environment. Raises `WheelsUnavailable`."""
    python = _interpreter()
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        image_root.function(root, python)
        yield {peer: Environment(peer, python, _variables(peer, root, python)) for peer in PEERS}


def _variables(peer: str, root: Path, python: Path) -> dict[str, str]:
    peers = REPOSITORY / "bench" / "peers"
    lock = peers / peer / "requirements.txt"
    packages = root if peer == OURS else image_root.dependencies(lock, python)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, (packages / DEPENDENCIES, root / TASK, peers / peer, REPOSITORY))),
        **Settings.example().to_env(),
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
    }


def _interpreter() -> Path:
    """Return an interpreter of the image's version, or else this one's, that has nothing installed but PyYAML."""
    found = image_python.find() or Path(sys.executable)
    environment = REPOSITORY / ".tools" / f"bench-{found.resolve().name}"
    python = environment / "bin" / "python"
    if not python.exists():
        uv = shutil.which("uv") or Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--python", found, environment], check=True)
        lock = REPOSITORY / "requirements" / "image.txt"
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--require-hashes", "--python", python, "-r", lock], check=True
        )
    return python
