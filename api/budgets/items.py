"""A budget as an item of the records. All of its periods are in it, so that it changes and moves as a whole.

    {"user_id": {"S": "6f1c…"}, "record_key": {"S": "budget#Food#EUR"}, "version": {"N": "3"}, "periods": {"M": {
        "2025-05": {"M": {"amount": {"N": "400"}, "carry_over": {"S": "both"}}}, "2025-12": {"M": {}}}}}

The key of the budget for all categories has an empty part, which no category is. A period without an amount is the time
without the budget. A deleted budget has no periods, and its version goes on, so that no ETag ever fits another state.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.budgets.periods import NO_BUDGET, Period, Periods
from api.dynamodb import Item
from api.tables import RECORDS, join_key, split_key

PREFIX = "budget"
"""What the record keys of all budgets begin with."""


@dataclass(frozen=True, slots=True)
class State:
    """What there is of a budget."""

    category: str | None
    """None for all categories."""
    currency: str
    periods: Periods
    version: int
    """0 where there never was one."""


def record_key(category: str | None, currency: str) -> str:
    """Return the sort key of a budget's item."""
    return join_key((PREFIX, category or "", currency))


def to_item(user_id: str, state: State) -> Item:
    """Return the item of a budget, without its write tokens."""
    return {
        **RECORDS.key(user_id, record_key(state.category, state.currency)),
        "version": {"N": str(state.version)},
        "periods": {"M": {first: {"M": _attributes(period)} for first, period in state.periods.items()}},
    }


def state_of(item: Item) -> State:
    """Return the state that an item is in."""
    _, category, currency = split_key(item[RECORDS.sort_key]["S"])
    periods = item["periods"]["M"]
    return State(
        category or None,
        currency,
        {first: _period(periods[first]["M"]) for first in sorted(periods)},
        int(item["version"]["N"]),
    )


def _attributes(period: Period) -> dict[str, Any]:
    if period.amount is None:
        return {}
    return {"amount": {"N": format(period.amount, "f")}, "carry_over": {"S": period.carry_over}}


def _period(attributes: Item) -> Period:
    if not attributes:
        return NO_BUDGET
    return Period(Decimal(attributes["amount"]["N"]), attributes["carry_over"]["S"])
