"""The service's clock in tests."""

from datetime import UTC, datetime


class Clock:
    """Returns the present instant until it is set; then it stands still until it is set again."""

    now: datetime | None = None

    def __call__(self) -> datetime:
        return self.now or datetime.now(UTC)
