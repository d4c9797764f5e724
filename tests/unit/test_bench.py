"""The benchmark's parts: what runs in its peers' environments, its clocks and its stand-ins."""

import io
import json
import re
import resource
import ssl
import subprocess
import sys
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.bootstrap import CONTRACT_DIRECTORY
from api.expenses.items import from_item, item_of
from api.expenses.states import recorded
from api.models import Expense
from api.openapi.contract import Response, load
from api.summaries.cells import cell_from_key
from bench import worker
from bench.authority import certificates
from bench.breakdown import timed
from bench.dynamodb_server import response
from bench.entry_point import entry_point
from bench.events import NEW, OWN_REQUESTS, REQUESTS, Requests
from bench.instructions import OUTPUT, total
from bench.phases import PHASES
from bench.runtime_api import FunctionFailed, cpu_ns, function
from bench.store import Store
from bench.stub import CELLS, EXPENSE_ID, ITEMS, USER, respond
from tools.image_root import REPOSITORY

FUNCTION = """
import http.client, os, time
def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
runtime.request("GET", "/2018-06-01/runtime/invocation/next")
event = runtime.getresponse().read()
burn(0.02)
runtime.request("POST", "/2018-06-01/runtime/invocation/1/" + os.environ["KIND"], event)
runtime.getresponse().read()
burn(0.2)
"""


def a_function(kind: str) -> Any:
    return function([sys.executable, "-S", "-c", FUNCTION], {"KIND": kind}, "/")


