"""Settings come from the environment, all or none."""

import pytest

from api.settings import MissingSettings, Settings

COMPLETE = {
    "TABLE_NAME": "expenses",
    "DEFAULT_CURRENCY": "EUR",
    "ALLOWED_ORIGINS": "https://a.example, https://b.example",
    "METRICS_NAMESPACE": "Expenses",
    "LOG_LEVEL": "INFO",
}


def test_each_variable_is_a_setting() -> None:
    settings = Settings.from_env({**COMPLETE, "OTHER": "x"})
    assert {name: getattr(settings, name.lower()) for name in COMPLETE} == COMPLETE
    assert set(Settings.variables()) == set(COMPLETE)


def test_origins_are_told_apart() -> None:
    assert Settings.from_env(COMPLETE).origins == {"https://a.example", "https://b.example"}


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(MissingSettings, match="The environment must set TABLE_NAME, LOG_LEVEL"):
        Settings.from_env({**COMPLETE, "TABLE_NAME": "  "} | {"LOG_LEVEL": ""})
