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

    def months_carried(self, month: str) -> list[str]:
        """Return the months whose rest is carried to a month, the earliest first."""
        months = [month]
        while self._carries_over(months[-1]) and self._carries_over(before(months[-1])):
            months.append(before(months[-1]))
        return months[:0:-1]

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
        totals: dict[str, Decimal] = {}
        for expense in spent:
            totals[expense["date"][:7]] = totals.get(expense["date"][:7], Decimal(0)) + expense["amount"]
        carried = Decimal(0)
        for earlier in self.months_carried(month):
            carried += self._amount(earlier) - totals.get(earlier, Decimal(0))
        amount, total = self._amount(month), totals.get(month, Decimal(0))
        return {"amount": amount, "carried": carried, "total": total, "left": amount + carried - total}

    def _amount(self, month: str) -> Decimal:
        setting = self.holding(month)
        assert setting is not None
        return setting[0]

    def _carries_over(self, month: str) -> bool:
        setting = self.holding(month)
        return setting is not None and setting[1] == "both"

    def _began(self, month: str) -> bool:
        return any(first <= month for first in self.settings)

    def _next(self, settings: Mapping[str, tuple[Decimal, str] | None]) -> "BudgetModel":
        return self if settings == self.settings else replace(self, settings=settings, version=self.version + 1)


def before(month: str) -> str:
    """Return the month before another one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"