@pytest.mark.parametrize("module", ["bench.phases", "bench.store", "bench.stub", "bench.worker"])
def test_what_runs_in_the_peers_environments_needs_the_standard_library_only(module: str) -> None:
    run = subprocess.run(
        [sys.executable, "-S", "-c", f"import {module}"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_clocks_stop_at_the_response() -> None:
    before_ns = cpu_ns_of_children()
    with a_function("response") as running:
        responded, at = running.invoke({"statusCode": 200})
        running.process.wait(10)
        whole_ns = cpu_ns_of_children() - before_ns
    assert responded == {"statusCode": 200}
    assert 0.02e9 < at.cpu_ns < whole_ns - 0.15e9
    assert at.wall_ns > running.started_ns


def cpu_ns_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e9


def test_a_function_that_fails_or_ends_is_no_response() -> None:
    with a_function("error") as running, pytest.raises(FunctionFailed, match="statusCode"):
        running.invoke({"statusCode": 200})
    gone = [sys.executable, "-S", "-c", "raise SystemExit('gone')"]
    with function(gone, {}, "/") as running, pytest.raises(FunctionFailed, match="gone"):
        running.invoke({})


def test_another_process_s_processor_time_is_read_while_it_runs() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert cpu_ns(process.pid) < 5e9
        process.communicate(b"\n")


def test_the_items_are_as_the_store_keeps_them() -> None:
    for item in ITEMS[:2]:
        kept = item_of(USER, recorded(from_item(item)), "0" * 32)
        assert {**kept, "write_tokens": item["write_tokens"]} == item
    assert {cell_from_key(cell["record_key"]["S"]).month[:5] for cell in CELLS} == {"2025-"}


def test_the_stand_in_responds_as_dynamodb_does() -> None:
    request = {"TableName": "expenses", "IndexName": "by_date", "Limit": 25}
    head, _, body = response("DynamoDB_20120810.Query", json.dumps(request).encode()).partition(b"\r\n\r\n")
    headers = dict(re.findall(r"^([\w-]+): (.*)$", head.decode().replace("\r", ""), re.MULTILINE))
    assert int(headers["x-amz-crc32"]) == zlib.crc32(body)
    assert int(headers["Content-Length"]) == len(body)
    assert json.loads(body) == respond("Query", request)
    assert len(json.loads(body)["Items"]) == 25


def test_the_certificates_are_good_for_a_client_that_trusts_their_authority(tmp_path: Path) -> None:
    made = certificates(tmp_path)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(capath=tmp_path)
    server.load_cert_chain(made.certificate, made.key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ends[0].version() == "TLSv1.3"


@pytest.mark.parametrize("requests", [REQUESTS, OWN_REQUESTS])
def test_every_request_that_is_measured_is_of_an_operation_of_the_contract(requests: Requests) -> None:
    contract = load(CONTRACT_DIRECTORY)
    for event, _ in requests.values():
        contract.match(event["resource"], event["httpMethod"])


DOCKERFILE = """
FROM python AS function
ENV LAMBDA_TASK_ROOT=/var/task PYTHONPATH=/opt/python
ENTRYPOINT ["/usr/local/bin/python", "-X", "importtime", \\
  "-m", "awslambdaric"]
CMD ["api.handler.handler"]
FROM function AS emulator
ENTRYPOINT ["/usr/local/bin/aws-lambda-rie"]
"""


def test_the_function_is_started_as_the_image_starts_it(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    start = entry_point(tmp_path / "Dockerfile", Path("/layout"), Path("/python3"))
    assert start.command == ["/python3", "-X", "importtime", "-m", "awslambdaric", "api.handler.handler"]
    assert start.variables == {"LAMBDA_TASK_ROOT": "/layout/var/task", "PYTHONPATH": "/layout/opt/python"}
    assert timed(start.command)[3:] == ["-m", "bench.phases", "awslambdaric", "api.handler.handler"]


def test_the_real_image_starts_a_module() -> None:
    start = entry_point(REPOSITORY / "Dockerfile", Path("/layout"), Path("/python3"))
    assert "bench.phases" in timed(start.command)


RUNTIME = """
import importlib, json, sys
name, _, function = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(name), function)
handler({}, None)
print(json.dumps(handler({"phases": ""}, None)))
"""
APP = """
import time
import colorsys
def handler(event, context):
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
"""


def test_each_phase_of_a_start_has_its_own_processor_time(tmp_path: Path) -> None:
    for name, text in {"runtime.py": RUNTIME, "app.py": APP}.items():
        (tmp_path / name).write_text(text)
    spent = json.loads(
        subprocess.check_output(
            [sys.executable, "-S", "-m", "bench.phases", "runtime", "app.handler"],
            cwd=REPOSITORY,
            env={"PYTHONPATH": str(tmp_path)},
        )
    )
    assert spent["first request"] >= 50
    assert all(spent[phase] > 0 for phase in ("interpreter", "import: standard library", "import: own"))
    assert spent.keys() <= set(PHASES)


def test_instructions_are_counted_between_two_calls_of_getppid(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr("os.getppid", lambda: calls.append("|"))

    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        calls.append(event["name"])
        return {"statusCode": 200}

    requests = {name: ({"name": name}, 200) for name in ("a", "b")}
    counted = worker.instructions(handler, requests)
    dumps = "".join(calls).split("|")
    assert dumps[1::2] == [name * counted[name] for name in requests]


def test_a_request_that_a_peer_gets_wrong_is_not_timed() -> None:
    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        return {"statusCode": event["status"]}

    out = io.StringIO()
    requests = {"right": ({"status": 200}, 200), "wrong": ({"status": 200}, 400)}
    worker.latency(handler, requests, io.StringIO("right\nwrong\n"), out)
    right, wrong = map(float, out.getvalue().split())
    assert (right > 0, wrong) == (True, 0)


def test_the_peers_store_returns_what_the_contract_has() -> None:
    store = Store(None)
    nulls = dict.fromkeys(Expense.__annotations__)  # what the contract got since the peers were written
    assert {**nulls, **(store.get(USER, EXPENSE_ID) or {})} == {**from_item(ITEMS[0]), "amount": 12.25}
    assert store.get(USER, "another") is None
    assert len(store.page(USER, 25)["items"]) == 25
    validate = load(CONTRACT_DIRECTORY).match("/expenses", "POST").validate
    expense = {**nulls, **store.record(USER, {**NEW, "amount": Decimal("12.5")})}
    validate(Response(201, expense, {"ETag": '"1"', "Location": "/expenses/1"}))


def test_instructions_are_read_from_what_valgrind_writes(tmp_path: Path) -> None:
    dump = tmp_path / OUTPUT
    dump.write_text("events: Ir\nsummary: 46954993\n\n")
    assert total(dump) == 46_954_993
    dump.write_text("events: Ir\n")
    with pytest.raises(RuntimeError, match="no summary"):
        total(dump)
