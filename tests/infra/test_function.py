"""The Lambda starts, and has the time that it needs."""

from typing import Any

import pytest
from botocore.session import Session

from api.deadline import MARGIN_SECONDS
from api.dynamodb import dynamodb_client
from api.settings import Settings
from definitions.gateway_responses import INTEGRATION_TIMEOUT_SECONDS
from infra.config.loading import InvalidConfig
from infra.config.model import SHORTEST_TIMEOUT_SECONDS
from tests.infra.recording import STACKS, record, recorded


@pytest.mark.parametrize("name", STACKS)
def test_the_function_is_given_exactly_the_environment_that_it_reads(name: str) -> None:
    variables = recorded(name).one("Function").inputs["environment"]["variables"]
    assert variables.keys() == set(Settings.variables())
    settings = Settings.from_env(variables)
    tables = [table.inputs["name"] for table in recorded(name).all("Table")]
    assert [settings.records_table_name, settings.table_name] == tables
    assert settings.function_timeout_seconds == recorded(name).one("Function").inputs["timeout"]
    assert len(settings.origins) == len(variables["ALLOWED_ORIGINS"].split(","))


def test_the_function_takes_only_the_tokens_of_this_client() -> None:
    variables = recorded("prod").one("Function").inputs["environment"]["variables"]
    assert variables["USER_POOL_CLIENT_ID"] == recorded("prod").outputs["client_id"]


@pytest.mark.parametrize(("level", "name"), [("INFO", "prod"), ("WARNING", "everything")])
def test_the_log_level_is_the_function_s_own_and_not_its_libraries(level: str, name: str) -> None:
    function = recorded(name).one("Function").inputs
    assert function["environment"]["variables"]["LOG_LEVEL"] == level
    assert function["loggingConfig"]["applicationLogLevel"] == "INFO"


def test_each_change_is_a_version_and_the_alias_points_to_one() -> None:
    assert recorded("prod").one("Function").inputs["publish"] is True
    assert recorded("prod").one("Alias").inputs["functionVersion"] == "7"
    assert recorded("everything").one("Alias").inputs["functionVersion"] == "3"


def test_the_function_does_not_wait_for_its_gateway() -> None:
    gateway = {r.urn for r in recorded("prod").custom if r.type.startswith("aws:apigateway/")}
    assert not gateway.intersection(recorded("prod").one("Function").request.dependencies)


@pytest.mark.parametrize("seconds", [SHORTEST_TIMEOUT_SECONDS - 1, INTEGRATION_TIMEOUT_SECONDS])
def test_a_timeout_that_the_others_do_not_fit_is_refused(seconds: int) -> None:
    with pytest.raises(InvalidConfig, match=f"timeoutSeconds is {seconds}; it must be from 6 to 28"):
        record("dev", {"timeoutSeconds": seconds})


def test_a_call_to_dynamodb_ends_before_the_deadline_and_that_before_the_timeout(aws_session: Session) -> None:
    # botocore makes the attributes of this class when it is imported, so types do not know them.
    waits: Any = dynamodb_client(aws_session).meta.config
    assert waits.connect_timeout + waits.read_timeout <= SHORTEST_TIMEOUT_SECONDS - MARGIN_SECONDS
    assert SHORTEST_TIMEOUT_SECONDS < INTEGRATION_TIMEOUT_SECONDS
