"""The use cases of budgets. What was spent comes from the totals, which the service of summaries reads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from api import cursors
from api.budgets.errors import BudgetBusy, BudgetChanged, BudgetNotFound
from api.budgets.items import PREFIX, State
from api.budgets.periods import Period, Periods, in_force, month_of, ordinal, with_period, without
from api.budgets.status import statuses
from api.budgets.store import DynamoDBBudgets
from api.dynamodb import StoreUnavailable, until_done
from api.expenses.filters import Window
from api.expenses.rules import MONTHS, label, money_violations, partial_violations, plain
from api.gateway.caller import Caller
from api.models import Budget, BudgetPage, BudgetPeriod, BudgetSetting, BudgetStatusPage, Month
from api.openapi.errors import InvalidRequest, Violation
from api.openapi.partial import INVALID
from api.summaries.cells import Tallies

MOST_PERIODS = 240
"""How many amounts a budget has at the most: another one each month, for 20 years."""


class BudgetService:
    """All that can be done with budgets. Any method may raise `StoreUnavailable`."""

    def __init__(self, store: DynamoDBBudgets, cells_of_months: Callable[[Caller, Window, int], Tallies]) -> None:
        self._store = store
        self._cells_of_months = cells_of_months

    def set(self, caller: Caller, setting: BudgetSetting, expected: Collection[int] | None = None) -> Budget:
        """Set what a month may cost from one on, at any version or only at one that is expected.

        Raises `InvalidRequest`, `BudgetNotFound` where a version is expected and there is no such budget,
        `BudgetChanged`, and `BudgetBusy` when others keep changing it.
        """
        category, currency, first = setting.get("category"), setting["currency"], setting["from"]
        amount = plain(Decimal(setting["amount"]))
        period = Period(amount, setting.get("carry_over", "none"))
        violations = money_violations(amount, currency, f"{first}-01", given={"amount", "currency"})
        if category is not None and not (category := label(category)):
            violations.append(Violation("body", "/category", "must have a visible character"))
        if violations:
            raise InvalidRequest(violations)

        def changed(periods: Periods) -> Periods:
            after = with_period(periods, first, period)
            if len(_amounts(after)) > MOST_PERIODS:
                message = f"must be one of the months that have an amount already: a budget has at most {MOST_PERIODS}"
                raise InvalidRequest([Violation("body", "/from", message)])
            return after

        return _budget(self._change(caller, category, currency, changed, expected))

    def remove(
        self,
        caller: Caller,
        category: str | None,
        currency: str,
        first: str | None,
        expected: Collection[int] | None = None,
    ) -> None:
        """Delete a budget from a month on, or with None all of it, at any version or only at one that is expected.

        Raises `BudgetNotFound`, also where nothing would change, `BudgetChanged`, and `BudgetBusy` as `set` does.
        """
        if category is not None and not (category := label(category)):
            raise BudgetNotFound

        def changed(periods: Periods) -> Periods:
            after = {} if first is None else without(periods, first)
            if after == periods:
                raise BudgetNotFound
            return after

        self._change(caller, category, currency, changed, expected)

    def find(self, caller: Caller, limit: int, cursor: str | None) -> BudgetPage:
        """Return a page of budgets. Raises `InvalidRequest` for the cursor."""
        states, next_cursor = self._page(caller, "budgets", limit, cursor)
        items = [_budget(state) for state in states]
        return {"items": items, "count": len(items), "next_cursor": next_cursor}

    def status(self, caller: Caller, year: int, month: Month, limit: int, cursor: str | None) -> BudgetStatusPage:
        """Return a page of the budgets that hold in a month, with what is left of each.

        Raises `InvalidRequest` for the cursor, and for a month with more totals than one request may read.
        """
        this = f"{year}-{MONTHS.index(month) + 1:02}"
        states, next_cursor = self._page(caller, f"budgets of {this}", limit, cursor)
        holding = [state for state in states if in_force(state.periods, this).amount is not None]
        items = statuses(holding, this, partial(self._cells_of_months, caller))
        return {"year": year, "month": month, "items": items, "count": len(items), "next_cursor": next_cursor}

    def follow(self, user_id: str, old: str, new: str) -> tuple[bool, list[str]]:
        """Move the budgets of a category that is renamed; return whether any was, and a notice of those that stay.

        One stays where the new name has a budget in its currency already. Neither is lost then and none is added to the
        other: only the user knows what both together may cost. Raises `BudgetBusy` when others keep changing one.
        """
        budgets = [state for state in self._store.of_category(user_id, old) if state.periods]
        stay: list[str] = []
        for moved, state in enumerate(budgets):
            try:
                if not self._move(user_id, state.currency, old, new):
                    stay.append(state.currency)
            except (StoreUnavailable, BudgetBusy) as error:
                if moved == len(stay):
                    raise
                raise StoreUnavailable("unknown") from error  # others have been moved: it is not as if nothing was
        reason = f"There is a budget for {new} in {', '.join(stay)} already, so that the one for {old} was not moved."
        notice = f"{reason} Set the one for {new} as you want it, and delete the other."
        return len(budgets) > len(stay), [notice] if stay else []

    def _move(self, user_id: str, currency: str, old: str, new: str) -> bool:
        """Move a budget to another category; return whether nothing was in the way."""

        def move() -> bool | None:
            moving, there = (self._store.get(user_id, category, currency) for category in (old, new))
            if there.state.periods:
                return not moving.state.periods
            return not moving.state.periods or self._store.move(user_id, moving, there) or None

        return until_done(move, BudgetBusy)

    def _change(
        self,
        caller: Caller,
        category: str | None,
        currency: str,
        changed: Callable[[Periods], Periods],
        expected: Collection[int] | None,
    ) -> State:
        """Read a budget and write other periods, again while others write in between; the same are not written."""

        def change() -> State | None:
            stored = self._store.get(caller.user_id, category, currency)
            state = stored.state
            if expected is not None and not state.periods:
                raise BudgetNotFound
            if expected is not None and state.version not in expected:
                raise BudgetChanged(state.version)
            after = replace(state, periods=changed(state.periods), version=state.version + 1)
            if after.periods == state.periods:
                return state
            return after if self._store.write(caller.user_id, stored, after) else None

        return until_done(change, BudgetBusy)

    def _page(self, caller: Caller, query: str, limit: int, cursor: str | None) -> tuple[list[State], str | None]:
        after = None if cursor is None else cursors.decode(query, cursor, _key)
        found = self._store.page(caller.user_id, limit, after)
        next_cursor = cursors.encode(query, found.more_after.split("#")[1:]) if found.more_after else None
        return [state for state in found.states if state.periods], next_cursor


def _budget(state: State) -> Budget:
    ends = [*list(state.periods)[1:], None]
    periods = [
        _period(first, period, next_first)
        for (first, period), next_first in zip(state.periods.items(), ends, strict=True)
        if period.amount is not None
    ]
    return {"category": state.category, "currency": state.currency, "periods": periods, "version": state.version}


def _period(first: str, period: Period, next_first: str | None) -> BudgetPeriod:
    until = None if next_first is None else month_of(ordinal(next_first) - 1)
    return {"from": first, "until": until, "amount": period.amount or Decimal(0), "carry_over": period.carry_over}


def _amounts(periods: Periods) -> list[Decimal]:
    return [period.amount for period in periods.values() if period.amount is not None]


def setting_violations(setting: Mapping[str, Any]) -> list[Violation]:
    """Return what is against the rules in a setting that is not valid; `INVALID` is in place of what is not."""
    first = setting.get("from")
    return partial_violations({**setting, "date": f"{first}-01" if isinstance(first, str) else INVALID}, None, "")


def _key(parts: Sequence[str]) -> str:
    """Return the record key that the parts of a cursor are from. Raises `ValueError` where no key has such."""
    category, currency = parts
    return "#".join((PREFIX, category, currency))
