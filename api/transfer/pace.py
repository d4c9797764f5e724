"""How fast one request writes: no faster than DynamoDB takes writes of one partition, so that others are not slowed.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
"""

import time
from collections.abc import Iterable
from math import ceil

from api.deadline import remaining
from api.models import Expense
from api.openapi.strict_json import dump

UNITS_A_SECOND = 1000
"""What one partition takes, and so what one user's expenses take."""
RESERVED_SECONDS = 1.0
"""With less time left than this, no other write is begun."""
KEY_BYTES = 300
"""About what an item has besides the properties of its expense."""


def units_of(expenses: Iterable[Expense]) -> int:
    """Return how many write units it takes at the most to record these: items, 3 entries of indexes each, and cells."""
    sizes = (KEY_BYTES + len(dump(expense).encode()) for expense in expenses)
    return sum(2 * (1 + 3) * ceil(size / 1024) + 2 for size in sizes)


class Pace:
    """The pace of one request. What the first second takes is free."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._units = 0

    def may_write(self, units: int) -> bool:
        """Return whether there is time to write as much, once it may be written; pause until then."""
        pause = self._begun + (self._units + units) / UNITS_A_SECOND - 1 - time.monotonic()
        if max(pause, 0) + RESERVED_SECONDS >= remaining():
            return False
        time.sleep(max(pause, 0))
        self._units += units
        return True
