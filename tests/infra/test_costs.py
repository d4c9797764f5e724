"""What an attack, or a loop in a client, can cost has a bound."""

from typing import Any

import pytest

from api.expenses.pace import UNITS_A_SECOND
from infra.config.model import Config
from tests.infra.recording import record, recorded
from tests.infra.rules import CONTRACT
from tools.image_root import REPOSITORY


def test_each_table_takes_no_more_than_the_configured_units() -> None:
    tables = record("dev", {"maxReadUnits": 500, "maxWriteUnits": 50}).all("Table")
    caps = {"maxReadRequestUnits": 500, "maxWriteRequestUnits": 50}
    assert [table.inputs["onDemandThroughput"] for table in tables] == [caps, caps]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_an_import_takes_at_most_half_of_what_may_be_written(stack: str) -> None:
    for table in recorded(stack).all("Table"):
        assert table.inputs["onDemandThroughput"]["maxWriteRequestUnits"] >= 2 * UNITS_A_SECOND


def test_the_page_says_what_the_caps_cost_at_worst() -> None:
    page = " ".join((REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8").split())
    reads, writes = (Config.model_fields[f"max_{kind}_units"].default for kind in ("read", "write"))
    of_both_tables = 2 * 30 * 24 * 3600 / 1e6
    reads, writes = round(reads * 0.125 * of_both_tables), round(writes * 0.625 * of_both_tables)
    assert f"at most {reads:,} for reads and {writes:,} for writes a month" in page


def rates(overrides: dict[str, Any] | None = None) -> dict[str, int]:
    settings = record("dev", overrides).all("MethodSettings")
    return {s.inputs["methodPath"]: s.inputs["settings"]["throttlingRateLimit"] for s in settings}


def test_what_needs_no_token_has_a_lower_rate() -> None:
    preflights = {f"{path.replace('/', '~1')}/OPTIONS": 7 for path in CONTRACT["paths"]}
    health = {"~1health/GET": 7, "~1health/HEAD": 7}
    assert rates({"throttleRate": 70, "publicThrottleRate": 7}) == {"*/*": 70, **preflights, **health}


def test_the_lower_rates_are_set_after_that_of_every_method() -> None:
    every, *others = sorted(recorded("dev").all("MethodSettings"), key=lambda s: s.inputs["methodPath"])
    assert every.inputs["methodPath"] == "*/*"
    assert all(every.urn in other.request.dependencies for other in others)


def test_the_alarms_address_hears_of_a_budget_in_time() -> None:
    budget = record("dev", {"monthlyBudget": 25, "alarmEmail": "me@example.com"}).one("Budget").inputs
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("25", "USD", "MONTHLY")
    notifications = {n["notificationType"]: n["threshold"] for n in budget["notifications"]}
    assert notifications == {"ACTUAL": 80, "FORECASTED": 100}
    assert all(n["subscriberEmailAddresses"] == ["me@example.com"] for n in budget["notifications"])


def test_no_budget_is_made_where_none_is_asked_for() -> None:
    assert recorded("dev").all("Budget") == []
