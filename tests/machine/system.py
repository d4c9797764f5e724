"""The whole service in this process, over a DynamoDB that can fail, and what its users can ask it."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from api.bootstrap import compose
from api.deadline import deadline
from api.gateway.problems import BAD_GATEWAY, MEDIA_TYPE
from api.openapi.contract import Contract
from api.settings import Settings
from tests.client import ApiClient, EventTransport, Request, Response
from tests.clock import Clock
from tests.figures import FIGURES
from tests.machine.faults import FaultyDynamoDB, Killed
from tests.machine.ledger import Expense

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

START = datetime(2025, 6, 30, 22, 30, tzinfo=UTC)
SECONDS = 8
"""How long a request may take."""
UNANSWERED = {502, 503}


class System:
    """The service, its clock and its users."""

    def __init__(self, dynamodb: Any, contract: Contract, users: Sequence[str], clock: Clock) -> None:
        self.clock = clock
        clock.now = START
        self.dynamodb = FaultyDynamoDB(dynamodb)
        self.users = users
        self.log: list[str] = []
        self._dispatch = compose(
            Settings.example(),
            dynamodb=cast("DynamoDBClient", self.dynamodb),
            contract=contract,
            clock=clock,
            write=self.log.append,
        )
        self._clients = {user: ApiClient(EventTransport(self.handle), user) for user in users}

    @property
    def now(self) -> datetime:
        assert self.clock.now is not None
        return self.clock.now

    def pass_time(self, span: timedelta) -> None:
        self.clock.now = self.now + span

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Respond as API Gateway does, which knows no more of a process that was stopped than the client."""
        try:
            with deadline(SECONDS):
                return self._dispatch(event)
        except Killed:
            problem = BAD_GATEWAY.problem("The request may or may not have been carried out.", "")
            headers = {"Content-Type": MEDIA_TYPE}
            return {"statusCode": BAD_GATEWAY.status, "headers": headers, "body": json.dumps(problem)}

    def send(
        self, user: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Make a write, and hold the response to the contract."""
        FIGURES["writes that the model foretold"] += 1
        typed = {"Content-Type": _MEDIA_TYPES[method]} if method in _MEDIA_TYPES else {}
        return self._clients[user].send(method, path, {**typed, **(headers or {})}, body)

    def undisturbed(self, user: str) -> Callable[[str], Response]:
        """Return what gets a resource and suffers no faults; the service itself validates these responses."""
        transport = EventTransport(self.handle)

        def get(path: str) -> Response:
            with self.dynamodb.undisturbed():
                return transport(Request("GET", path, user=user))

        return get

    def look(self, user: str, path: str, statuses: Collection[int] = (200,)) -> Response:
        response = self.undisturbed(user)(path)
        assert response.status in statuses, (response, self.log[-2:])
        return response

    def listed(self, user: str, limit: int = 100, **filters: Any) -> list[Expense]:
        """Return all pages of a list."""
        return list(self._walk(user, "/expenses", {**filters, "limit": limit}))

    def trashed(self, user: str, limit: int = 100) -> list[Expense]:
        """Return all pages of the trash."""
        return list(self._walk(user, "/trash", {"limit": limit}))

    def summed(self, user: str, group_by: Iterable[str] = (), **filters: Any) -> list[dict[str, Any]]:
        """Return the groups of a summary."""
        query = urlencode([*filters.items(), *(("group_by", name) for name in group_by)])
        groups: list[dict[str, Any]] = self.look(user, f"/summary?{query}").json["items"]
        return groups

    def ask_patiently(self, user: str, path: str) -> Response:
        """Get a resource, again while that fails."""
        response = self._clients[user].get(path)
        while response.status in UNANSWERED:
            assert self.dynamodb.suffered
            assert response.status == 502 or response.json["outcome"] == "unchanged"
            response = self._clients[user].get(path)
        assert response.status == 200
        return response

    def walk_patiently(self, user: str, path: str, limit: int) -> list[dict[str, Any]]:
        """Return all pages of a list or of the change feed, each asked for again while that fails."""
        found: list[dict[str, Any]] = []
        cursor, is_over = "", False
        while not is_over:
            page = self.ask_patiently(user, f"{path}?{urlencode({'limit': limit, 'cursor': cursor})}").json
            found += page["items"]
            cursor = page["next_cursor"]
            is_over = page.get("up_to_date", cursor is None)
        return found

    def _walk(self, user: str, path: str, query: Mapping[str, Any]) -> Iterator[Expense]:
        cursor: str | None = ""
        while cursor is not None:
            page = self.look(user, f"{path}?{urlencode({**query, 'cursor': cursor})}").json
            assert page["count"] == len(page["items"]) <= query["limit"]
            yield from page["items"]
            cursor = page["next_cursor"]


def if_match(versions: Collection[int] | None) -> dict[str, str]:
    """Return the header that asks for one of these versions; None asks for none."""
    return {} if versions is None else {"If-Match": ", ".join(f'"{version}"' for version in versions)}


_MEDIA_TYPES = {"POST": "application/json", "PUT": "application/json", "PATCH": "application/merge-patch+json"}
