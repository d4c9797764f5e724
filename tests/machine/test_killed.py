"""The process is stopped before and after every single call to DynamoDB: totals never differ from a recount."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from tests.figures import FIGURES
from tests.machine.conftest import NewWorld
from tests.machine.faults import Fault
from tests.machine.machine import AMOUNTS, CATEGORIES, DATES, METHODS
from tests.machine.world import World

WRITES = 200


def run_of_writes(world: World, user: str) -> Iterator[Callable[[], None]]:
    """Yield writes of all kinds. Each can be repeated as a client does that got no response."""
    random = Random(7)  # noqa: S311
    ledger = world.ledgers[user]
    for number in range(WRITES):
        content = {
            "category": random.choice(CATEGORIES),
            "amount": random.choice(AMOUNTS),
            "payment_method": random.choice(METHODS),
            "date": random.choice(DATES),
        }
        records = list(ledger.records.items())
        live = [(expense_id, record.version) for expense_id, record in records if record.is_live]
        trash = [expense_id for expense_id, _ in ledger.trash(world.now)]
        act = random.choice(["create", "create", "change", "change", "delete", "restore", "restore", "purge"])
        if act in {"change", "delete"} and live:
            expense_id, version = random.choice(live)
            if act == "delete":
                yield partial(world.delete, user, expense_id, {version})
            else:
                name = random.choice(list(content))
                yield partial(world.change, user, expense_id, {name: content[name]}, {version})
        elif act == "restore" and trash:
            yield partial(world.restore, user, random.choice(trash))
        elif act == "purge" and trash:
            yield partial(world.purge, user, random.choice(trash))
        else:
            yield partial(world.create, user, content, f"key-{number}")


def kill_at_each_call(world: World, user: str, write: Callable[[], None]) -> None:
    """Make a write, again and again, by processes that are stopped one call later each, until one is not."""
    calls = 0
    while True:
        for fault in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER):
            world.dynamodb.expect([*[Fault.NONE] * calls, fault])
            write()
            world.check_totals(user)
            if not world.dynamodb.suffered:
                return
            FIGURES["processes stopped at a call to DynamoDB"] += 1
        calls += 1


def test_totals_survive_a_stop_at_every_call(new_world: NewWorld) -> None:
    world = new_world()
    user = world.users[0]
    for write in run_of_writes(world, user):
        kill_at_each_call(world, user, write)
    world.dynamodb.expect(())
    world.check(user)
    world.check_feed(user)
