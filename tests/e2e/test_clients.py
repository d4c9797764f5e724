"""The clients that `make clients` generates, each through the life of some expenses on the running system."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import TypeAdapter

from api.changes.progress import Progress, encode
from api.expenses.states import KEPT, instant
from tests.client import ApiClient, EventTransport, HttpTransport, Request, Response
from tests.contract.document import CONTRACT
from tests.e2e.journey import travel
from tests.e2e.system import PASSWORD, ROOT, System
from tests.figures import FIGURES
from tools import clients

PROGRAMS = Path(__file__).parent / "clients"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")
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


class PythonTransport(HttpTransport):
    """Sends each request by the generated function of its operation, in the types that this takes."""

    def __call__(self, request: Request) -> Response:
        if "text/csv" in request.headers.values():  # the function takes and returns one media type
            return super().__call__(request)
        event = EventTransport(dict).event(request)
        operation = CONTRACT["paths"][event["resource"]][request.method.lower()]
        module = import_module(f"{clients.PYTHON_PACKAGE}.api.{operation['tags'][0]}.{operation['operationId']}")
        types = get_type_hints(module.sync_detailed)
        parameters = {
            **(event["pathParameters"] or {}),
            **(event["multiValueQueryStringParameters"] or {}),
            **{name.lower().replace("-", "_"): value for name, value in request.headers.items()},
        }
        arguments = {name: _typed(types[name], value) for name, value in parameters.items() if name in types}
        try:
            if request.content:
                arguments["body"] = _body(types["body"], request.content)
        except (KeyError, ValueError):  # what the types can't express the contract must refuse
            response = super().__call__(request)
            assert response.status == 400
            return response
        package, token = import_module(clients.PYTHON_PACKAGE), str(self.authorization).removeprefix("Bearer ")
        with package.AuthenticatedClient(self.base_url, token, verify_ssl=False) as client:
            received = module.sync_detailed(client=client, **arguments)
        text = received.content.decode()
        if received.headers.get("Content-Type", "").endswith(("/json", "+json")):
            assert _read(json.dumps(received.parsed.to_dict())) == _read(text)
        return Response(received.status_code, received.headers, text)


def _body(kind: Any, content: bytes) -> Any:
    """Return a body as the type that a function takes, which may be optional: a model, or a file."""
    [model] = [each for each in (kind, *get_args(kind)) if hasattr(each, "__attrs_attrs__")]
    return model.from_dict(json.loads(content)) if hasattr(model, "from_dict") else model(BytesIO(content))


def _typed(kind: Any, value: Any) -> Any:
    """Return a parameter's value, or the list of them, in a type that a function takes."""
    one = value[0] if isinstance(value, list) and "list[" not in str(kind) else value
    return TypeAdapter(kind, config={"arbitrary_types_allowed": True}).validate_python(one)


def _read(text: str) -> Any:
    """Return what a JSON text says, however it writes the instants."""
    return json.loads(INSTANT.sub(lambda found: datetime.fromisoformat(found[0]).isoformat(), text))


@pytest.fixture(scope="module")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that has the Python client."""
    directory = tmp_path_factory.mktemp("python")
    clients.python(directory)
    FIGURES["clients compiled and run"] += 1
    return directory


def test_the_documented_python_records_an_expense(system: System, python_client: Path) -> None:
    email = system.new_user()
    [documented] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/clients.md").read_text(encoding="utf-8"), re.DOTALL)
    program = documented.replace("http://127.0.0.1:8000", system.about["api_url"])
    token = f"id_token = {system.log_in(email)['IdToken']!r}\n"
    printed = subprocess.check_output([sys.executable, "-c", token + program], cwd=python_client, text=True)
    assert [each["expense_id"] for each in system.client_of(email).get("/expenses").json["items"]] == [printed.strip()]


def test_the_python_client_works(system: System, python_client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(python_client)

    def new_user(_: str, zone: str) -> ApiClient:
        client = system.client_of(system.new_user(zoneinfo=zone))
        return ApiClient(PythonTransport(**vars(client.transport)))

    travel(new_user)


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
