"""One budget in plain Python: what it was set to, and a loop over all expenses for each month, without cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class BudgetModel:
    """What a budget was set to, from which month on; None where it was deleted from one on."""

    settings: Mapping[str, tuple[Decimal, str] | None] = field(default_factory=dict)
    version: int = 0

    def after_setting(self, month: str, amount: Decimal, carry_over: str) -> "BudgetModel":
        return self._next({**self.settings, month: (amount, carry_over)})

    def after_deletion(self, month: str | None) -> "BudgetModel":
        if month is None:
            return self._next({})
        earlier = {first: setting for first, setting in self.settings.items() if first < month}
        return self._next({**earlier, month: None} if self.holding(before(month)) else earlier)

    def holding(self, month: str) -> tuple[Decimal, str] | None:
        """Return the amount of a month, and whether it carries over."""
        return self.settings[max(first for first in self.settings if first <= month)] if self._began(month) else None

    def left(self, month: str, expenses: Iterable[Mapping[str, Any]]) -> dict[str, Decimal] | None:
        """Return what a status has of a month, or None without a budget. `expenses` are those that it is for."""
        spent = list(expenses)
        return self._left(month, spent) if self.holding(month) else None

    def periods(self) -> list[dict[str, Any]]:
        """Return what a list has."""
        months = sorted(self.settings)
        untils = [*(before(month) for month in months[1:]), None]
        return [
            {"from": month, "until": until, "amount": setting[0], "carry_over": setting[1]}
            for month, until in zip(months, untils, strict=True)
            if (setting := self.settings[month])
        ]

    def _left(self, month: str, spent: list[Mapping[str, Any]]) -> dict[str, Decimal]:
        now, earlier = self.holding(month), self.holding(before(month))
        assert now is not None
        passes_on = now[1] == "both" and earlier is not None and earlier[1] == "both"
        carried = self._left(before(month), spent)["left"] if passes_on else Decimal(0)
        total = sum((expense["amount"] for expense in spent if expense["date"][:7] == month), Decimal(0))
        return {"amount": now[0], "carried": carried, "total": total, "left": now[0] + carried - total}

    def _began(self, month: str) -> bool:
        return any(first <= month for first in self.settings)

    def _next(self, settings: Mapping[str, tuple[Decimal, str] | None]) -> "BudgetModel":
        return self if settings == self.settings else replace(self, settings=settings, version=self.version + 1)


def before(month: str) -> str:
    """Return the month before another one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"
