"""What MiniStack's DynamoDB and Cognito hold, kept in one file, so that both are of the same instant."""

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cognito, dynamodb

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DYNAMODB = b"DynamoDB_20120810."
READS = tuple(DYNAMODB + name for name in (b"BatchGet", b"Describe", b"Get", b"List", b"Query", b"Scan"))


class State:
    """The state of both services. MiniStack itself saves at its shutdown only, and copies everything for that."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_changed = False
        self._in_threads = 0
        """The requests that MiniStack may be serving in other threads now: all but DynamoDB's."""
        self._may_begin = asyncio.Event()
        self._may_begin.set()
        """Whether a thread may begin. None does from when something is to be saved until it is."""

    def watching(self, ministack: "ASGIApp") -> "ASGIApp":
        """Return the application, observed: each request but DynamoDB's reads may have changed something."""

        async def watched(scope: "Scope", receive: "Receive", send: "Send") -> None:
            target = dict(scope.get("headers", ())).get(b"x-amz-target", b"")
            is_in_thread = False

            async def receiving() -> "Message":
                nonlocal is_in_thread
                message = await receive()
                is_whole = message["type"] == "http.request" and not message.get("more_body", False)
                if is_whole and not is_in_thread and not target.startswith(DYNAMODB):
                    await self._may_begin.wait()
                    is_in_thread = True
                    self._in_threads += 1
                return message

            async def sending(message: "Message") -> None:
                done()
                await send(message)

            def done() -> None:
                nonlocal is_in_thread
                self._in_threads -= is_in_thread
                is_in_thread = False
                self._is_changed |= not target.startswith(READS)

            try:
                await ministack(scope, receiving, sending)
            finally:
                done()

        return watched

    def load(self) -> None:
        """Give both services what was saved. Raises `ValueError` or `KeyError` if the file is not as it was saved."""
        if self._path is not None and self._path.exists():
            saved: dict[str, Any] = json.loads(self._path.read_bytes(), object_hook=persistence._json_object_hook)
            dynamodb.load_persisted_state(saved["dynamodb"])
            cognito.load_persisted_state(saved["cognito"])

    async def save(self) -> float:
        """Save both if something may have changed, as a whole or not at all. Return how long it took, in seconds."""
        if self._path is None or not self._is_changed:
            return 0
        self._may_begin.clear()
        try:
            while self._in_threads:
                await asyncio.sleep(0.002)
            return self._save(self._path)
        finally:
            self._may_begin.set()

    def _save(self, path: Path) -> float:
        began = time.monotonic()
        with dynamodb._lock:  # MiniStack deletes expired items in another thread
            state = {"dynamodb": _tables(), "cognito": cognito.get_state()}
            text = json.dumps(state, default=persistence._json_default)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(text)
        unfinished.replace(path)
        self._is_changed = False
        return time.monotonic() - began


def _tables() -> dict[str, Any]:
    """Return the tables without what MiniStack computes again; its own function copies each item."""
    tables = AccountRegionScopedDict()
    for (account, region, name), table in dynamodb._tables.all_items():
        kept = {key: value for key, value in table.items() if key != dynamodb._INDEX_MEMBERS}
        tables.set_scoped(account, region, name, kept)
    return {"tables": tables, "ttl_settings": dynamodb._ttl_settings}
