"""What the image keeps of botocore makes the same requests as all of it, and what is missing is found at the build."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from api.dynamodb.operations import ALWAYS_RETURNED
from tools.image_sdk import MissingData, cut_data

WHOLE = Path(str(botocore.__file__)).parent / "data"
WANTED = {"dynamodb": ALWAYS_RETURNED}
KEY = {"user_id": {"S": "a"}, "expense_id": {"S": "b"}}
CALLS: Mapping[str, Mapping[str, Any]] = {
    "batch_get_item": {"RequestItems": {"expenses": {"Keys": [KEY], "ConsistentRead": True}}},
    "get_item": {"TableName": "expenses", "Key": KEY},
    "put_item": {"TableName": "expenses", "Item": {**KEY, "periods": {"M": {"2025-05": {"M": {}}}}}},
    "query": {"TableName": "expenses", "KeyConditionExpression": "user_id = :u", "Limit": 25},
    "scan": {"TableName": "expenses"},
    "transact_write_items": {
        "TransactItems": [{"Put": {"TableName": "expenses", "Item": KEY}}],
        "ClientRequestToken": "t",
    },
    "update_item": {"TableName": "expenses", "Key": KEY, "UpdateExpression": "ADD spent :spent"},
}
REGIONS = ("eu-west-1", "us-gov-west-1", "cn-north-1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of what botocore has of DynamoDB and one more service."""
    for name in ("dynamodb", "sqs"):
        shutil.copytree(WHOLE / name, tmp_path / "data" / name)
    for file in WHOLE.glob("*.json"):
        shutil.copy(file, tmp_path / "data")
    return tmp_path / "data"


def test_the_wanted_service_and_what_describes_all_of_aws_stay(data: Path) -> None:
    files = {path.name for path in data.glob("*.json")}
    cut_data(data, WANTED)
    assert {path.name for path in data.iterdir()} == {"dynamodb", *files}


def test_it_is_a_twentieth_of_what_it_was(data: Path) -> None:
    before = _size(data)
    cut_data(data, WANTED)
    assert _size(data) < before / 20


def test_only_the_wanted_operations_are_known_without_documentation(data: Path) -> None:
    cut_data(data, WANTED)
    (model,) = data.glob("dynamodb/*/service-2.json")
    assert json.loads(model.read_bytes())["operations"].keys() == ALWAYS_RETURNED.keys()
    assert "<p>" not in model.read_text(encoding="utf-8")


def test_what_the_files_are_linked_to_stays_as_it_is(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "cache", copy_function=os.link)
    before = {path: path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    cut_data(data, WANTED)
    assert {path: path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()} == before


def test_a_wanted_service_that_is_missing_is_an_error_and_nothing_is_dropped(data: Path) -> None:
    with pytest.raises(MissingData, match="no data for lambda"):
        cut_data(data, {**WANTED, "lambda": ["Invoke"]})
    assert (data / "sqs").exists()


def test_a_wanted_operation_that_is_missing_is_an_error(data: Path) -> None:
    with pytest.raises(MissingData, match="dynamodb has no GetExpense"):
        cut_data(data, {"dynamodb": [*ALWAYS_RETURNED, "GetExpense"]})


def test_a_service_without_rules_for_its_address_is_an_error(data: Path) -> None:
    for rules in data.glob("dynamodb/*/endpoint-rule-set-1.json.gz"):
        rules.unlink()
    with pytest.raises(MissingData, match="endpoint-rule-set"):
        cut_data(data, WANTED)


@pytest.fixture
def cut(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data that the image has, and credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    cut_data(data, WANTED)
    return data


def test_requests_and_errors_are_those_of_all_of_botocore(cut: Path) -> None:
    assert {operation.lower() for operation in ALWAYS_RETURNED} == {name.replace("_", "") for name in CALLS}
    for region in REGIONS:
        whole, little = _client(WHOLE, region), _client(cut, region)
        assert hasattr(whole, "delete_item")
        assert not hasattr(little, "delete_item")
        assert list(_made(little)) == list(_made(whole))


def _client(data: Path, region: str) -> Any:
    session = Session()
    session.get_component("data_loader").search_paths[:] = [str(data)]
    return session.create_client("dynamodb", region)


def _made(client: Any) -> Iterator[Any]:
    """Give for each call what is sent, and the properties of each error that DynamoDB may respond with."""
    sent: list[AWSRequest] = []

    def refuse(request: AWSRequest, **_: object) -> Any:
        sent.append(request)
        raise _Sent

    client.meta.events.register("before-send.dynamodb", refuse)
    for name, arguments in CALLS.items():
        with pytest.raises(_Sent):
            getattr(client, name)(**arguments)
        request = sent.pop()
        yield request.url, request.headers["X-Amz-Target"], json.loads(request.body or b"")
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name])
        yield [(shape.name, sorted(shape.members)) for shape in model.error_shapes]


class _Sent(Exception):
    """The request is known; it need not go anywhere."""


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
