"""Schemathesis, which knows nothing of this service but the contract, finds no violation with the handler."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contract.document import CONTRACT, without_security
from tests.contract.gateway_adapter import GatewayAdapter
from tests.figures import FIGURES
from tests.gateway import Gateway

pytestmark = pytest.mark.no_cover  # tracing would double the time, and what runs here is covered elsewhere

URL = "http://localhost"
CONFIG = schemathesis.Config.from_path(Path(__file__).parents[2] / "schemathesis.toml")
SCHEMA = schemathesis.openapi.from_dict(without_security(CONTRACT), config=CONFIG)
A_FEW = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def session(gateway: Gateway) -> requests.Session:
    """What sends requests; they end at the handler."""
    session = requests.Session()
    session.mount(URL, GatewayAdapter(gateway))
    return session


@A_FEW
@SCHEMA.parametrize()
def test_every_answer_is_as_the_contract_says(case: schemathesis.Case[Any], session: requests.Session) -> None:
    FIGURES["requests by schemathesis"] += 1

    case.call_and_validate(base_url=URL, session=session)


def test_expenses_live_by_the_links_of_the_contract(session: requests.Session) -> None:
    succeeded = set()

    class Life(SCHEMA.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, _case: schemathesis.Case[Any]) -> Mapping[str, Any]:
            FIGURES["requests by schemathesis"] += 1
            return {"session": session, "base_url": URL}

        def after_call(self, response: schemathesis.Response, case: schemathesis.Case[Any]) -> None:
            if response.status_code < 300:
                succeeded.add(case.operation.definition.raw["operationId"])

    run_state_machine_as_test(Life, settings=settings(A_FEW, stateful_step_count=6))

    assert succeeded >= {link["operationId"] for link in CONTRACT["components"]["links"].values()}
