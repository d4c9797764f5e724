"""Settings come from the environment, all or none."""

import pytest
import yaml

from api.settings import MissingSettings, Settings
from tools.image_root import REPOSITORY

COMPLETE = Settings.example(
    table_name="expenses-prod",
    allowed_origins="https://a.example, https://b.example",
    user_pool_client_id="client1, client2",
).to_env()


def test_each_variable_is_a_setting() -> None:
    settings = Settings.from_env({**COMPLETE, "OTHER": "x"})
    assert settings.table_name == COMPLETE["TABLE_NAME"] == "expenses-prod"
    assert settings.to_env() == COMPLETE


def test_lists_are_separated_by_commas() -> None:
    settings = Settings.from_env(COMPLETE)
    assert settings.origins == {"https://a.example", "https://b.example"}
    assert settings.client_ids == {"client1", "client2"}


@pytest.mark.parametrize("nothing", ["", "  ", " , "])
def test_every_missing_variable_is_named_at_once(nothing: str) -> None:
    environment = {**COMPLETE, "TABLE_NAME": nothing, "USER_POOL_CLIENT_ID": nothing}
    del environment["LOG_LEVEL"]
    with pytest.raises(MissingSettings, match="must set TABLE_NAME, LOG_LEVEL, USER_POOL_CLIENT_ID"):
        Settings.from_env(environment)


def test_the_example_survives_the_environment() -> None:
    example = Settings.example(table_name="other")
    assert Settings.from_env(example.to_env()) == example


def test_compose_gives_the_function_the_example_settings() -> None:
    compose = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
    assert Settings.from_env(compose["services"]["function"]["environment"]) == Settings.example()


def test_the_readme_describes_every_setting() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert [name for name in Settings.variables() if f"| `{name}` |" not in readme] == []


def test_compose_ends_a_request_when_the_settings_say_so() -> None:
    environment = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))["services"]["function"][
        "environment"
    ]
    assert environment["AWS_LAMBDA_FUNCTION_TIMEOUT"] == int(environment["FUNCTION_TIMEOUT_SECONDS"])


@pytest.mark.parametrize("seconds", ["soon", "9.5", "-1", "1_0", "\u0661\u0660", "1e1"])
def test_a_timeout_that_is_not_an_integer_is_an_error(seconds: str) -> None:
    with pytest.raises(ValueError, match=f"FUNCTION_TIMEOUT_SECONDS is {seconds}; it must be an integer, such as 10"):
        Settings.from_env({**COMPLETE, "FUNCTION_TIMEOUT_SECONDS": seconds})
