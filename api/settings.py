"""What the Lambda reads from its environment, once, at start."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


class MissingSettings(RuntimeError):
    """The environment lacks settings; the message names every one of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The Lambda's settings. Each field is the environment variable of the same name in upper case."""

    table_name: str
    """The DynamoDB table of expenses."""
    records_table_name: str
    """The DynamoDB table of what is not an expense, such as totals."""
    default_currency: str
    """The ISO 4217 code of an expense that names none."""
    allowed_origins: str
    """The web origins that CORS lets call the API, separated by commas; `*` for any."""
    metrics_namespace: str
    """The CloudWatch namespace of the metrics."""
    log_level: str
    """INFO logs every request; WARNING only errors, and requests that count in a metric."""
    user_pool_client_id: str
    """The Cognito app client whose ID tokens are accepted; several are separated by commas."""
    function_timeout_seconds: int
    """After how many seconds Lambda ends a request: no write lands later."""

    @property
    def origins(self) -> frozenset[str]:
        """The allowed origins, one by one."""
        return _items(self.allowed_origins)

    @property
    def client_ids(self) -> frozenset[str]:
        """The app clients whose ID tokens are accepted, one by one."""
        return _items(self.user_pool_client_id)

    @classmethod
    def example(cls, **changes: Any) -> "Settings":
        """Return settings that work wherever the Lambda runs but on AWS, with these fields changed.

        The local stack, the tests, the benchmark and the check of the image all start from here.
        """
        example = {
            "table_name": "expenses",
            "records_table_name": "records",
            "default_currency": "EUR",
            "allowed_origins": "*",
            "metrics_namespace": "Expenses",
            "log_level": "INFO",
            "user_pool_client_id": "frontend",
            "function_timeout_seconds": 10,
        }
        return cls(**{**example, **changes})

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Return the names of the environment variables that `from_env` reads, and no others."""
        return tuple(field.name.upper() for field in fields(cls))

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises `MissingSettings` naming every variable that is absent or has nothing in it, and `ValueError` where the
        timeout is not an integer.
        """
        missing = [name for name in cls.variables() if not env.get(name, "").strip(" ,")]
        if missing:
            raise MissingSettings(f"The environment must set {', '.join(missing)}.")
        values: dict[str, Any] = {name.lower(): env[name].strip() for name in cls.variables()}
        seconds = values["function_timeout_seconds"]
        if not (seconds.isascii() and seconds.isdecimal()):
            raise ValueError(f"FUNCTION_TIMEOUT_SECONDS is {seconds}; it must be an integer, such as 10.")
        return cls(**{**values, "function_timeout_seconds": int(seconds)})

    def to_env(self) -> dict[str, str]:
        """Return the environment variables that `from_env` reads these settings from."""
        return {name.upper(): str(value) for name, value in asdict(self).items()}


def _items(separated_by_commas: str) -> frozenset[str]:
    return frozenset(item.strip() for item in separated_by_commas.split(",") if item.strip())
