"""The API's client over proxy events, under its former name; new tests use `tests.client`."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from tests.client import RESOURCES, ApiClient, Event, EventTransport, Response, request
from tests.contract.document import CONTRACT

__all__ = ["CONTRACT", "RESOURCES", "Gateway", "Response"]


class Gateway(ApiClient):
    """A client of a function that takes proxy events."""

    def __init__(self, handle: Callable[[Event], Event], user: str | None = "amina", zone: str | None = None) -> None:
        super().__init__(EventTransport(handle, user, zone))

    @property
    def handle(self) -> Callable[[Event], Event]:
        return cast("EventTransport", self.transport).invoke

    def as_user(self, user: str | None, zone: str | None = None) -> "Gateway":
        return Gateway(self.handle, user, zone)

    def event(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> Event:
        return cast("EventTransport", self.transport).event(request(method, url, headers, body))
