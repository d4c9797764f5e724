"""One budget in plain Python: what it was set to, and a loop over all expenses for each month, without cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class BudgetModel:
    """What a budget was set to, from which month on; None where it was deleted from one on."""

    settings: Mapping[str, tuple[Decimal, str] | None] = field(default_factory=dict)
    """The amount and whether it carries over, by month."""
    version: int = 0

    def after_setting(self, month: str, amount: Decimal, carry_over: str) -> "BudgetModel":
        return self._next({**self.settings, month: (amount, carry_over)})

    def after_deletion(self, month: str | None) -> "BudgetModel":
        earlier = {first: setting for first, setting in self.settings.items() if month and first < month}
        return self._next({**earlier, month: None} if month and self._holding(before(month)) else earlier)

    def left(self, month: str, expenses: Iterable[Mapping[str, Any]]) -> dict[str, Decimal] | None:
        """Return what a status has of a month, or None without a budget. `expenses` are those that it is for."""
        if not (setting := self._holding(month)):
            return None
        spent: defaultdict[str, Decimal] = defaultdict(Decimal)
        for expense in expenses:
            spent[expense["date"][:7]] += expense["amount"]
        rests = {each: amount - spent[each] for each, amount in self.carrying(month).items() if each < month}
        amount, carried, total = setting[0], sum(rests.values(), Decimal(0)), spent[month]
        return {"amount": amount, "carried": carried, "total": total, "left": amount + carried - total}

    def carrying(self, month: str) -> dict[str, Decimal]:
        """Return the amounts of the months that carry over without a gap to a month, and of that one, latest first."""
        amounts: dict[str, Decimal] = {}
        while (setting := self._holding(month)) and setting[1] == "both":
            amounts[month] = setting[0]
            month = before(month)
        return amounts

    def periods(self) -> list[dict[str, Any]]:
        """Return what a list has."""
        months = sorted(self.settings)
        return [
            {"from": month, "until": until, "amount": setting[0], "carry_over": setting[1]}
            for month, until in zip(months, [*map(before, months[1:]), None], strict=True)
            if (setting := self.settings[month])
        ]

    def _holding(self, month: str) -> tuple[Decimal, str] | None:
        return self.settings.get(max((first for first in self.settings if first <= month), default=""))

    def _next(self, settings: Mapping[str, tuple[Decimal, str] | None]) -> "BudgetModel":
        return self if settings == self.settings else replace(self, settings=settings, version=self.version + 1)


def before(month: str) -> str:
    """Return the month before another one."""
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]
