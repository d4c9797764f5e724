"""What MiniStack's DynamoDB and Cognito hold, kept in one file, so that both are of the same moment."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ministack.core import persistence
from ministack.services import cognito, dynamodb

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SERVICES = {"dynamodb": dynamodb, "cognito": cognito}
READS = tuple(f"DynamoDB_20120810.{kind}".encode() for kind in ("Get", "BatchGet", "Query", "Scan", "Describe", "List"))


class State:
    """The state of both services. MiniStack itself saves at its shutdown only."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_changed = False

    def watching(self, ministack: "ASGIApp") -> "ASGIApp":
        """Return the application, observed: each request but DynamoDB's reads may have changed something."""

        async def watched(scope: "Scope", receive: "Receive", send: "Send") -> None:
            await ministack(scope, receive, send)
            target = dict(scope.get("headers", ())).get(b"x-amz-target", b"")
            self._is_changed |= not target.startswith(READS)

        return watched

    def load(self) -> None:
        """Give both services what was saved. Raises `ValueError` or `KeyError` if the file is not as it was saved."""
        if self._path is not None and self._path.exists():
            saved: dict[str, Any] = json.loads(self._path.read_bytes(), object_hook=persistence._json_object_hook)
            for name, service in SERVICES.items():
                service.load_persisted_state(saved[name])

    def save(self) -> float:
        """Save both if something may have changed, as a whole or not at all. Return how long it took, in seconds."""
        if self._path is None or not self._is_changed:
            return 0
        began = time.monotonic()
        self._is_changed = False
        state = {name: service.get_state() for name, service in SERVICES.items()}
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(state, default=persistence._json_default))
        unfinished.replace(self._path)
        return time.monotonic() - began
