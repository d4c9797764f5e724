"""The Dockerfile itself, built without a daemon, and the image run as Lambda does: read-only, small, unprivileged."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import ApiClient, EventTransport
from tests.e2e.emulator import ENVIRONMENT, Emulator
from tests.e2e.journey import travel
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import serving as serving_tables
from tools import image_python
from tools.emulator import BINARY, NoEmulator, fetch
from tools.image_root import REPOSITORY
from tools.pin_images import unpinned
from tools.serving import free_address, serving
from tools.stand_in_images import PYTHON_IMAGE, Podman, provide

pytestmark = pytest.mark.container

FOREIGN_USER = "993:990"
HEALTH = {"resource": "/health", "httpMethod": "GET", "requestContext": {"requestId": "1"}}
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def podman() -> Podman:
    """A podman that has both images of the Dockerfile, built from stand-ins for what it starts from."""
    missing = [program for program in ("podman", "runc", "mmdebstrap") if shutil.which(program) is None]
    if missing or os.geteuid():
        pytest.skip(f"building the image here takes root and Debian's {', '.join(missing) or 'podman'}")
    python = image_python.find()
    if python is None:
        pytest.skip(f"a stand-in for {PYTHON_IMAGE} takes a Python {image_python.VERSION}")
    try:
        if not BINARY.exists():
            fetch()
        podman = Podman(REPOSITORY / ".tools" / "podman")
        provide(podman, python)
    except NoEmulator as reason:
        pytest.skip(f"`make tools` can't fetch the Lambda emulator: {reason}")
    except subprocess.CalledProcessError as error:
        pytest.fail(f"{error.cmd[0]} made no stand-in: {error.stderr[-500:]}")
    for target, tag in (("emulator", "expenses:emulator"), ("", "expenses:function")):
        _build(podman, tag, *(["--target", target] if target else []))
    return podman


@pytest.fixture(scope="module")
def emulator(podman: Podman, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The image in the emulator, over an empty table."""
    log, address, runtime_api = tmp_path_factory.mktemp("container") / "log", free_address(), free_address()
    with serving_tables(FakeDynamoDB()) as tables:
        variables = {**ENVIRONMENT, "AWS_ENDPOINT_URL_DYNAMODB": tables.endpoint}
        command = podman.command(
            *("run", "--rm", "--network", "host", "--read-only", "--tmpfs=/tmp", "--user", FOREIGN_USER),
            *("--memory", "512m", "--cap-drop", "all", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"),
            *(argument for name, value in variables.items() for argument in ("--env", f"{name}={value}")),
            *("--entrypoint", json.dumps(["/usr/local/bin/aws-lambda-rie"]), "expenses:emulator"),
            *("--runtime-interface-emulator-address", address, "--runtime-api-address", runtime_api),
            *("/usr/local/bin/python", "-m", "awslambdaric", "api.handler.handler"),
        )
        with serving(command, address, log, None, REPOSITORY) as process:
            yield Emulator(f"http://{address}", log, process.pid)


def test_a_container_of_the_image_starts_within_two_seconds(emulator: Emulator) -> None:
    started = time.perf_counter()
    assert emulator.invoke(HEALTH)["statusCode"] == 200, emulator.log
    assert time.perf_counter() - started < 2


def test_the_whole_life_of_an_expense_passes_through_the_image(emulator: Emulator) -> None:
    travel(ApiClient(EventTransport(emulator.invoke)).as_user)


def test_the_image_adds_less_than_150_megabytes_to_its_base(podman: Podman) -> None:
    base, image = (
        int(podman.output("image", "inspect", "--format", "{{.Size}}", name))
        for name in (PYTHON_IMAGE, "expenses:function")
    )
    assert image - base < 150 * MEGABYTE


def test_the_image_has_bytecode_that_never_goes_stale(podman: Podman) -> None:
    imported = _python(
        podman,
        "import sys, json, struct, pathlib, api.bootstrap, botocore.session, awslambdaric\n"
        "files = [m.__cached__ for m in list(sys.modules.values()) if getattr(m, '__cached__', None)]\n"
        "flags = {f: pathlib.Path(f).exists() and struct.unpack('<I', open(f, 'rb').read(8)[4:])[0] for f in files}\n"
        "print(json.dumps([f for f, flag in flags.items() if flag != 1]))",
    )
    assert json.loads(imported) == []


def test_neither_compiler_tests_nor_yaml_are_in_the_image(podman: Podman) -> None:
    found = _python(
        podman,
        "import importlib.util, json, pathlib, shutil\n"
        "print(json.dumps([[p for p in ('gcc', 'cc', 'make') if shutil.which(p)],"
        " [m for m in ('yaml', 'boto3', 'pytest', 'tests') if importlib.util.find_spec(m)],"
        " sorted(str(p) for p in pathlib.Path('/var/task').iterdir())]))",
    )
    assert json.loads(found) == [[], [], ["/var/task/api", "/var/task/openapi.json"]]


def test_a_broken_binding_fails_the_build(podman: Podman, tmp_path: Path) -> None:
    for part in ("api", "requirements", "tools"):
        shutil.copytree(REPOSITORY / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("Dockerfile", ".dockerignore"):
        shutil.copy(REPOSITORY / part, tmp_path)
    contract = (REPOSITORY / "openapi.yaml").read_text(encoding="utf-8")
    (tmp_path / "openapi.yaml").write_text(contract.replace("operationId: get_expense", "operationId: fetch_expense"))
    with pytest.raises(AssertionError, match="the operation fetch_expense has no function"):
        _build(podman, "expenses:broken", context=tmp_path)


def _build(podman: Podman, tag: str, *options: str, context: Path = REPOSITORY) -> None:
    """Build the image with a digest that does not depend on the time, on the stand-ins, which have tags only."""
    done = subprocess.run(
        podman.command(
            *("build", "--isolation", "chroot", "--network", "host", "--pull=never", "--format", "docker"),
            *("--timestamp", "0", "--tag", tag, *options, "--file", "-", str(context)),
        ),
        input=unpinned((context / "Dockerfile").read_text(encoding="utf-8")),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def _python(podman: Podman, program: str) -> str:
    """Return what a program prints in the image, as a user that the image does not know."""
    return podman.output(
        *("run", "--rm", "--network", "none", "--read-only", "--user", FOREIGN_USER),
        *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"),
        *("--entrypoint", "/usr/local/bin/python", "expenses:function", "-c", program),
    )
