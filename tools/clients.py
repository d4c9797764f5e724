"""Generate the clients from openapi.yaml: `python -m tools.clients` makes `clients/typescript` and `clients/python`.

The TypeScript client needs Node and what `npm ci` installs.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "openapi.yaml"
PYTHON_PACKAGE = "expense_tracker_client"


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
    command: list[str | Path] = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--overwrite"),
        *("--path", CONTRACT, "--config", Path(__file__).with_name("python_client.yaml")),
        *("--meta", "none", "--output-path", directory / PYTHON_PACKAGE),
    ]
    # The generator formats with the ruff that it finds on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PATH": path})  # noqa: S603


if __name__ == "__main__":
    typescript(ROOT / "clients/typescript")
    python(ROOT / "clients/python")
