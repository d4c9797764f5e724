"""One life of one user's expenses, with all that the state machine can do in it once: short, and always the same."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from tests.machine.budgets import LOOKED_AT, Identity, delete_budget, set_budget
from tests.machine.faults import Fault
from tests.machine.ledger import expiry
from tests.machine.world import World

LUNCH = {"category": "Food", "amount": Decimal("12.5"), "payment_method": "Cash", "date": "2025-06-14"}
MOVES: tuple[dict[str, Any], ...] = (
    {"amount": Decimal("-3.2")},
    {"date": "2025-07-01"},
    {"category": "Rent"},
    {"payment_method": "Card#"},
    {"currency": "USD"},
    LUNCH,
)
NONE, LOST_AFTER, KILLED_AFTER = Fault.NONE, Fault.LOST_AFTER, Fault.KILLED_AFTER


def stepping(world: World) -> Callable[..., None]:
    """Return what has the first user act, with what goes wrong, and holds what is seen then to the ledger."""
    user = world.users[0]
    world.dynamodb.honours_tokens = False

    def step(act: Callable[..., None], *arguments: Any, faults: tuple[Fault, ...] = ()) -> None:
        world.dynamodb.expect(faults)
        act(user, *arguments)
        world.dynamodb.expect(())
        world.check(user)

    return step


def live_through(world: World, step: Callable[..., None]) -> None:
    """Do it all, and hold what the user sees to the ledger after each step."""
    user = world.users[0]
    ids = world.ledgers[user].records
    step(world.create, LUNCH, "lunch")
    step(world.create, {**LUNCH, "amount": Decimal(-7)})
    step(world.create, {**LUNCH, "currency": "JPY", "amount": Decimal(100)})
    step(world.create, LUNCH, "lost", faults=(LOST_AFTER,))
    step(world.create, LUNCH, "killed", faults=(KILLED_AFTER,))
    first, second, third, fourth, fifth = ids
    world.catch_up(user)
    _move(world, step, first)
    _fail(world, step, second)
    _delete(world, step, third, fourth)
    _take_time(world, step, fifth)
    _keep_to_budgets(world, step)


def _move(world: World, step: Callable[..., None], expense_id: str) -> None:
    for patch in MOVES:
        step(world.change, expense_id, patch)
    step(world.change, expense_id, {"amount": Decimal(1)}, {1})
    step(world.delete, expense_id, {1})
    step(world.repeat, "lunch")


def _fail(world: World, step: Callable[..., None], expense_id: str) -> None:
    amounts = (Decimal(number) for number in range(100))
    for faults in (
        (NONE, LOST_AFTER),
        (NONE, KILLED_AFTER),
        (NONE, Fault.CONFLICT),
        (NONE, *[LOST_AFTER] * 4),
        (NONE, *[Fault.FAILED_BEFORE] * 4),
        (Fault.THROTTLED, NONE, Fault.THROTTLED),
    ):
        step(world.change, expense_id, {"amount": next(amounts)}, faults=faults)
    step(world.check_patiently, 3, faults=(Fault.SHORT, Fault.EMPTY, Fault.SHORT))


def _delete(world: World, step: Callable[..., None], first: str, second: str) -> None:
    step(world.delete, first)
    step(world.restore, first)
    step(world.restore, first)
    step(world.delete, second)
    step(world.repeat, "lost")
    world.catch_up(world.users[0])
    step(world.purge, second)
    step(world.restore, second)
    step(world.repeat, "lost")
    step(world.delete, first)
    step(world.empty_trash)


def _take_time(world: World, step: Callable[..., None], expense_id: str) -> None:
    user = world.users[0]
    world.slowly(user, lambda: world.change(user, expense_id, {"amount": Decimal(7)}), behind=5, slow=9)
    world.check(user)
    world.check_feed(user)
    world.catch_up(user)
    step(world.delete, expense_id)
    deleted_at = world.ledgers[user].records[expense_id].deleted_at
    assert deleted_at is not None
    for seconds in (-1, 1):
        world.clock.now = expiry(deleted_at) + timedelta(seconds=seconds)
        world.check(user)
    world.check_feed(user)
    step(world.restore, expense_id)
    step(world.purge, expense_id)
    world.catch_up(user)
    step(world.repeat, "killed")
    world.sweep(user)
    world.catch_up(user)
    step(world.repeat, "lost")
    world.check_feed(user)


def _keep_to_budgets(world: World, step: Callable[..., None]) -> None:
    food, everything = Identity("Food", "EUR"), Identity(None, "EUR")
    put, delete = partial(set_budget, world), partial(delete_budget, world)
    step(put, food, ("2025-05", Decimal(1), "both"))
    step(put, everything, ("2025-06", Decimal(100), "none"), faults=(NONE, LOST_AFTER))
    for amount in ("10", "-2.5"):
        step(world.create, {**LUNCH, "date": "2025-05-31", "amount": Decimal(amount)})
    for month in ("2025-07", "2025-06", "2025-08"):
        for _ in LOOKED_AT:
            step(put, food, (month, Decimal(5), "both"))
    step(put, food, ("2025-08", Decimal(7), "both"), {1})
    for _ in LOOKED_AT:
        step(delete, food, "2025-07", faults=(NONE, KILLED_AFTER))
    step(delete, everything, None)
    step(put, everything, ("2025-06", Decimal(0), "both"))
