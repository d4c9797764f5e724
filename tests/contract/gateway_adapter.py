"""A transport for `requests` that ends at the handler instead of a network."""

from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from tests.client import EventTransport, Request


class GatewayAdapter(HTTPAdapter):
    """Sends each request to a function of proxy events, as API Gateway does."""

    def __init__(self, events: EventTransport) -> None:
        super().__init__()
        self._events = events

    def send(self, prepared: PreparedRequest, *_: Any, **__: Any) -> Response:  # type: ignore[override]
        """Return the function's response."""
        method, url = str(prepared.method), str(prepared.url)
        got = self._events(Request(method, url, prepared.headers, prepared.body))
        raw = HTTPResponse(BytesIO(got.text.encode()), got.headers, got.status, preload_content=False)
        return self.build_response(prepared, raw)
