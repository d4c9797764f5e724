"""The service with several users and their devices, beside the ledgers that it must agree with."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from api.bootstrap import compose
from api.deadline import deadline
from api.gateway.problems import BAD_GATEWAY, MEDIA_TYPE
from api.openapi.contract import Contract
from api.settings import Settings
from tests.client import ApiClient, EventTransport, Response, request
from tests.clock import Clock
from tests.figures import FIGURES
from tests.machine.faults import LOSING, Fault, FaultyDynamoDB, Killed
from tests.machine.ledger import Expected, Expense, Ledger, Record, expiry, instant, matches, purged, summary

START = datetime(2025, 6, 30, 22, 30, tzinfo=UTC)
SECONDS = 8
"""How long a request may take."""
UNANSWERED = {502, 503}
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


@dataclass
class Device:
    """A client that keeps a copy of one user's expenses by the change feed."""

    api: Callable[..., Response]
    limit: int
    copy: dict[str, Expense] = field(default_factory=dict)
    cursor: str = ""

    def sync(self) -> None:
        """Get all changes since the last time, from the very beginning where that was too long ago."""
        while not self.turn_page():
            pass

    def turn_page(self) -> bool:
        """Get one page of changes; return whether the copy is up to date."""
        response = self.api("GET", f"/changes?{urlencode({'limit': self.limit, 'cursor': self.cursor})}")
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


