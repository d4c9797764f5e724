"""The clients that `make clients` generates, each through the life of some expenses on the running system."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.system import PASSWORD, ROOT, System
from tests.figures import FIGURES
from tools import clients

PROGRAMS = Path(__file__).parent / "clients"
NODE_MODULES = ROOT / "node_modules"
OUTCOME = {
    "amounts": [1, 2.5, 3.75],
    "pages": 2,
    "notes": "Lunch",
    "deleted": 204,
    "trash": [True],
    "restored": 4,
    "totals": [7.25, 3.5, 7.25],
    "copied": [3, 2, 3],
    "problem": "urn:problem-type:expenses:invalid-request",
    "violation": "/category",
}
COMPILER_OPTIONS = {
    "strict": True,
    "skipLibCheck": True,
    "exactOptionalPropertyTypes": True,
    "target": "ES2022",
    "lib": ["ES2022", "DOM"],
    "types": [],
    "module": "NodeNext",
}


@pytest.mark.skipif(not NODE_MODULES.exists(), reason="what npm installs is not here: `npm ci` makes it")
def test_the_typescript_client_compiles_strictly_and_works(system: System, tmp_path: Path) -> None:
    clients.typescript(tmp_path)
    shutil.copy(PROGRAMS / "life.ts", tmp_path)
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    (tmp_path / "package.json").write_text(json.dumps({"type": "module"}))
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER_OPTIONS}))

    compiled = subprocess.run(
        [NODE_MODULES / ".bin/tsc", "--project", tmp_path], capture_output=True, text=True, check=False
    )
    assert compiled.returncode == 0, compiled.stdout
    FIGURES["clients compiled and run"] += 1

    assert _outcome(["node", tmp_path / "life.js"], system) == OUTCOME


def test_the_python_client_works(system: System, tmp_path: Path) -> None:
    clients.python(tmp_path)
    FIGURES["clients compiled and run"] += 1

    assert _outcome([sys.executable, PROGRAMS / "life.py"], system, PYTHONPATH=str(tmp_path)) == OUTCOME


def _outcome(command: list[str | Path], system: System, **environment: str) -> object:
    """Return what a program prints that a new user runs."""
    email = system.sign_up()
    system.confirm(email)
    run = subprocess.run(
        command,
        env={
            **os.environ,
            **environment,
            "API_URL": system.about["api_url"],
            "COGNITO_ENDPOINT": system.about["cognito_endpoint"],
            "CLIENT_ID": system.about["client_id"],
            "USERNAME": email,
            "PASSWORD": PASSWORD,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(run.stdout)
