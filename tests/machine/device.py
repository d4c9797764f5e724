"""A client that keeps a copy of one user's expenses by the change feed, as the contract tells it to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.client import Response
from tests.machine.ledger import Expense


@dataclass
class Device:
    """A client that keeps a copy of one user's expenses by the change feed."""

    get: Callable[[str], Response]
    limit: int
    copy: dict[str, Expense] = field(default_factory=dict)
    cursor: str = ""

    def sync(self) -> None:
        """Get all changes since the last time, from the very beginning where that was too long ago."""
        while not self.turn_page():
            pass

    def turn_page(self) -> bool:
        """Get one page of changes; return whether the copy is up to date."""
        response = self.get(f"/changes?{urlencode({'limit': self.limit, 'cursor': self.cursor})}")
        if response.status == 410:
            self.copy, self.cursor = {}, ""
            return False
        page = response.json
        assert page["count"] == len(page["items"]) <= self.limit
        for change in page["items"]:
            known = self.copy.get(change["expense_id"])
            if change["deleted"]:
                assert "expense" not in change
                assert known is None or known["version"] < change["version"]
                self.copy.pop(change["expense_id"], None)
            elif known is not None and known["version"] == change["version"]:
                assert known == change["expense"]
            else:
                assert known is None or known["version"] < change["version"]
                self.copy[change["expense_id"]] = change["expense"]
        self.cursor = page["next_cursor"]
        return bool(page["up_to_date"])
