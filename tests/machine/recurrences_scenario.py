"""One life of recurrences, with all that the state machine can do with them in it once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

from tests.machine.faults import Fault
from tests.machine.files import rename
from tests.machine.recurrences import change_recurrence, delete_recurrence, make_recurrence, record_due
from tests.machine.world import World

NONE, LOST_AFTER, KILLED_AFTER = Fault.NONE, Fault.LOST_AFTER, Fault.KILLED_AFTER


def recur(world: World, step: Callable[..., None]) -> None:
    """Do it all, and hold what the user sees to the ledger after each step."""
    make, change, delete, record = (
        partial(act, world) for act in (make_recurrence, change_recurrence, delete_recurrence, record_due)
    )
    mine = world.recurrences[world.users[0]]
    rent = {"category": "Rent", "amount": Decimal(450), "payment_method": "Cash", "first": "2025-01-31"}
    step(make, {**rent, "every": {"count": 1, "unit": "month"}}, "rent")
    step(make, {**rent, "every": {"count": 3, "unit": "week"}, "times": 40}, faults=(NONE, LOST_AFTER))
    monthly, weekly = mine.models
    step(change, monthly, {"skipped": ["2025-02-28", "2025-04-30"]})
    step(record, faults=(NONE, LOST_AFTER, NONE, NONE, KILLED_AFTER))
    step(record)
    step(record)
    step(change, monthly, {"amount": Decimal(500)}, {1})
    step(change, monthly, {"first": "2025-01-15", "amount": Decimal(500)})
    for expense_id, found in list(world.ledgers[world.users[0]].records.items()):
        if found.is_live and found.expense["category"] == "Rent":
            step(world.delete, expense_id)
            break
    world.pass_time(timedelta(days=45))
    world.catch_up(world.users[0])
    step(record, faults=(NONE, Fault.CONFLICT))
    step(record)
    for old, new in (("Rent", "Flat"), ("Flat", "Rent")):
        for faults in ((NONE, Fault.THROTTLED), (), ()):
            step(partial(rename, world), old, new, faults=faults)
    step(delete, weekly, faults=(NONE, KILLED_AFTER))
    step(delete, monthly)
    step(make, {**rent, "every": {"count": 1, "unit": "month"}}, "rent")
    step(record)
