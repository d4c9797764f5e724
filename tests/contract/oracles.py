"""Three readers of the same contract, each asked: would you take this request?

`api.openapi` is the one that serves. openapi-core and Connexion are other people's implementations of OpenAPI.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import httpx2
from connexion import AsyncApp  # type: ignore[import-untyped]
from connexion.datastructures import MediaTypeDict  # type: ignore[import-untyped]
from connexion.exceptions import ResolverError  # type: ignore[import-untyped]
from connexion.resolver import Resolver  # type: ignore[import-untyped]
from connexion.validators import VALIDATOR_MAP, AbstractRequestBodyValidator  # type: ignore[import-untyped]
from openapi_core.testing import MockRequest
from requests import PreparedRequest
from werkzeug.datastructures import ImmutableMultiDict

from api.gateway import proxy_event
from api.openapi.contract import Contract
from api.openapi.document import operations
from api.openapi.errors import RequestError
from tests.client import EventTransport, Request
from tests.contract.document import without_security
from tests.response_oracle import HOST, TEXTS, library

API = Path(__file__).parents[2] / "api"
SERVED = {
    name for path in API.glob("*/operations.py") for name in vars(import_module(f"api.{path.parent.name}.operations"))
}
"""The functions that serve, of every capability."""

Oracle: TypeAlias = Callable[[PreparedRequest], bool]
"""Returns whether it takes a request."""


def compiled(document: Mapping[str, Any]) -> Oracle:
    """Return `api.openapi` as an oracle; it reads the request from a proxy event, as it does when it serves."""
    contract, gateway = Contract(document), EventTransport(lambda event: event)

    def takes(sent: PreparedRequest) -> bool:
        event = gateway.event(Request(str(sent.method), sent.path_url, sent.headers, sent.body))
        raw = proxy_event.read(event).raw
        try:
            contract.match(raw.resource, raw.method).parse(raw)
        except RequestError:
            return False
        return True

    return takes


def openapi_core(document: Mapping[str, Any]) -> Oracle:
    """Return openapi-core as an oracle."""
    validator = library(without_security(document))

    def takes(sent: PreparedRequest) -> bool:
        url, body = urlsplit(str(sent.url)), Request("", "", body=sent.body).content
        query = ImmutableMultiDict(parse_qsl(url.query, keep_blank_values=True))
        media_type = sent.headers.get("Content-Type", "").lower()
        read = MockRequest(
            HOST, str(sent.method), url.path, None, query, None, dict(sent.headers), None, body, media_type
        )
        return not list(validator.iter_request_errors(read))

    return takes


def connexion(document: Mapping[str, Any]) -> Oracle:
    """Return Connexion as an oracle: a request is accepted when it reaches the handler.

    Connexion's own resolver finds the handler of each operationId in the module that serves. What it finds is not
    called, for a handler that refuses by a rule of the ledger would look like a violation of the contract.
    """

    async def handler(**_: Any) -> tuple[None, int]:
        return None, 204

    def resolved(operation_id: str) -> Callable[..., Any]:
        if operation_id not in SERVED:
            raise ResolverError(f"no function {operation_id}")
        return handler

    logging.getLogger("connexion").setLevel(logging.CRITICAL)  # each rejected request is a warning to it
    tokenless = without_security(document)
    for operation in operations(tokenless):
        operation.definition["responses"] = {"204": {"description": "Taken."}}
    # Any lines are a string; its own validators would read NDJSON as JSON.
    bodies = MediaTypeDict({**VALIDATOR_MAP["body"], **dict.fromkeys(TEXTS, AbstractRequestBodyValidator)})
    app = AsyncApp(__name__)
    app.add_api(
        {**tokenless, "servers": [{"url": "/"}]},
        resolver=Resolver(resolved),
        strict_validation=True,
        validator_map={"body": bodies},
    )
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))

    def takes(sent: PreparedRequest) -> bool:
        headers = [(name.encode(), text.encode("latin-1")) for name, text in sent.headers.items()]
        response = asyncio.run(http.request(str(sent.method), str(sent.url), headers=headers, content=sent.body))
        return response.status_code == 204

    return takes
