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
from dataclasses import dataclass, replace
from pathlib import Path

from api.settings import Settings
from bench.entry_point import entry_point
from tools import image_python, image_root
from tools.image_layout import DEPENDENCIES, TASK
from tools.image_root import REPOSITORY
from tools.wheels import unpack

PEERS = {
    "installed": "bare boto3 handler, as pip installs it",
    "bare": "bare boto3 handler (checks nothing)",
    "this": "this project",
    "msgspec": "plain handler with msgspec",
    "powertools": "Powertools + pydantic, orjson",
    "litestar": "Litestar + msgspec, Mangum",
    "fastapi": "FastAPI + pydantic, Mangum",
    "connexion": "Connexion, Mangum",
    "openapi_core": "openapi-core",
}
"""Each peer's directory in `peers/`, and what it is called."""
FLOOR, OURS = "bare", "this"
INSTALLED = "installed"
"""The floor once more, with all of botocore, to see what the image's layout saves: it differs at its start only."""
BENCH = REPOSITORY / "bench"
TRUSTED = ("botocore/cacert.pem", "certifi/cacert.pem")
"""The certificate authorities that botocore trusts: certifi's where a peer brings that along."""


@dataclass(frozen=True)
class Environment:
    """How a peer is run: its command as a function, and otherwise its interpreter."""

    name: str
    python: Path
    command: list[str]
    directory: Path
    variables: Mapping[str, str]
    """Of the command."""
    path: tuple[Path, ...]
    """Where the interpreter finds the peer's `app`, and what that imports."""

    @property
    def worker_variables(self) -> Mapping[str, str]:
        """Those of an interpreter that measures the peer from within."""
        return {**self.variables, "PYTHONPATH": os.pathsep.join(map(str, self.path))}

    def calling(self, dynamodb: str) -> "Environment":
        """Return the environment in which the peer calls DynamoDB at an address; without one it has a stub."""
        return replace(self, variables={**self.variables, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb})

    def run(self, module: str, *arguments: str | Path) -> str:
        """Return what a module prints that runs in this environment. Raises `RuntimeError`."""
        done = subprocess.run(
            [self.python, "-m", module, *arguments],
            cwd=self.directory,
            env=self.worker_variables,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr}")
        return done.stdout


@contextmanager
def prepared(authority: Path) -> Iterator[dict[str, Environment]]:
    """Lay out every peer's environment, trusting one more certificate authority. Raises `WheelsUnavailable`."""
    python = interpreter()
    with tempfile.TemporaryDirectory() as directory:
        roots = Path(directory)
        found = {}
        for peer in PEERS:
            root = roots / peer
            if peer == OURS:
                image_root.function(root, python)
                found[peer] = of_image(REPOSITORY, root, python, authority)
            elif peer == INSTALLED:
                _install(BENCH / "peers" / FLOOR / "requirements.txt", roots / "pip", python)
                found[peer] = _of_peer(FLOOR, roots / "pip", root, python, authority)
            else:
                kept = image_root.dependencies(BENCH / "peers" / peer / "requirements.txt", python)
                found[peer] = _of_peer(peer, kept, root, python, authority)
        yield found


def of_image(source: Path, root: Path, python: Path, authority: Path, name: str = OURS) -> Environment:
    """Return the environment of this project as the image at `root` has it, made of the sources at `source`."""
    kept = (root / DEPENDENCIES).resolve()
    (root / DEPENDENCIES).unlink()
    _trusting(kept, root / DEPENDENCIES, authority)
    start = entry_point(source / "Dockerfile", root, python)
    path = (root / DEPENDENCIES, root / TASK, BENCH / "peers" / OURS, REPOSITORY)
    return Environment(name, python, start.command, root / TASK, {**_variables(root / TASK), **start.variables}, path)


def _of_peer(peer: str, kept: Path, root: Path, python: Path, authority: Path) -> Environment:
    directory = BENCH / "peers" / peer
    _trusting(kept / DEPENDENCIES, root / DEPENDENCIES, authority)
    path = (root / DEPENDENCIES, directory, REPOSITORY)
    variables = {**_variables(directory), "PYTHONPATH": os.pathsep.join(map(str, path))}
    return Environment(peer, python, [str(python), "-m", "awslambdaric", "app.handler"], directory, variables, path)


def _install(lock: Path, root: Path, python: Path) -> None:
    """Install what a lock names as pip does: whole, and compiled. Raises `WheelsUnavailable`."""
    unpack(lock, root / DEPENDENCIES, python)
    subprocess.run([python, "-m", "compileall", "-q", "-j", "0", root / DEPENDENCIES], check=True)


def _trusting(kept: Path, packages: Path, authority: Path) -> None:
    """Copy packages that all trust one more authority than botocore does: what is loaded stays what Lambda loads.

    An image may have the authorities in a directory by OpenSSL's names beside the file of them all.
    """
    shutil.copytree(kept, packages, copy_function=os.link)
    for trusted in filter(Path.exists, map(packages.joinpath, TRUSTED)):
        roots = trusted.read_bytes()
        trusted.unlink()  # it is a link to the file that is kept
        trusted.write_bytes(roots + authority.read_bytes())
        hashed = trusted.with_name(f"{trusted.name}.d")
        if hashed.exists():
            shutil.copy(authority, hashed)


def _variables(task: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        **Settings.example().to_env(),
        "LAMBDA_TASK_ROOT": str(task),
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench" * 100,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
    }


def interpreter() -> Path:
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
