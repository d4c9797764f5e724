"""Schemathesis, which knows nothing of this service but the contract, finds nothing wrong with the handler."""

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from api.openapi.document import operations
from tests.client import ApiClient, EventTransport, Request, Response
from tests.contract import schemathesis_hooks  # noqa: F401 — registers what it has
from tests.contract.document import CONTRACT, without_security
from tests.figures import FIGURES

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


def called(case: schemathesis.Case[Any], events: EventTransport) -> schemathesis.Response:
    """Return the handler's response to a request of schemathesis."""
    FIGURES["requests by schemathesis"] += 1
    sent = requests.Request(**case.as_transport_kwargs(URL)).prepare()
    got = events(Request(str(sent.method), str(sent.url), sent.headers, sent.body))
    headers = {name: [text] for name, text in got.headers.items()}
    return schemathesis.Response(got.status, headers, got.text.encode(), sent, elapsed=0, verify=False)


@A_FEW
@SCHEMA.parametrize()
def test_every_response_is_as_the_contract_says(case: schemathesis.Case[Any], events: EventTransport) -> None:
    case.validate_response(called(case, events))


def test_the_life_of_expenses_along_the_links_is_as_the_contract_says(events: EventTransport) -> None:
    class Life(SCHEMA.as_state_machine()):  # type: ignore[misc]
        def call(self, case: schemathesis.Case[Any], **_: Any) -> schemathesis.Response:
            return called(case, events)

    run_state_machine_as_test(Life, settings=settings(A_FEW, stateful_step_count=6))


# What schemathesis draws depends on which modules are loaded, since Hypothesis draws their constants, too:
# whether each link is ever followed to a success can not be left to it.
@pytest.mark.parametrize("link", CONTRACT["components"]["links"].values(), ids=lambda link: str(link["operationId"]))
def test_a_link_of_the_contract_leads_to_a_success(api: ApiClient, link: dict[str, Any]) -> None:
    body: dict[str, Any] = {"category": "Food", "amount": 1, "payment_method": "Cash"}
    created = api.post("/expenses", body)
    if "recurrence_id" in link["parameters"]:
        created = api.post("/recurrences", {**body, "first": "2025-01-31", "every": {"count": 1, "unit": "month"}})
    operation = next(operation for operation in operations(CONTRACT) if operation.id == link["operationId"])
    given = {name: _evaluated(expression, created) for name, expression in link["parameters"].items()}
    url = operation.path.format(**given)
    headers = {p["name"]: given[p["name"]] for p in operation.parameters if p["in"] == "header" and p["name"] in given}
    patch = {"amount": 2} if operation.request_body else None

    response = api.send(operation.method.upper(), url, {"Content-Type": "application/json", **headers}, patch)
    assert response.status in {200, 204}


def _evaluated(expression: str, response: Response) -> str:
    """Return the value of a runtime expression (OpenAPI 3.0.3, section 4.7.20.3) about a response."""
    source, _, name = expression.removeprefix("$response.").replace("#/", ".").partition(".")
    return str(response.json[name]) if source == "body" else response.headers[name]
