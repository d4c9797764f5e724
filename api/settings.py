"""What the Lambda reads from its environment, once, at start."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


class MissingSettings(RuntimeError):
    """The environment lacks settings; the message names every one of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The Lambda's settings. Each field is the environment variable of the same name in upper case."""

    table_name: str
    """The DynamoDB table of expenses."""
    default_currency: str
    """The ISO 4217 code of an expense that names none."""
    allowed_origins: str
    """The web origins that CORS lets call the API, separated by commas; `*` for any."""
    metrics_namespace: str
    """The CloudWatch namespace of the business metrics."""
    log_level: str
    """DEBUG, INFO, WARNING or ERROR."""

    @property
    def origins(self) -> frozenset[str]:
        """The allowed origins, one by one."""
        return frozenset(origin.strip() for origin in self.allowed_origins.split(",") if origin.strip())

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Return the names of the environment variables that `from_env` reads, and no others."""
        return tuple(field.name.upper() for field in fields(cls))

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the settings. Raises `MissingSettings` naming every variable that is absent or blank."""
        missing = [name for name in cls.variables() if not env.get(name, "").strip()]
        if missing:
            raise MissingSettings(f"The environment must set {', '.join(missing)}.")
        return cls(**{name.lower(): env[name].strip() for name in cls.variables()})