class World:
    """The service over some client of DynamoDB, its users, and what must be there.

    Each request is made as it would be by a client, and its response is held to the ledger. Where the response leaves
    open whether a write was made, the ledger learns it by looking.
    """

    def __init__(self, dynamodb: Any, contract: Contract, users: Sequence[str], clock: Clock) -> None:
        self.clock = clock
        self.dynamodb = FaultyDynamoDB(dynamodb)
        self.users = users
        self.log: list[str] = []
        self.dispatch = compose(
            Settings.example(), dynamodb=self.dynamodb, contract=contract, clock=clock, write=self.log.append
        )
        self.ledgers = {user: Ledger() for user in users}
        self.eager = {user: Device(self._api(user), 100) for user in users}
        self.lazy = {user: Device(self._api(user), 2) for user in users}
        self._clients = {user: ApiClient(EventTransport(self.dispatch_in_time, user)) for user in users}
        self._checks = 0
        clock.now = START

    @property
    def now(self) -> datetime:
        assert self.clock.now is not None
        return self.clock.now

    def pass_time(self, span: timedelta) -> None:
        self.clock.now = self.now + span

    def dispatch_in_time(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Respond as API Gateway does, which knows no more of a process that was stopped than the client."""
        try:
            with deadline(SECONDS):
                return self.dispatch(event)
        except Killed:
            problem = BAD_GATEWAY.problem("The request may or may not have been carried out.", "")
            headers = {"Content-Type": MEDIA_TYPE}
            return {"statusCode": BAD_GATEWAY.status, "headers": headers, "body": json.dumps(problem)}

    # What users do

    def create(self, user: str, body: Mapping[str, Any], key: str | None = None) -> None:
        ledger = self.ledgers[user]
        known = set(ledger.records)
        begun, response = self._write(user, "POST", "/expenses", body, {"Idempotency-Key": key} if key else {})
        expected = ledger.create(body, key, begun)
        expense_id = ledger.by_key.get(key, "") if key else ""
        if response.status == expected.status == 201:
            expense_id = response.json["expense_id"]
            assert response.headers["Location"] == f"/expenses/{expense_id}"
            assert ("Idempotency-Replayed" in response.headers) == expected.is_replay, response
        elif self._is_open(response) and not expense_id:
            new = {expense["expense_id"] for expense in self.listed(user)} - known
            assert len(new) <= 1
            expense_id = next(iter(new), "")
        before = ledger.records.get(expense_id)
        self._settle(user, expense_id, response, expected, begun)
        if key and ledger.records.get(expense_id) is not before:
            ledger.by_key[key] = expense_id

    def change(
        self, user: str, expense_id: str, patch: Mapping[str, Any], versions: Collection[int] | None = None
    ) -> None:
        begun, response = self._write(user, "PATCH", f"/expenses/{expense_id}", patch, _if_match(versions))
        expected = self.ledgers[user].change(expense_id, patch, versions, begun)
        self._settle(user, expense_id, response, expected, begun)

    def delete(self, user: str, expense_id: str, versions: Collection[int] | None = None) -> None:
        begun, response = self._write(user, "DELETE", f"/expenses/{expense_id}", None, _if_match(versions))
        expected = self.ledgers[user].delete(expense_id, versions, begun)
        self._settle(user, expense_id, response, expected, begun)

    def restore(self, user: str, expense_id: str) -> None:
        begun, response = self._write(user, "POST", f"/expenses/{expense_id}/restore")
        self._settle(user, expense_id, response, self.ledgers[user].restore(expense_id, begun), begun)

    def purge(self, user: str, expense_id: str) -> None:
        begun, response = self._write(user, "DELETE", f"/trash/{expense_id}")
        self._settle(user, expense_id, response, self.ledgers[user].purge(expense_id, begun), begun)

    def empty_trash(self, user: str) -> None:
        ledger = self.ledgers[user]
        before = {expense_id for expense_id, _ in ledger.trash(self.now)}
        _, response = self._write(user, "DELETE", "/trash")
        left = {expense["expense_id"] for expense in self.trashed(user)}
        assert left <= before
        if response.status == 200:
            purge = response.json
            assert not (purge["done"] and left), response
            assert purge["done"] or left or self.dynamodb.suffered, response
            assert purge["purged"] == len(before - left) or self.dynamodb.suffered, response
            assert purge["purged"] <= len(before - left)
            assert purge["done"] or purge["purged"] or self.dynamodb.suffered
        else:
            assert response.status in UNANSWERED
            assert self.dynamodb.suffered
            assert self._is_open(response) or left == before, response
        for expense_id in before - left:
            ledger.records[expense_id] = purged(ledger.records[expense_id])

    def sweep(self, user: str) -> None:
        """Let DynamoDB's time to live delete what is gone."""
        ledger, settings = self.ledgers[user], Settings.example()
        for expense_id, record in list(ledger.records.items()):
            if record.is_gone(self.now):
                del ledger.records[expense_id]
                key = {"user_id": {"S": user}, "expense_id": {"S": expense_id}}
                self.dynamodb.delete_item(TableName=settings.table_name, Key=key)

    # What there is

    def listed(self, user: str, limit: int = 100, **filters: Any) -> list[Expense]:
        """Return all pages of a list."""
        return list(self._walk(user, "/expenses", {**filters, "limit": limit}))

    def trashed(self, user: str, limit: int = 100) -> list[Expense]:
        """Return all pages of the trash."""
        return list(self._walk(user, "/trash", {"limit": limit}))

    def summed(self, user: str, group_by: Iterable[str] = (), **filters: Any) -> list[dict[str, Any]]:
        """Return the groups of a summary."""
        query = urlencode([*filters.items(), *(("group_by", name) for name in group_by)])
        response = self._look(user, f"/summary?{query}")
        groups: list[dict[str, Any]] = response.json["items"]
        return groups

    def look_around(self) -> None:
        """Hold all that all users can see to their ledgers."""
        for user in self.users:
            self.check(user)

    def check(self, user: str) -> None:
        """Hold all that a user can see to the ledger."""
        self._checks += 1
        ledger, filters = self.ledgers[user], FILTERS[self._checks % len(FILTERS)]
        live, now = ledger.live(), self.now
        assert self.listed(user) == live
        chosen = [expense for expense in live if matches(expense, filters)]
        assert self.listed(user, 3, **filters) == chosen
        for grouping in GROUPINGS:
            assert self.summed(user, grouping) == summary(live, grouping), grouping
        grouping = GROUPINGS[self._checks % len(GROUPINGS)]
        assert self.summed(user, grouping, **filters) == summary(chosen, grouping), (grouping, filters)
        self._check_trash(user)
        for expense_id in [*ledger.records][self._checks % 4 :: 4]:
            response, expected = (
                self._look(user, f"/expenses/{expense_id}", (200, 404)),
                ledger.look_up(expense_id, now),
            )
            assert response.status == expected.status
            if expected.shows:
                assert response.json == expected.shows.expense
        self._check_copy(user)
        if self._checks % 5 == 0:
            self.check_feed(user)

    def check_totals(self, user: str) -> None:
        """Hold every summary to a recount of the list."""
        live = self.listed(user)
        for grouping in (group for group in GROUPINGS if len(group) == 2):
            assert self.summed(user, grouping) == summary(live, grouping), grouping

    def check_patiently(self, user: str, limit: int) -> None:
        """Hold lists, the trash and the feed to the ledger, while calls fail; what fails is asked for again."""
        ledger = self.ledgers[user]
        listed = self._walk_patiently(user, "/expenses", limit)
        assert listed == ledger.live()
        trashed = self._walk_patiently(user, "/trash", limit)
        assert [expense["expense_id"] for expense in trashed] == [each[0] for each in ledger.trash(self.now)]
        changes = self._walk_patiently(user, "/changes", limit)
        assert {change["expense_id"]: change["version"] for change in changes} == {
            expense_id: version for expense_id, (version, _) in ledger.feed(self.now).items()
        }
        summed = self._patiently(user, "/summary?date_from=2024-06-02").json["items"]
        assert summed == summary([expense for expense in ledger.live() if expense["date"] >= "2024-06-02"], ())

    def _walk_patiently(self, user: str, path: str, limit: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor, is_over = "", False
        while not is_over:
            page = self._patiently(user, f"{path}?{urlencode({'limit': limit, 'cursor': cursor})}").json
            found += page["items"]
            cursor = page["next_cursor"]
            is_over = page.get("up_to_date", cursor is None)
        return found

    def _patiently(self, user: str, path: str) -> Response:
        response = self._clients[user].get(path)
        while response.status in UNANSWERED:
            assert self.dynamodb.suffered
            assert response.status == 502 or response.json["outcome"] == "unchanged"
            response = self._clients[user].get(path)
        assert response.status == 200
        return response

    def check_feed(self, user: str) -> None:
        """Hold the first synchronization of a new device to the ledger."""
        changes = []
        cursor, is_up_to_date = "", False
        while not is_up_to_date:
            page = self._look(user, f"/changes?{urlencode({'limit': 3, 'cursor': cursor})}").json
            changes += page["items"]
            cursor, is_up_to_date = page["next_cursor"], page["up_to_date"]
        found = {change["expense_id"]: (change["version"], change.get("expense")) for change in changes}
        assert len(changes) == len(found)
        assert found == self.ledgers[user].feed(self.now)
        assert all(change["deleted"] == ("expense" not in change) for change in changes)
        instants = [instant(change["changed_at"]) for change in changes]
        assert instants == sorted(instants)

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

    # How it is asked

    def _write(
        self, user: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[datetime, Response]:
        """Make a write; return when its last attempt can have begun at the earliest, and the response."""
        begun = self.now
        response = self._clients[user].send(method, path, _headers(method, headers), body)
        FIGURES["writes that the model foretold"] += 1
        return begun, response

    def _look(self, user: str, path: str, statuses: Collection[int] = (200,)) -> Response:
        response = self._api(user)("GET", path)
        assert response.status in statuses, (response, self.log[-2:])
        return response

    def _api(self, user: str) -> Callable[..., Response]:
        """Return what makes a request that suffers no faults; the service itself validates the response."""
        transport = EventTransport(self.dispatch_in_time, user)

        def ask(method: str, path: str) -> Response:
            with self.dynamodb.undisturbed():
                return transport(request(method, path))

        return ask

    def _walk(self, user: str, path: str, query: Mapping[str, Any]) -> Iterator[Expense]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._look(user, f"{path}?{urlencode({**query, 'cursor': cursor})}").json
            assert page["count"] == len(page["items"]) <= query["limit"]
            yield from page["items"]
            cursor = page["next_cursor"]

    # How a response is held to the ledger

    def _settle(self, user: str, expense_id: str, response: Response, expected: Expected, begun: datetime) -> None:
        """Hold a response to what was expected, and take over what is there now."""
        ledger = self.ledgers[user]
        if response.status == expected.status:
            if expected.etag is not None:
                assert response.headers["ETag"] == f'"{expected.etag}"'
            if expected.shows is not None:
                assert response.json == expected.shows.expense
            if expected.after is not None:
                self._adopt(user, expense_id, expected.after, begun)
                if response.text:
                    assert response.json == ledger.records[expense_id].expense
                    assert response.headers["ETag"] == f'"{expected.after.version}"'
            return
        assert self.dynamodb.suffered, (response, expected)
        is_conflict = response.status == 409 and Fault.CONFLICT in self.dynamodb.suffered
        assert response.status in UNANSWERED or is_conflict, response
        if self._is_open(response):
            assert LOSING & set(self.dynamodb.suffered), response
            FIGURES["writes of unknown outcome, looked up"] += 1
            if expected.after is not None and self._is_made(user, expense_id, expected.after):
                self._adopt(user, expense_id, expected.after, begun)

    def _adopt(self, user: str, expense_id: str, after: Record, begun: datetime) -> None:
        """Take over a record, with the instants that only the service knows: those of its attempt."""
        ledger = self.ledgers[user]
        before = ledger.records.get(expense_id)
        if after.is_live:
            seen = self._look(user, f"/expenses/{expense_id}").json
            assert begun <= instant(seen["updated_at"]) <= max(begun, self.now)
            own = {"expense_id": expense_id, "updated_at": seen["updated_at"]}
            if before is None or before.is_gone(begun):
                own["created_at"] = seen["updated_at"]
            ledger.records[expense_id] = replace(after, expense={**after.expense, **own})
            assert seen == ledger.records[expense_id].expense
        elif after.is_purged:
            ledger.records[expense_id] = after
            self._assert_no_content(user, expense_id)
        else:
            seen = next(expense for expense in self.trashed(user) if expense["expense_id"] == expense_id)
            deleted_at = instant(seen["deleted_at"])
            assert begun <= deleted_at <= max(begun, self.now)
            ledger.records[expense_id] = replace(after, deleted_at=deleted_at)

    def _is_made(self, user: str, expense_id: str, after: Record) -> bool:
        """Look whether a write of unknown outcome was made."""
        if not expense_id:
            return False
        if after.is_live:
            response = self._look(user, f"/expenses/{expense_id}", (200, 404))
            return response.status == 200 and response.json["version"] == after.version
        in_trash = {expense["expense_id"] for expense in self.trashed(user)}
        return (expense_id in in_trash) != after.is_purged

    @staticmethod
    def _is_open(response: Response) -> bool:
        return response.status == 502 or (response.status == 503 and response.json["outcome"] == "unknown")

    def _assert_no_content(self, user: str, expense_id: str) -> None:
        key = {"user_id": {"S": user}, "expense_id": {"S": expense_id}}
        item = self.dynamodb.get_item(TableName=Settings.example().table_name, Key=key)["Item"]
        content = {"category", "amount", "currency", "payment_method", "notes", "date", "month", "year"}
        assert not content & set(item)
        assert not any("Food" in str(value) or "Rent" in str(value) for value in item.values())


class SlowWorld(World):
    """One over a DynamoDB whose every call takes long, so that fewer of them are made."""

    def look_around(self) -> None:
        self.check(self.users[self._checks % len(self.users)])

    def check(self, user: str) -> None:
        self._checks += 1
        live, grouping = self.ledgers[user].live(), GROUPINGS[self._checks % len(GROUPINGS)]
        assert self.listed(user) == live
        assert self.summed(user, grouping) == summary(live, grouping), grouping
        self._check_trash(user)
        self._check_copy(user)


class Ids:
    """Deterministic stand-ins for random ids and tokens, so that a failure can be repeated."""

    def __init__(self) -> None:
        self._count = 0

    def uuid4(self) -> UUID:
        self._count += 1
        return UUID(int=(self._count * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)

    def token(self, length: int) -> str:
        self._count += 1
        return f"{self._count:0{length}}"


def _if_match(versions: Collection[int] | None) -> dict[str, str]:
    return {} if versions is None else {"If-Match": ", ".join(f'"{version}"' for version in versions)}


def _headers(method: str, headers: Mapping[str, str] | None) -> dict[str, str]:
    media_type = {"POST": "application/json", "PATCH": "application/merge-patch+json"}
    typed = {"Content-Type": media_type[method]} if method in media_type else {}
    return {**typed, **(headers or {})}
