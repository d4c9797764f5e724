"""AWS on this machine: what it keeps, and how it ends."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from api.settings import Settings
from api.tables import EXPENSES, RECORDS
from definitions import user_pool as definition
from definitions.user_pool import PasswordPolicy
from local import demo
from local.aws import PYTHON, ROOT
from local.environment import REGION, ministack_environment
from local.identity.user_pool import ensure_user_pool
from local.state import IN_USE, forget, take
from local.tables import ChangedTableError, create_table, ensure_tables

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

LOST_AT_MOST_SECONDS = 1
END_SECONDS = 30
TODAY = date(2026, 11, 28)

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="MiniStack is not installed: `make .venv/.local` does it")


@dataclass
class MiniStack:
    process: "subprocess.Popen[bytes]"
    dynamodb: "DynamoDBClient"
    cognito: "CognitoIdentityProviderClient"

    def end(self) -> str:
        """End it as the end of the process that started it does; return its last words."""
        _, errors = self.process.communicate(timeout=END_SECONDS)
        return errors.decode()


@contextmanager
def ministack(directory: Path, mode: str = "keep") -> Iterator[MiniStack]:
    """Run it as `make run` does; kill it when the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [PYTHON, "-m", "local.ministack", str(listener.fileno()), str(directory), mode],
            cwd=ROOT,
            env=ministack_environment(directory),
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    try:
        session = boto3.Session("local", "local", region_name=REGION)
        dynamodb = session.client("dynamodb", endpoint_url=endpoint)
        yield MiniStack(process, dynamodb, session.client("cognito-idp", endpoint_url=endpoint))
    finally:
        process.kill()
        process.communicate()


def record(client: "DynamoDBClient", key: str) -> None:
    client.put_item(TableName="records", Item=RECORDS.key("user", key))


def recorded(client: "DynamoDBClient") -> set[str]:
    return {item["record_key"]["S"] for item in client.scan(TableName="records")["Items"]}


def test_kill_9_loses_at_most_a_second(tmp_path: Path) -> None:
    written: dict[str, float] = {}
    with ministack(tmp_path) as killed:
        ensure_tables(killed.dynamodb, Settings.example())
        began = time.monotonic()
        while time.monotonic() < began + 2 * LOST_AT_MOST_SECONDS:
            record(killed.dynamodb, key := str(len(written)))
            written[key] = time.monotonic()
        killed.process.kill()
        end = time.monotonic()

    with ministack(tmp_path) as again:
        kept = recorded(again.dynamodb)
    assert {key for key, at in written.items() if at < end - LOST_AT_MOST_SECONDS} <= kept
    assert kept


def test_an_end_in_good_order_loses_nothing(tmp_path: Path) -> None:
    with ministack(tmp_path) as ended:
        ensure_tables(ended.dynamodb, Settings.example())
        record(ended.dynamodb, "last")
        assert ended.end() == ""

    with ministack(tmp_path) as again:
        ensure_tables(again.dynamodb, Settings.example())
        assert recorded(again.dynamodb) == {"last"}
        ttl = again.dynamodb.describe_time_to_live(TableName="expenses")["TimeToLiveDescription"]
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": EXPENSES.ttl_attribute}


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state.unfinished").mkdir()
    with ministack(tmp_path) as unwritable:
        ensure_tables(unwritable.dynamodb, Settings.example())
        errors = unwritable.end()

    assert unwritable.process.returncode == 1
    assert errors.endswith(
        f"The last changes are not saved: [Errno 21] Is a directory: '{tmp_path}/state.unfinished'\n"
    )


def test_what_is_not_to_be_kept_leaves_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "temporary"
    directory.mkdir()
    with ministack(directory, "forget") as ended:
        ensure_tables(ended.dynamodb, Settings.example())
        assert ended.end() == ""

    assert not directory.exists()


