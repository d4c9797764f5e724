"""One life of files, batches, renames and an erasure, with all that the state machine can do with them in it once."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from tests.machine.budgets import Identity, set_budget
from tests.machine.faults import Fault
from tests.machine.files import CSV, NDJSON, Item, create_batch, erase, exported, import_lines, rename
from tests.machine.world import World

COFFEE = {"category": "Food", "amount": Decimal("3.5"), "payment_method": "Cash", "date": "2025-06-14"}
NONE = Fault.NONE


def bring_and_take(world: World, step: Callable[..., None]) -> None:
    """Do it all, and hold what the user sees to the ledger after each step."""
    user = world.users[0]
    batch, import_, move = partial(create_batch, world), partial(import_lines, world), partial(rename, world)
    items = [Item({**COFFEE, "notes": f"item {at}"}, key) for at, key in enumerate(("x", None, "y"))]
    rows = [{**COFFEE, "notes": f"row {at}"} for at in range(5)]
    step(batch, items)
    step(batch, [items[0], items[2], Item({**COFFEE, "notes": "another"}, None)], faults=(Fault.LOST_AFTER,))
    step(import_, rows, faults=(*[NONE] * 3, *[Fault.FAILED_BEFORE] * 4))
    step(import_, [*rows, {**COFFEE, "import_id": "7", "notes": "row 5"}])
    trashed = next(id_ for id_, record in world.ledgers[user].records.items() if record.expense["notes"] == "row 1")
    step(world.delete, trashed)
    step(import_, rows, NDJSON)
    _export_and_import(world, step)
    for currency in ("EUR", "KES"):
        step(partial(set_budget, world), Identity("Food", currency), ("2025-05", Decimal(1), "both"))
    world.catch_up(user)
    step(move, "Food", "Rent", faults=(*[NONE] * 6, *[Fault.THROTTLED] * 4))
    step(move, "Food", "Rent", faults=(*[NONE] * 4, *[Fault.THROTTLED] * 4))
    for _ in range(3):
        step(move, "Food", "Rent")
    world.catch_up(user)
    step(world.restore, trashed)
    step(world.delete, trashed)
    for faults in ((*[NONE] * 4, *[Fault.KILLED_AFTER]), (), (), (), ()):
        step(partial(erase, world), faults=faults)
    world.catch_up(user)
    step(batch, items)


def _export_and_import(world: World, step: Callable[..., None]) -> None:
    """Take everything to another user's account; the same account has it all."""
    user, other = world.users[:2]
    export = exported(world, user)
    step(partial(import_lines, world), export, CSV)
    for media_type in (NDJSON, CSV):
        while len(world.ledgers[other].live()) < len(export):
            import_lines(world, other, export, media_type)
        assert exported(world, other) == export
    world.check(other)
