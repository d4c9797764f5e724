"""The function, set out as in the image, in Lambda's own emulator."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.environment import ISOLATION, lambda_environment
from local.gateway.limits import MAX_PAYLOAD_BYTES
from local.identity.user_pool import CLIENT_ID
from tests.client import ApiClient, EventTransport, Request
from tests.e2e import system
from tests.e2e.emulator import ENVIRONMENT, Emulator, running
from tests.e2e.journey import travel
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import serving
from tools import image_root
from tools.emulator import BINARY, NoEmulator, fetch
from tools.image_layout import DEPENDENCIES, TASK
from tools.serving import free_address

HEALTH = {"resource": "/health", "httpMethod": "GET", "requestContext": {"requestId": "1"}}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory set out as the image; skips where there is no emulator to run what is in it."""
    if not BINARY.exists():
        try:
            fetch()
        except NoEmulator as reason:
            pytest.skip(f"`make tools` can't fetch the Lambda emulator: {reason}")
    root = tmp_path_factory.mktemp("image")
    image_root.function(root)
    return root


@pytest.fixture(scope="module")
def emulator(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The function in the emulator, over an empty table."""
    log = tmp_path_factory.mktemp("emulator") / "log"
    with (
        serving(FakeDynamoDB()) as tables,
        running(root, log, {**ENVIRONMENT, "AWS_ENDPOINT_URL_DYNAMODB": tables.endpoint}) as emulator,
    ):
        yield emulator


@pytest.fixture
def silence() -> Iterator[str]:
    """An address where connections are taken and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_the_whole_life_of_an_expense_passes_through_the_emulator(emulator: Emulator) -> None:
    travel(ApiClient(EventTransport(emulator.invoke)).as_user)


def test_the_roots_that_the_function_trusts_are_set_out_one_by_one(root: Path) -> None:
    bundle = printed(root, "-Sc", "from botocore.httpsession import get_cert_path; print(get_cert_path(True))")
    assert Path(f"{bundle}.d").is_dir(), "a package with a bundle of its own has come into the image"


def test_the_function_starts_with_its_regular_expressions_compiled(root: Path) -> None:
    assert int(printed(root, "-c", "import re; print(len(re._cache))")) > 100


def printed(root: Path, *arguments: str) -> str:
    """Return what Python prints as it runs with what the image has; with `-S`, and nothing else."""
    environment = {"PYTHONPATH": str(root / DEPENDENCIES)}
    return subprocess.check_output([sys.executable, *arguments], env=environment, text=True).strip()


def test_an_event_that_is_not_api_gateways_is_a_problem_and_no_crash(emulator: Emulator) -> None:
    assert emulator.invoke(["not", "a", "proxy", "event"])["statusCode"] == 500  # type: ignore[arg-type]


def test_nothing_that_was_sent_is_logged_even_with_the_root_logger_at_debug(root: Path, tmp_path: Path) -> None:
    sent = {
        "note": "a very private note",
        "sub": "amina-u-1",
        "token": "secret.id.token",
        "role": "roles-session-token",
    }
    environment = {
        **ENVIRONMENT,
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
        "AWS_SESSION_TOKEN": sent["role"],
    }
    expense = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": sent["note"]}
    with (
        serving(FakeDynamoDB()) as tables,
        running(root, tmp_path / "log", {**environment, "AWS_ENDPOINT_URL_DYNAMODB": tables.endpoint}) as emulator,
    ):
        api = ApiClient(EventTransport(emulator.invoke), sent["sub"])
        recorded = api.post("/expenses", expense, Authorization=f"Bearer {sent['token']}")
        assert recorded.json["notes"] == sent["note"]
        assert api.get("/expenses?q=private").json["count"] == 1
        emulator.invoke({"note": sent["note"]})
        log = emulator.log
    assert [operation for operation in ("create_expense", "list_expenses", "none") if operation not in log] == []
    assert [
        secret for secret in (*sent.values(), "private", "Authorization", "Bearer", "AWS4-HMAC") if secret in log
    ] == []


def test_the_largest_possible_page_is_far_below_lambdas_limit(emulator: Emulator) -> None:
    widest = "\U0001f4b6"  # twelve bytes once Lambda's client has escaped both halves of its surrogate pair
    transport = EventTransport(emulator.invoke)
    largest = {
        "category": widest * 50,
        "payment_method": widest * 50,
        "notes": widest * 1000,
        "amount": -9999999999999.99,
        "date": "2025-09-30",
    }
    for _ in range(100):
        assert ApiClient(transport, "spendthrift").post("/expenses", largest).status == 201
    response = emulator.invoke(transport.event(Request("GET", "/expenses?limit=100", user="spendthrift")))
    assert '"count":100' in response["body"]
    assert len(json.dumps(response)) * 4 < MAX_PAYLOAD_BYTES


def test_a_function_that_was_killed_starts_again_and_logs_it(emulator: Emulator) -> None:
    emulator.invoke(HEALTH)
    emulator.kill_function()
    assert emulator.invoke(HEALTH)["errorType"] == "Runtime.ExitError"
    starts = emulator.log.count('"ColdStart":1')
    assert emulator.invoke(HEALTH)["statusCode"] == 200
    assert emulator.log.count('"ColdStart":1') == starts + 1


def test_a_table_that_never_answers_is_a_503_in_time(root: Path, tmp_path: Path, silence: str) -> None:
    environment = {**ENVIRONMENT, "AWS_ENDPOINT_URL_DYNAMODB": silence, "AWS_LAMBDA_FUNCTION_TIMEOUT": "2"}
    with running(root, tmp_path / "log", environment) as emulator:
        assert ApiClient(EventTransport(emulator.invoke)).get("/expenses").status == 503


def test_a_function_that_is_out_of_time_is_stopped_and_replaced(root: Path, tmp_path: Path) -> None:
    with running(root, tmp_path / "log", {**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_TIMEOUT": "2"}) as emulator:
        assert emulator.invoke(HEALTH)["statusCode"] == 200
        emulator.kill_function(by=signal.SIGSTOP)
        assert "Task timed out after 2.00 seconds" in emulator.invoke(HEALTH)
        assert emulator.invoke(HEALTH)["statusCode"] == 200


def test_a_function_without_its_settings_names_them_in_the_log(root: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in {"TABLE_NAME", "LOG_LEVEL"}}
    with running(root, tmp_path / "log", {**environment, "AWS_LAMBDA_LOG_FORMAT": "JSON"}) as emulator:
        assert emulator.invoke(HEALTH)["errorType"] == "MissingSettings"
        errors = [json.loads(line) for line in emulator.log.splitlines() if '"level": "ERROR"' in line]
    # The saved query for errors looks for this level, which the function's own lines have too.
    assert {(line["errorType"], line["errorMessage"]) for line in errors} == {
        ("MissingSettings", "The environment must set TABLE_NAME, LOG_LEVEL.")
    }


def test_the_local_gateway_calls_the_function_in_the_emulator(root: Path, tmp_path: Path) -> None:
    aws = free_address()
    environment = {**ISOLATION, **lambda_environment(f"http://{aws}", CLIENT_ID), "LOG_LEVEL": "INFO"}
    with (
        running(root, tmp_path / "log", environment) as emulator,
        system.running(
            tmp_path / "console", "--lambda-url", emulator.url, "--aws-port", aws.rpartition(":")[2]
        ) as started,
    ):
        user = started.client_of(started.new_user())
        recorded = user.post("/expenses", {"category": "Food", "amount": 12.5, "payment_method": "Cash"})
        assert recorded.status == 201
        assert user.get("/expenses").json["items"] == [recorded.json]
        assert "create_expense" in emulator.log


def test_nothing_is_compiled_at_a_start(root: Path) -> None:
    task = root / TASK
    modules = {path.stem for path in task.rglob("*.py")}
    compiled = {path.name.partition(".")[0] for path in task.rglob("*.pyc")}
    assert modules == compiled
