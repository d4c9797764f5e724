"""What is printed at the start, and served beside the API."""

import json
import re
import shutil
import subprocess
from decimal import Decimal
from typing import Any

import jwt
import pytest
import requests
import yaml

from tests.e2e.system import ROOT, System


def walk_through(system: System) -> str:
    """Return the printed lines of shell."""
    printed = system.printed()
    start = printed.index("TOKEN=")
    return printed[start : printed.index("\n\n\n", start)]


@pytest.mark.skipif(not shutil.which("curl"), reason="the printed lines call curl")
def test_the_printed_lines_work_as_printed(system: System) -> None:
    run = subprocess.run(["/bin/bash", "-euc", walk_through(system)], capture_output=True, text=True, check=True)

    responses = [json.loads(line) for line in run.stdout.splitlines() if line]
    created, page, before, without, restored, after, changes = responses
    assert created["category"] == "Food"
    assert page["items"][0] == created
    assert page["count"] == 3
    totals = [sum(Decimal(str(group["total"])) for group in summary["items"]) for summary in (before, without)]
    assert totals[0] - totals[1] == Decimal(str(created["amount"]))
    assert (restored["expense_id"], restored["version"]) == (created["expense_id"], created["version"] + 2)
    assert after == before
    assert (changes["count"], changes["up_to_date"]) == (3, False)


@pytest.mark.skipif(not shutil.which("curl"), reason="the lines of the README call curl")
def test_the_lines_of_the_readme_work_but_for_the_port(system: System) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    try_it, sign_up = (block for block in blocks if "log_in" in block)
    [follow] = (block for block in blocks if "sum_up" in block)
    script = "\n".join([try_it, sign_up, "echo $TOKEN", follow]).replace(
        "http://127.0.0.1:8000", system.about["api_url"]
    )
    run = subprocess.run(["/bin/bash", "-euc", script], capture_output=True, text=True, check=True)

    lines = [line for line in run.stdout.splitlines() if line]
    created, found, signed_up, _confirmed = map(json.loads, lines[:4])
    token = lines[4]
    before, without, changed, restored, after = map(json.loads, lines[5:])
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (created["category"], found["items"][0]["category"]) == ("Food", "Rent")
    assert (claims["sub"], claims["zoneinfo"]) == (signed_up["UserSub"], "Africa/Nairobi")

    def totals(summary: dict[str, Any]) -> dict[tuple[str, str], float]:
        return {(group["currency"], group["category"]): group["total"] for group in summary["items"]}

    others = {("JPY", "Food"): 1200, ("KES", "Rent"): 45000}
    assert totals(before) == totals(after) == {("EUR", "Food"): 9.3, **others}
    assert totals(without) == {("EUR", "Food"): -3.2, **others}
    assert [change["deleted"] for change in changed["items"] if change["expense_id"] == restored["expense_id"]] == [
        True
    ]


def test_the_printed_names_are_served_too(system: System) -> None:
    about = requests.get(f"{system.about['api_url']}/_local", timeout=10)

    assert about.headers["Access-Control-Allow-Origin"] == "*"
    assert about.json() == system.about
    for value in (*system.about["demo_user"].values(), *(v for v in system.about.values() if isinstance(v, str))):
        assert value in system.printed()


def test_the_environment_of_a_front_end_is_printed_and_served(system: System) -> None:
    served = requests.get(f"{system.about['api_url']}/_local/env", timeout=10)

    variables = dict(line.split("=", 1) for line in served.text.splitlines())
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    assert served.text in system.printed()
    assert variables == {
        f"VITE_{name.upper()}": value for name, value in system.about.items() if isinstance(value, str)
    }


def test_the_demo_user_has_expenses_of_every_month(system: System) -> None:
    assert system.client_of(**system.about["demo_user"]).get("/expenses?category=Rent").json["count"] == 12


def test_a_code_that_was_never_sent_is_a_404_problem(system: System) -> None:
    response = requests.get(f"{system.about['api_url']}/_local/codes/unknown@example.com", timeout=10)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_contract_is_served_as_it_is_but_for_its_server(system: System) -> None:
    served = requests.get(f"{system.about['api_url']}/openapi.yaml", timeout=10).text
    contract = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))

    servers = yaml.safe_load(served)["servers"]
    assert [server["url"] for server in servers] == [system.about["api_url"]]
    assert yaml.safe_load(served) == contract | {"servers": servers}


def test_a_browser_at_the_root_is_led_to_the_docs(system: System) -> None:
    browser = requests.get(f"{system.about['api_url']}/", headers={"Accept": "text/html,*/*;q=0.8"}, timeout=10)

    assert (browser.status_code, browser.url) == (200, f"{system.about['api_url']}/docs")


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_a_program_at_the_root_gets_the_404_of_the_api(system: System, accept: str) -> None:
    response = requests.get(f"{system.about['api_url']}/", headers={"Accept": accept}, timeout=10)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_docs_are_there(system: System) -> None:
    docs = requests.get(f"{system.about['api_url']}/docs", timeout=10)

    assert (docs.status_code, docs.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "swagger-ui" in docs.text
