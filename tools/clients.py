"""Generate the clients from openapi.yaml: `python -m tools.clients` makes `clients/typescript` and `clients/python`.

The TypeScript client needs Node and what `npm ci` installs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "openapi.yaml"
PYTHON_PACKAGE = "expense_tracker_client"
LOSSLESS = "application/x-ndjson"
FILE = {"schema": {"type": "string", "format": "binary"}}
"""How the Python generator knows a body that is sent, and returned, as it is."""


def typescript(directory: Path) -> None:
    """Write `schema.d.ts`, the contract's types, and `client.ts`, which calls the API by them with openapi-fetch.

    Raises `CalledProcessError`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    generator = ROOT / "node_modules/.bin/openapi-typescript"
    subprocess.run([generator, CONTRACT, "--output", directory / "schema.d.ts"], check=True, cwd=ROOT)  # noqa: S603
    shutil.copy(Path(__file__).with_name("client.ts"), directory / "client.ts")


def python(directory: Path) -> None:
    """Write the package `expense_tracker_client`. Raises `CalledProcessError`, also where a part could not be made."""
    # The generator formats with the ruff that it finds on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory() as temporary:
        contract = Path(temporary, "openapi.json")
        contract.write_text(json.dumps(_with_files(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))))
        command: list[str | Path] = [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--overwrite"),
            *("--path", contract, "--config", Path(__file__).with_name("python_client.yaml")),
            *("--meta", "none", "--output-path", directory / PYTHON_PACKAGE),
        ]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PATH": path})  # noqa: S603


def _with_files(node: Any) -> Any:
    """Return a part of the contract in which each body of lines is a file, of the lossless media type alone.

    Of several media types of one body the generator would send any under the name of the last.
    """
    if isinstance(node, list):
        return [_with_files(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {LOSSLESS: FILE} if LOSSLESS in node else {name: _with_files(value) for name, value in node.items()}


if __name__ == "__main__":
    typescript(ROOT / "clients/typescript")
    python(ROOT / "clients/python")
