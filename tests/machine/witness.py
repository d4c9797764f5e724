"""What must be seen: all that a user can look at, held to the ledger."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from api.models import ExpenseCreate
from api.openapi.contract import Contract
from api.settings import Settings
from tests.clock import Clock
from tests.machine.budgets import Budgets, check_budgets
from tests.machine.device import Device
from tests.machine.files import Files, check_files
from tests.machine.ledger import Ledger, expiry, instant, matches, summary
from tests.machine.recurrences import Recurrences, check_recurrences
from tests.machine.system import System

GROUPINGS = [names for count in range(3) for names in combinations(("month", "category", "payment_method"), count)]
FILTERS: Sequence[Mapping[str, Any]] = (
    {},
    {"category": "Food"},
    {"year": 2025, "month": "June"},
    {"month": "June"},
    {"payment_method": "Cash"},
    {"date_from": "2025-05-25", "date_to": "2025-07-24"},
    {"category": "Food#2025-06", "year": 2025},
    {"date_from": "2025-06-14", "date_to": "2025-06-14", "category": "Food"},
    {"date_from": "2024-06-15", "payment_method": "Card#"},
    {"date_to": "2025-06-30"},
)


class Witness(System):
    """The service beside the ledgers that it must agree with, and two devices for each user."""

    def __init__(self, dynamodb: Any, contract: Contract, users: Sequence[str], clock: Clock) -> None:
        super().__init__(dynamodb, contract, users, clock)
        self.ledgers = {user: Ledger() for user in users}
        self.budgets: dict[str, Budgets] = {user: {} for user in users}
        self.recurrences = {user: Recurrences() for user in users}
        self.files = {user: Files() for user in users}
        self.eager = {user: Device(self.undisturbed(user), 100) for user in users}
        self.lazy = {user: Device(self.undisturbed(user), 2) for user in users}
        self._checks = 0

    def look_around(self) -> None:
        """Hold all that all users can see to their ledgers."""
        for user in self.users:
            self.check(user)

    def check(self, user: str) -> None:
        """Hold all that a user can see to the ledger."""
        self._checks += 1
        live, filters = self.ledgers[user].live(), FILTERS[self._checks % len(FILTERS)]
        assert self.listed(user) == live
        chosen = [expense for expense in live if matches(expense, filters)]
        assert self.listed(user, 3, **filters) == chosen
        for grouping in GROUPINGS:
            assert self.summed(user, grouping) == summary(live, grouping), grouping
        grouping = GROUPINGS[self._checks % len(GROUPINGS)]
        assert self.summed(user, grouping, **filters) == summary(chosen, grouping), (grouping, filters)
        self._check_trash(user)
        self._check_each(user)
        self._check_copy(user)
        check_budgets(self, user, self.budgets[user], live, self._checks)
        check_recurrences(self, user, self.recurrences[user], self._checks)
        check_files(self, user, live, self._checks)
        if self._checks % 5 == 0:
            self.check_feed(user)

    def check_totals(self, user: str) -> None:
        """Hold summaries to a recount of the list; whatever moved in one cell alone is seen in one of these."""
        live = self.listed(user)
        for grouping in (("month", "category"), ("payment_method",)):
            assert self.summed(user, grouping) == summary(live, grouping), grouping

    def check_patiently(self, user: str, limit: int) -> None:
        """Hold lists, the trash and the feed to the ledger, while calls fail; what fails is asked for again."""
        ledger = self.ledgers[user]
        assert self.walk_patiently(user, "/expenses", limit) == ledger.live()
        trashed = self.walk_patiently(user, "/trash", limit)
        assert [expense["expense_id"] for expense in trashed] == [each[0] for each in ledger.trash(self.now)]
        changes = self.walk_patiently(user, "/changes", limit)
        assert {change["expense_id"]: change["version"] for change in changes} == {
            expense_id: version for expense_id, (version, _) in ledger.feed(self.now).items()
        }
        chosen = [expense for expense in ledger.live() if expense["date"] >= "2024-06-02"]
        assert self.ask_patiently(user, "/summary?date_from=2024-06-02").json["items"] == summary(chosen, ())

    def check_feed(self, user: str) -> None:
        """Hold the first synchronization of a new device to the ledger."""
        changes = []
        cursor, is_up_to_date = "", False
        while not is_up_to_date:
            page = self.look(user, f"/changes?{urlencode({'limit': 3, 'cursor': cursor})}").json
            changes += page["items"]
            cursor, is_up_to_date = page["next_cursor"], page["up_to_date"]
        found = {change["expense_id"]: (change["version"], change.get("expense")) for change in changes}
        assert len(changes) == len(found)
        assert found == self.ledgers[user].feed(self.now)
        assert all(change["deleted"] == ("expense" not in change) for change in changes)
        instants = [instant(change["changed_at"]) for change in changes]
        assert instants == sorted(instants)

    def catch_up(self, user: str) -> None:
        """Let the device that seldom synchronizes do so, and hold its copy to the ledger."""
        device = self.lazy[user]
        device.sync()
        device.sync()  # a walk over several steps has not seen what was made late behind it
        assert device.copy == {expense["expense_id"]: expense for expense in self.ledgers[user].live()}

    def assert_no_content(self, user: str, expense_id: str) -> None:
        """Look into the table itself: nothing is left of an expense but that it was deleted."""
        key = {"user_id": {"S": user}, "expense_id": {"S": expense_id}}
        with self.dynamodb.undisturbed():
            item = self.dynamodb.get_item(TableName=Settings.example().table_name, Key=key)["Item"]
        content = {*ExpenseCreate.__annotations__, "month", "year"}
        assert not content & set(item)
        assert not any("Food" in str(value) or "Rent" in str(value) for value in item.values())

    def _check_each(self, user: str) -> None:
        """Look up a fourth of the user's expenses, another one each time."""
        for expense_id in [*self.ledgers[user].records][self._checks % 4 :: 4]:
            expected = self.ledgers[user].look_up(expense_id, self.now)
            response = self.look(user, f"/expenses/{expense_id}", (expected.status,))
            assert expected.shows is None or response.json == expected.shows.expense

    def _check_copy(self, user: str) -> None:
        device = self.eager[user]
        device.sync()
        assert device.copy == {expense["expense_id"]: expense for expense in self.ledgers[user].live()}

    def _check_trash(self, user: str) -> None:
        expected = self.ledgers[user].trash(self.now)
        found = self.trashed(user, 2 if self._checks % 2 else 100)
        assert [expense["expense_id"] for expense in found] == [expense_id for expense_id, _ in expected]
        for expense, (_, record) in zip(found, expected, strict=True):
            assert record.deleted_at is not None
            deleted_at, expires_at = instant(expense.pop("deleted_at")), instant(expense.pop("expires_at"))
            assert (deleted_at, expires_at) == (record.deleted_at, expiry(record.deleted_at))
            assert expense == record.expense
