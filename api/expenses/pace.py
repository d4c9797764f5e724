"""How fast one request writes: no faster than DynamoDB takes writes of one partition, so that others are not slowed.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
"""

import time
from collections.abc import Iterable
from math import ceil

from api import deadline
from api.models import Expense
from api.openapi.strict_json import dump

UNITS_A_SECOND = 1000
"""What one partition takes, and so what one user's expenses take."""
FREE_SECONDS = 0.5
"""How much of the pace is free: a second transaction of 500 units follows the first at once."""
KEY_BYTES = 300
"""About what an item has besides the properties of its expense."""


class Pace:
    """The pace of one request that writes expenses in transactions, of some 500 units each."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._units = 0

    def add(self, expenses: Iterable[Expense], *, entries: int, cells: int) -> None:
        """Count what it took at the most to write expenses, each with entries of indexes and cells of the totals."""
        sizes = (KEY_BYTES + len(dump(expense).encode()) for expense in expenses)
        self._units += 2 * sum((1 + entries) * ceil(size / 1024) + cells for size in sizes)

    def may_go_on(self) -> bool:
        """Pause until more may be written; return False at once where there is no time for that and another write.

        The first write of a request needs neither.
        """
        if not self._units:
            return True
        pause = max(self._begun + self._units / UNITS_A_SECOND - FREE_SECONDS - time.monotonic(), 0)
        if pause + deadline.RESERVED_SECONDS >= deadline.remaining():
            return False
        time.sleep(pause)
        return True
