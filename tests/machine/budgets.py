"""Budgets in the state machine: what users set and delete, and that lists and statuses agree with their ledgers."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.budget_model import BudgetModel
from tests.client import Response
from tests.figures import FIGURES
from tests.machine.draws import FAULTS, PRECONDITIONS, USERS
from tests.machine.faults import LOSING, Fault
from tests.machine.ledger import MONTHS, is_exact
from tests.machine.system import UNANSWERED, System, if_match

if TYPE_CHECKING:
    from tests.machine.world import World

LOOKED_AT = ["2025-06", "2025-08", "2024-07", "2025-07", "2025-05"]
FIGURES_OF_A_STATUS = ("amount", "carried", "total", "left")


class Foretold(NamedTuple):
    """The status of the response to a write, and the budget afterwards."""

    status: int
    after: BudgetModel


class Identity(NamedTuple):
    """Which of a user's budgets."""

    category: str | None
    currency: str


Budgets = dict[Identity, BudgetModel]
IDENTITIES = st.builds(
    Identity, st.sampled_from([None, "Food", "Food", "Food#2025-06"]), st.sampled_from(["EUR", "JPY"])
)
MONTHS_OF_BUDGETS = st.sampled_from(["2024-06", "2025-05", "2025-06", "2025-07", "2025-08"])
SETTINGS = st.tuples(
    MONTHS_OF_BUDGETS,
    st.sampled_from([Decimal(amount) for amount in ("0", "100", "12.5", "9999999999999.99")]),
    st.sampled_from(["both", "both", "none"]),
)


def check_budgets(system: System, user: str, budgets: Budgets, expenses: Collection[Any], checks: int) -> None:
    """Hold the list of budgets, and the status of some month, to their models and the user's expenses."""
    if not budgets and checks % 5:
        return
    listed = system.look(user, "/budgets?limit=100").json["items"]
    assert {_identity(item): (item["periods"], item["version"]) for item in listed} == {
        identity: (model.periods(), model.version) for identity, model in budgets.items() if model.settings
    }
    day = date.fromisoformat(f"{LOOKED_AT[checks % len(LOOKED_AT)]}-01")
    query = urlencode({"year": day.year, "month": MONTHS[day.month - 1], "limit": 100})
    seen = system.look(user, f"/budgets/status?{query}").json["items"]
    left = {
        identity: model.left(day.isoformat()[:7], [expense for expense in expenses if _is_for(identity, expense)])
        for identity, model in budgets.items()
    }
    assert {_identity(item): {name: item[name] for name in FIGURES_OF_A_STATUS} for item in seen} == {
        identity: figures for identity, figures in left.items() if figures is not None
    }


def set_budget(
    world: "World",
    user: str,
    identity: Identity,
    setting: tuple[str, Decimal, str],
    versions: Collection[int] | None = None,
) -> None:
    """Set a budget: the month, the amount, and whether it carries over."""
    month, amount, carry_over = setting
    body = {**identity._asdict(), "from": month, "amount": amount, "carry_over": carry_over}

    def foretell(model: BudgetModel) -> Foretold:
        if not is_exact(amount, identity.currency):
            return Foretold(400, model)
        return _at(versions, model) or Foretold(200, model.after_setting(*setting))

    response = world.send(user, "PUT", "/budgets", body, if_match(versions))
    _settle(world, user, identity, response, foretell)


def delete_budget(
    world: "World",
    user: str,
    identity: Identity,
    month: str | None,
    versions: Collection[int] | None = None,
) -> None:
    """Delete a budget from a month on, or all of it."""
    given = {**identity._asdict(), "from": month}
    query = urlencode({name: value for name, value in given.items() if value is not None})

    def foretell(model: BudgetModel) -> Foretold:
        after = model.after_deletion(month)
        return _at(versions, model) or Foretold(404 if after == model else 204, after)

    response = world.send(user, "DELETE", f"/budgets?{query}", None, if_match(versions))
    _settle(world, user, identity, response, foretell)


class BudgetRules:
    """What users do with budgets: the machine has these rules, too."""

    world: "World"
    _user: Callable[[int], str]
    _suffer: Callable[[Collection[Fault]], None]

    @rule(who=USERS, identity=IDENTITIES, setting=SETTINGS, at=PRECONDITIONS, faults=FAULTS)
    def set_a_budget(self, who: int, identity: Identity, setting: Any, at: str, faults: Collection[Fault]) -> None:
        self._suffer(faults)
        user = self._user(who)
        set_budget(self.world, user, identity, setting, self._budget_versions(user, identity, at))

    @rule(who=USERS, identity=IDENTITIES, month=st.none() | MONTHS_OF_BUDGETS, at=PRECONDITIONS, faults=FAULTS)
    def delete_a_budget(
        self, who: int, identity: Identity, month: str | None, at: str, faults: Collection[Fault]
    ) -> None:
        self._suffer(faults)
        user = self._user(who)
        delete_budget(self.world, user, identity, month, self._budget_versions(user, identity, at))

    @rule(who=USERS, identity=IDENTITIES, settings=st.tuples(SETTINGS, SETTINGS))
    def set_a_budget_on_two_devices_at_once(self, who: int, identity: Identity, settings: Any) -> None:
        self._suffer(())
        mine, theirs = (partial(set_budget, self.world, self._user(who), identity, setting) for setting in settings)
        self.world.interrupted(mine, theirs)

    def _budget_versions(self, user: str, identity: Identity, at: str) -> Collection[int] | None:
        version = self.world.budgets[user].get(identity, BudgetModel()).version
        return {"none": None, "current": {version}, "stale": {version - 1, version + 7}}[at]


def _at(versions: Collection[int] | None, model: BudgetModel) -> Foretold | None:
    """Return what stops a write because of the versions that it names, if so."""
    if versions is None or (model.settings and model.version in versions):
        return None
    return Foretold(412 if model.settings else 404, model)


def _settle(
    world: "World", user: str, identity: Identity, response: Response, foretell: Callable[[BudgetModel], Foretold]
) -> None:
    """Hold the response of a write to what was foretold, and take over what is there now."""
    before = world.budgets[user].get(identity, BudgetModel())
    status, after = foretell(before)
    if response.status == status:
        world.budgets[user][identity] = after
        if status == 200:
            assert (response.json["periods"], response.json["version"]) == (after.periods(), after.version)
        if status in {200, 412}:
            assert response.headers["ETag"] == f'"{after.version}"'
        return
    assert world.dynamodb.suffered, (response, status, world.log[-2:])
    assert response.status in UNANSWERED, response
    if response.status == 502 or response.json["outcome"] == "unknown":
        assert LOSING & set(world.dynamodb.suffered), response
        FIGURES["writes of unknown outcome, looked up"] += 1
        if after != before and _has(world, user, identity, after):
            world.budgets[user][identity] = after


def _has(world: "World", user: str, identity: Identity, model: BudgetModel) -> bool:
    """Look whether a write of unknown outcome was made."""
    versions = {_identity(item): item["version"] for item in world.look(user, "/budgets?limit=100").json["items"]}
    return versions.get(identity) == (model.version if model.settings else None)


def _identity(item: Any) -> Identity:
    return Identity(item["category"], item["currency"])


def _is_for(identity: Identity, expense: Any) -> bool:
    return identity.category in {None, expense["category"]} and identity.currency == expense["currency"]
