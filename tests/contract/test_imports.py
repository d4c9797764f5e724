"""The contract as people's tools import it: what they fill in works at once, what they generate is exact."""

import json
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openapi.document import operations
from api.openapi.strict_json import dump
from tests.client import ApiClient, Response
from tests.contract.document import CONTRACT
from tools import generators

ROOT = Path(__file__).parents[2]
CONVERTER = ROOT / "node_modules" / ".bin" / "openapi2postmanv2"

Item = dict[str, Any]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Item]:
    """The requests of a Postman collection, by name, as Postman makes them of the contract's examples."""
    if not CONVERTER.exists():
        pytest.skip("needs openapi-to-postmanv2, which `npm ci` installs")
    output = tmp_path_factory.mktemp("postman") / "collection.json"
    options = ("-s", ROOT / "openapi.yaml", "-o", output, "-O", "parametersResolution=Example")
    subprocess.run([CONVERTER, *options], check=True, capture_output=True)
    return {item["name"]: item["request"] for item in _items(json.loads(output.read_bytes()))}


def _items(folder: Item) -> Iterator[Item]:
    for item in folder["item"]:
        if "request" in item:
            yield item
        else:
            yield from _items(item)


def send(api: ApiClient, request: Item, **variables: str) -> Response:
    """Send a request of the collection as it is, but for the variables of its path."""
    url = request["url"]
    path = "/".join(variables.get(step.removeprefix(":"), step) for step in url["path"])
    query = urlencode([(parameter["key"], parameter["value"]) for parameter in url["query"]])
    headers = {header["key"]: header["value"] for header in request["header"]}
    return api.send(request["method"], f"/{path}?{query}", headers, (request.get("body") or {}).get("raw"))


def test_the_requests_of_a_postman_import_work_as_they_are(api: ApiClient, collection: dict[str, Item]) -> None:
    first, second = (send(api, collection["Record an expense"]) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.json["expense_id"] != second.json["expense_id"]
    assert send(api, collection["Find expenses"]).status == 200
    expense_id = first.json["expense_id"]
    assert send(api, collection["Look up an expense"], expense_id=expense_id).status == 200
    for _ in range(2):
        assert send(api, collection["Change an expense"], expense_id=expense_id).status == 200
    assert send(api, collection["Delete an expense"], expense_id=expense_id).status == 204
    assert send(api.as_user(None), collection["See that the service answers"]).status == 200


def test_what_a_tool_fills_in_by_itself_asks_for_nothing_in_particular() -> None:
    """A made-up cursor, key or version fails; tools take an example or a default, and make up what has neither."""
    neutral = {"cursor": "", "Idempotency-Key": "", "If-Match": "*", "If-None-Match": '"0"'}
    filled_in = {
        parameter["name"]: parameter.get("example", parameter["schema"].get("default"))
        for operation in operations(CONTRACT)
        for parameter in operation.parameters
    }
    assert {name: filled_in[name] for name in neutral} == neutral
    assert None not in filled_in.values()


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 4))
def test_every_amount_survives_a_client_that_reads_doubles(digits: int, decimals: int) -> None:
    amount = Decimal(digits).scaleb(-decimals)
    assert Decimal(json.dumps(json.loads(dump(amount)))) == amount


def test_every_number_of_the_contract_is_a_double() -> None:
    numbers = [node for node in _nodes(CONTRACT) if node.get("type") == "number"]
    assert {node.get("format") for node in numbers} == {"double"}


def test_no_two_components_that_become_types_share_a_name() -> None:
    """Go's generator makes one package of them all, and stops at two types of the same name."""
    kinds = ("schemas", "parameters", "responses", "requestBodies")
    names = [name.lower() for kind in kinds for name in CONTRACT["components"].get(kind, ())]
    assert len(names) == len(set(names))


@pytest.mark.skipif(not CONVERTER.parent.exists(), reason="needs openapi-typescript, which `npm ci` installs")
def test_a_generated_client_keeps_every_digit_of_an_amount() -> None:
    name = "openapi-typescript"  # `make generators` asks ten, which takes minutes
    assert generators.amount_type(name) == generators.GENERATORS[name].exact


def _nodes(node: Any) -> Iterator[Item]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(part)
