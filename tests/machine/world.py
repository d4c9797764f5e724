"""What users do, and what the ledger foretells of it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from api.settings import Settings
from tests.client import Response
from tests.figures import FIGURES
from tests.machine.budgets import check_budgets
from tests.machine.faults import LOSING, Fault
from tests.machine.files import check_files
from tests.machine.ledger import Expected, Record, instant, purged, summary
from tests.machine.recurrences import check_recurrences
from tests.machine.system import UNANSWERED, if_match
from tests.machine.witness import GROUPINGS, Witness

FIRST = {"category": "Food", "amount": Decimal("1.5"), "payment_method": "Cash", "date": "2025-06-14"}
"""What a key is used for at first where nothing else is given."""
Foretell = Callable[[datetime], Expected]


class World(Witness):
    """Each request is made as a client does, and its response held to the ledger.

    Where the response leaves open whether a write was made, the ledger learns it by looking.
    """

    _settle_early: Callable[[], None]
    """Takes over what the write that is being made has done, before its response comes."""

    def create(self, user: str, body: Mapping[str, Any], key: str | None = None) -> None:
        ledger = self.ledgers[user]
        known = set(ledger.records)

        def made(response: Response | None) -> str:
            """Return the id of what was recorded, from the response or, where there is none, by looking."""
            expense_id: str
            if response and response.status == 201:
                expense_id = response.json["expense_id"]
                assert response.headers["Location"] == f"/expenses/{expense_id}"
            elif response is None or _is_open(response):
                new = {expense["expense_id"] for expense in self.listed(user)} - known
                assert len(new) <= 1
                expense_id = next(iter(new), "")
            else:
                return ""
            if key and expense_id:
                ledger.by_key[key] = expense_id
            return expense_id

        self._write(
            user,
            lambda: self.send(user, "POST", "/expenses", body, {"Idempotency-Key": key} if key else {}),
            lambda now: ledger.create(body, key, now),
            ledger.by_key.get(key or "", "") or made,
        )

    def change(
        self, user: str, expense_id: str, patch: Mapping[str, Any], versions: Collection[int] | None = None
    ) -> None:
        self._write(
            user,
            lambda: self.send(user, "PATCH", f"/expenses/{expense_id}", patch, if_match(versions)),
            lambda now: self.ledgers[user].change(expense_id, patch, versions, now),
            expense_id,
        )

    def delete(self, user: str, expense_id: str, versions: Collection[int] | None = None) -> None:
        self._write(
            user,
            lambda: self.send(user, "DELETE", f"/expenses/{expense_id}", None, if_match(versions)),
            lambda now: self.ledgers[user].delete(expense_id, versions, now),
            expense_id,
        )

    def restore(self, user: str, expense_id: str) -> None:
        self._write(
            user,
            lambda: self.send(user, "POST", f"/expenses/{expense_id}/restore"),
            lambda now: self.ledgers[user].restore(expense_id, now),
            expense_id,
        )

    def purge(self, user: str, expense_id: str) -> None:
        self._write(
            user,
            lambda: self.send(user, "DELETE", f"/trash/{expense_id}"),
            lambda now: self.ledgers[user].purge(expense_id, now),
            expense_id,
        )

    def empty_trash(self, user: str) -> None:
        ledger = self.ledgers[user]
        before = {expense_id for expense_id, _ in ledger.trash(self.now)}
        response = self.send(user, "DELETE", "/trash")
        left = {expense["expense_id"] for expense in self.trashed(user)}
        has_failed = bool(self.dynamodb.suffered)
        assert left <= before
        if response.status == 200:
            purge = response.json
            assert not (purge["done"] and left), response
            assert purge["done"] or left or has_failed, response
            assert purge["purged"] == len(before - left) or (has_failed and purge["purged"] < len(before - left))
        else:
            assert has_failed
            assert response.status in UNANSWERED
            assert _is_open(response) or left == before, response
        for expense_id in before - left:
            ledger.records[expense_id] = purged(ledger.records[expense_id])

    def repeat(self, user: str, key: str) -> None:
        """Send the request again that a key was last used for."""
        ledger = self.ledgers[user]
        record = ledger.records.get(ledger.by_key.get(key, ""))
        self.create(user, record.request if record and record.request else FIRST, key)

    def sweep(self, user: str) -> None:
        """Let DynamoDB's time to live delete what is gone."""
        ledger, settings = self.ledgers[user], Settings.example()
        for expense_id, record in list(ledger.records.items()):
            if record.is_gone(self.now):
                del ledger.records[expense_id]
                key = {"user_id": {"S": user}, "expense_id": {"S": expense_id}}
                with self.dynamodb.undisturbed():
                    self.dynamodb.delete_item(TableName=settings.table_name, Key=key)

    def interrupted(self, act: Callable[[], None], others: Callable[[], None]) -> None:
        """Make a write, and let others write between its reading and its writing."""
        with self._held(others) as self.dynamodb.meanwhile:
            act()
        self.dynamodb.meanwhile = None

    def overtaken(self, act: Callable[[], None], others: Callable[[], None]) -> None:
        """Make a write whose response is lost, and let others write before it is tried again."""

        def settle_and_go_on() -> None:
            self._settle_early()
            others()

        with self._held(settle_and_go_on) as self.dynamodb.before_retry:
            act()
        self.dynamodb.before_retry = None

    def slowly(self, user: str, act: Callable[[], None], *, behind: int, slow: int) -> None:
        """Make a write that takes so many seconds, by a clock so many behind, while others look and synchronize."""
        right = self.now

        def look_meanwhile() -> None:
            self.clock.now = right + timedelta(seconds=slow)
            self.check(user)
            self.lazy[user].turn_page()

        self.clock.now = right - timedelta(seconds=behind)
        self.interrupted(act, look_meanwhile)
        self.clock.now = max(self.now, right)

    @contextmanager
    def _held(self, others: Callable[[], None]) -> Iterator[Callable[[], None]]:
        """Give what lets others act within a request, whose errors would else be taken for the service's own."""
        errors: list[AssertionError] = []

        def interfere() -> None:
            try:
                with self.dynamodb.undisturbed():
                    others()
            except AssertionError as error:
                errors.append(error)

        try:
            yield interfere
        finally:
            if errors:
                raise errors[0]

    def _write(
        self, user: str, send: Callable[[], Response], foretell: Foretell, of: str | Callable[[Response | None], str]
    ) -> None:
        """Make a write of the expense with this id, or with the one that its response leads to."""
        begun, early = self.now, list[Expected]()

        def settle_early() -> None:
            expected = foretell(begun)
            expense_id = of if isinstance(of, str) else of(None)
            if expected.after and self._is_made(user, expense_id, expected.after):
                self._adopt(user, expense_id, expected.after, begun)
                early.append(replace(expected, after=None, shows=self.ledgers[user].records[expense_id]))

        self._settle_early = settle_early
        response = send()
        expense_id = of if isinstance(of, str) else of(response)
        self._settle(user, expense_id, response, early[0] if early else foretell(begun), begun)

    def _settle(self, user: str, expense_id: str, response: Response, expected: Expected, begun: datetime) -> None:
        """Hold a response to what was expected, and take over what is there now."""
        if response.status == expected.status:
            if expected.after is not None:
                self._adopt(user, expense_id, expected.after, begun)
            shown = expected.shows or (expected.after and self.ledgers[user].records[expense_id])
            if shown and response.text:
                assert response.json == shown.expense
                assert response.headers["ETag"] == f'"{shown.version}"'
            if expected.etag is not None:
                assert response.headers["ETag"] == f'"{expected.etag}"'
            assert ("Idempotency-Replayed" in response.headers) == expected.is_replay, response
            return
        assert self.dynamodb.suffered, (response, expected, self.log[-2:])
        is_conflict = response.status == 409 and Fault.CONFLICT in self.dynamodb.suffered
        assert response.status in UNANSWERED or is_conflict, response
        if _is_open(response):
            assert LOSING & set(self.dynamodb.suffered), response
            FIGURES["writes of unknown outcome, looked up"] += 1
            if expected.after is not None and self._is_made(user, expense_id, expected.after):
                self._adopt(user, expense_id, expected.after, begun)

    def _adopt(self, user: str, expense_id: str, after: Record, begun: datetime) -> None:
        """Take over a record, with the instants that only the service knows: those of its attempt."""
        ledger = self.ledgers[user]
        before = ledger.records.get(expense_id)
        if after.is_live:
            seen = self.look(user, f"/expenses/{expense_id}").json
            assert begun <= instant(seen["updated_at"]) <= max(begun, self.now)
            own = {"expense_id": expense_id, "updated_at": seen["updated_at"]}
            if before is None or before.is_gone(begun):
                own["created_at"] = seen["updated_at"]
            ledger.records[expense_id] = replace(after, expense={**after.expense, **own})
            assert seen == ledger.records[expense_id].expense
        elif after.is_purged:
            ledger.records[expense_id] = after
            self.assert_no_content(user, expense_id)
        else:
            seen = next((expense for expense in self.trashed(user) if expense["expense_id"] == expense_id), None)
            assert seen is not None
            deleted_at = instant(seen["deleted_at"])
            assert begun <= deleted_at <= max(begun, self.now)
            ledger.records[expense_id] = replace(after, deleted_at=deleted_at)

    def _is_made(self, user: str, expense_id: str, after: Record) -> bool:
        """Look whether a write of unknown outcome was made."""
        if not expense_id:
            return False
        if after.is_live:
            response = self.look(user, f"/expenses/{expense_id}", (200, 404))
            return response.status == 200 and response.json["version"] == after.version
        in_trash = {expense["expense_id"] for expense in self.trashed(user)}
        return (expense_id in in_trash) != after.is_purged


class SlowWorld(World):
    """One over a DynamoDB whose every call takes long, so that fewer of them are made."""

    def look_around(self) -> None:
        self.check(self.users[self._checks % len(self.users)])

    def check(self, user: str) -> None:
        self._checks += 1
        live, grouping = self.ledgers[user].live(), GROUPINGS[self._checks % len(GROUPINGS)]
        assert self.listed(user) == live
        assert self.summed(user, grouping) == summary(live, grouping), grouping
        check_budgets(self, user, self.budgets[user], live, self._checks)
        check_recurrences(self, user, self.recurrences[user], self._checks)
        check_files(self, user, live, self._checks)
        self._check_trash(user)
        self._check_copy(user)


def _is_open(response: Response) -> bool:
    """Whether a response leaves open if the write was made."""
    return response.status == 502 or (response.status == 503 and response.json["outcome"] == "unknown")
