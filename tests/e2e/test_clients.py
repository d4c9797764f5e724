"""The clients that `make clients` generates, each through the life of some expenses on the running system."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.changes.progress import Progress, encode
from api.expenses.states import KEPT, instant
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
    "imported": [0, 3],
    "replayed": [False, True],
    "categories": ["Food", "food"],
    "moved": 1,
    "recorded": [["2025-01-31", "2025-02-28", "2025-03-31"], []],
    "erased": 4,
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


needs_node_modules = pytest.mark.skipif(
    not NODE_MODULES.exists(), reason="what npm installs is not here: `npm ci` makes it"
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TypeScript client with the programs that use it, and with what docs/sync.md shows, compiled strictly."""
    directory = tmp_path_factory.mktemp("typescript")
    clients.typescript(directory)
    for program in PROGRAMS.glob("*.ts"):
        shutil.copy(program, directory)
    [documented] = re.findall(r"```ts\n(.*?)```", (ROOT / "docs/sync.md").read_text(encoding="utf-8"), re.DOTALL)
    (directory / "synchronize.ts").write_text(documented, encoding="utf-8")
    (directory / "node_modules").symlink_to(NODE_MODULES)
    (directory / "package.json").write_text(json.dumps({"type": "module"}))
    (directory / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER_OPTIONS}))
    compiling = subprocess.run(
        [NODE_MODULES / ".bin/tsc", "--project", directory], capture_output=True, text=True, check=False
    )
    assert compiling.returncode == 0, compiling.stdout
    FIGURES["clients compiled and run"] += 1
    return directory


@needs_node_modules
def test_the_typescript_client_compiles_strictly_and_works(system: System, compiled: Path) -> None:
    assert _outcome(["node", compiled / "life.js"], system) == OUTCOME


@needs_node_modules
def test_the_documented_synchronization_keeps_two_devices_equal(system: System, compiled: Path) -> None:
    old_cursor = encode(Progress(instant(datetime.now(UTC) - KEPT)))

    assert _outcome(["node", compiled / "sync.js"], system, OLD_CURSOR=old_cursor) == {
        "afterRecording": [[3, 12.5], [3, 12.5]],
        "rejected": ["/category"],
        "afterDeletion": [3],
        "broken": "The battery is empty.",
        "counts": [121, 121],
        "outbox": 0,
    }


def test_the_python_client_works(system: System, tmp_path: Path) -> None:
    clients.python(tmp_path)
    FIGURES["clients compiled and run"] += 1

    assert _outcome([sys.executable, PROGRAMS / "life.py"], system, PYTHONPATH=str(tmp_path)) == OUTCOME


def _outcome(command: list[str | Path], system: System, **environment: str) -> object:
    """Return what a program prints that a new user runs."""
    email = system.new_user()
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
            "ID_TOKEN": system.log_in(email)["IdToken"],
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(run.stdout)