@pytest.mark.parametrize("content", ['{"dynamodb"', "[]", '{"dynamodb": {}}'])
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    (tmp_path / "state.json").write_text(content)
    with ministack(tmp_path) as damaged:
        errors = damaged.end()

    assert damaged.process.returncode == 1
    assert errors.startswith(f"{tmp_path}/state.json is damaged: ")
    assert errors.endswith("`make run FRESH=1` forgets it and starts anew.\n")
    assert (tmp_path / "state.json").read_text() == content


def test_a_kept_table_of_another_definition_is_not_used(tmp_path: Path) -> None:
    with ministack(tmp_path) as older:
        create_table(older.dynamodb, "expenses", RECORDS)

        with pytest.raises(ChangedTableError, match="table expenses has changed"):
            ensure_tables(older.dynamodb, Settings.example())


def test_a_demo_that_was_cut_off_is_made_anew_and_then_never_again(tmp_path: Path) -> None:
    said: list[str] = []
    requests: list[dict[str, Any]] = []

    def invoke(event: dict[str, Any]) -> dict[str, Any]:
        requests.append(event)
        status = {"DELETE": 204, "PUT": 200}.get(event["httpMethod"], 201)
        return {"statusCode": status, "body": json.dumps({"expense_id": "1"})}

    with ministack(tmp_path) as stack:
        pool_id = ensure_user_pool(stack.cognito, rotates=True)
        with pytest.raises(demo.SeedError):
            demo.make_once(stack.cognito, pool_id, lambda _: None, TODAY, said.append)
        for _ in range(2):
            demo.make_once(stack.cognito, pool_id, invoke, TODAY, said.append)

    assert len(said) == 2
    made = [*demo.demo_expenses(TODAY), *demo.demo_budgets(TODAY), *demo.demo_recurrences(TODAY)]
    assert len(requests) == len(made) + 2


def test_a_directory_is_for_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.state.WAIT_SECONDS", 0.1)
    take(tmp_path)

    with pytest.raises(SystemExit) as ended:
        take(tmp_path)
    assert ended.value.code == IN_USE.format(tmp_path)


def test_a_directory_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()

    with pytest.raises(SystemExit, match="there are other things in it"):
        take(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_directory_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SystemExit, match=r"Nothing can be kept in .*: not a directory\. Choose another"):
        take(tmp_path / "file" / "state")


def test_forgetting_leaves_the_lock_of_whoever_holds_it(tmp_path: Path) -> None:
    take(tmp_path)
    (tmp_path / "cognito-pool-keys").mkdir()
    (tmp_path / "state.json").touch()

    forget(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_kept_pool_becomes_what_its_definition_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sign_up(email: str) -> None:
        stack.cognito.sign_up(ClientId="frontend", Username=email, Password="Correct-horse-1")

    with ministack(tmp_path) as stack:
        pool_id = ensure_user_pool(stack.cognito, rotates=True)
        sign_up("before@example.com")

        monkeypatch.setattr(definition, "PASSWORD_POLICY", PasswordPolicy(minimum_length=20))

        assert ensure_user_pool(stack.cognito, rotates=True) == pool_id
        with pytest.raises(ClientError, match="length greater than or equal to 20"):
            sign_up("after@example.com")


def test_a_session_renews_as_in_a_stack_of_the_lite_plan(tmp_path: Path) -> None:
    def initiate(flow: Any, **parameters: str) -> Any:
        return stack.cognito.initiate_auth(ClientId="frontend", AuthFlow=flow, AuthParameters=parameters)

    with ministack(tmp_path) as stack:
        pool_id = ensure_user_pool(stack.cognito, rotates=False)
        demo._sign_up(stack.cognito, pool_id)
        log_in = {"USERNAME": demo.DEMO_USER.username, "PASSWORD": demo.DEMO_USER.password}
        token = initiate("USER_PASSWORD_AUTH", **log_in)["AuthenticationResult"]["RefreshToken"]
        renewed = initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)["AuthenticationResult"]
        assert (renewed["TokenType"], "RefreshToken" in renewed) == ("Bearer", False)

        ensure_user_pool(stack.cognito, rotates=True)
        with pytest.raises(ClientError, match="Auth flow not enabled for this client"):
            initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)
