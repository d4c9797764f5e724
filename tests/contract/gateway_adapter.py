"""A transport for `requests` that ends at the handler instead of a network."""

from base64 import b64encode
from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from tests.gateway import Gateway


class GatewayAdapter(HTTPAdapter):
    """Hands each request to a gateway as it would come from the wire; a body that is no UTF-8 goes as Base64."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self._gateway = gateway

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Return the handler's answer."""
        body = request.body or b""
        octets = body.encode() if isinstance(body, str) else body
        event = self._gateway.event(str(request.method), str(request.url), request.headers)
        try:
            event |= {"body": octets.decode() or None}
        except UnicodeDecodeError:
            event |= {"body": b64encode(octets).decode(), "isBase64Encoded": True}
        answer = self._gateway.handle(event)
        raw = HTTPResponse(
            BytesIO(answer["body"].encode()), answer["headers"], answer["statusCode"], preload_content=False
        )
        return self.build_response(request, raw)
