"""Three readers of the same contract, each asked: would you take this request?

`api.contract` is the one that serves. openapi-core and Connexion are other people's implementations of OpenAPI.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote, urlencode

import httpx2
from connexion import AsyncApp  # type: ignore[import-untyped]
from connexion.datastructures import MediaTypeDict  # type: ignore[import-untyped]
from connexion.exceptions import ResolverError  # type: ignore[import-untyped]
from connexion.resolver import Resolver  # type: ignore[import-untyped]
from connexion.validators.json import JSONRequestBodyValidator  # type: ignore[import-untyped]
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest
from werkzeug.datastructures import ImmutableMultiDict

from api.gateway import proxy_event
from api.openapi.contract import Contract
from api.openapi.document import inlined
from api.openapi.errors import InvalidRequest, RequestError
from tests import client
from tests.contract.document import METHODS, without_security
from tests.contract.generated_requests import Request
from tests.response_oracle import TEXTS

HOST = "http://localhost"
EVENTS = client.EventTransport(lambda event: event)
MODULES = tuple(
    import_module(f"api.{path.parent.name}.operations")
    for path in sorted((Path(__file__).parents[2] / "api").glob("*/operations.py"))
)
"""The operations of every capability."""
TAKEN = {"204": {"description": "Taken."}}


class Verdict(NamedTuple):
    """Whether an oracle takes a request, and if not, why."""

    accepted: bool
    reason: str = ""


Oracle: TypeAlias = Callable[[Request], Verdict]


def compiled(document: Mapping[str, Any]) -> Oracle:
    """Return `api.contract` as an oracle; it reads the request from a proxy event, as it does when it serves."""
    contract = Contract(document)

    def oracle(request: Request) -> Verdict:
        raw = proxy_event.read(_event(request)).raw
        try:
            contract.match(raw.resource, raw.method).parse(raw)
        except InvalidRequest as error:
            return Verdict(False, str(error.violations))
        except RequestError as error:
            return Verdict(False, repr(error))
        return Verdict(True)

    return oracle


def openapi_core(document: Mapping[str, Any]) -> Oracle:
    """Return openapi-core as an oracle."""
    library = OpenAPI.from_dict(
        {**inlined(document, document), "servers": [{"url": HOST}]},
        Config(
            extra_media_type_deserializers={
                "application/merge-patch+json": lambda body, **_: json.loads(body),
                **TEXTS,
            }
        ),
    )

    def oracle(request: Request) -> Verdict:
        sent = MockRequest(
            HOST,
            request.operation.method,
            _path(request),
            args=ImmutableMultiDict(request.given_in("query")),
            view_args=dict(request.given_in("path")),
            headers={**dict(request.given_in("header")), "Authorization": "Bearer token"},
            data=request.body,
            content_type=(request.content_type or "").lower(),
        )
        violations = list(library.iter_request_errors(sent))
        return Verdict(not violations, ", ".join(type(violation).__name__ for violation in violations))

    return oracle


def connexion(document: Mapping[str, Any], modules: Iterable[ModuleType] = MODULES) -> Oracle:
    """Return Connexion as an oracle: a request is accepted when it reaches the handler.

    Connexion's own resolver finds the handler of each operationId in the module that serves. What it finds is not
    called, for a handler that refuses by a rule of the ledger would look like a violation of the contract.
    """

    async def accept(**_: Any) -> tuple[None, int]:
        return None, 204

    def accepting(operation_id: str) -> Callable[..., Any]:
        if not any(hasattr(module, operation_id) for module in modules):
            raise ResolverError(f"no function {operation_id}")
        return accept

    logging.getLogger("connexion").setLevel(logging.CRITICAL)  # each rejected request is a warning to it
    app = AsyncApp(__name__)
    app.add_api(
        _requests_only(document),
        resolver=Resolver(accepting),
        strict_validation=True,
        validator_map={"body": _VALIDATORS},
    )

    def oracle(request: Request) -> Verdict:
        response = asyncio.run(_asked(app, request))
        return Verdict(response.status_code == 204, f"{response.status_code} {response.text}")

    return oracle


class _TextValidator(JSONRequestBodyValidator):  # type: ignore[misc]
    """Has Connexion validate a body as the string that it is."""

    async def _parse(self, stream: AsyncIterable[bytes], scope: object) -> str:  # noqa: ARG002
        return b"".join([part async for part in stream]).decode()


_VALIDATORS = MediaTypeDict(
    {
        "*/json": JSONRequestBodyValidator,
        "*/*+json": JSONRequestBodyValidator,
        **dict.fromkeys(TEXTS, _TextValidator),
    }
)
"""Its own take `*/*json` for JSON, and so NDJSON, too."""


def _event(request: Request) -> dict[str, Any]:
    """Return the proxy event of a request, by the local gateway's own builder."""
    return EVENTS.event(client.Request(request.operation.method, _url(request), dict(_headers(request)), request.body))


async def _asked(app: Any, request: Request) -> httpx2.Response:
    """Return an ASGI application's response."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=HOST) as http:
        headers = _headers(request)
        return await http.request(request.operation.method, _url(request), headers=headers, content=request.body)


def _path(request: Request) -> str:
    return request.operation.path.format(**{name: quote(t, safe="") for name, t in request.given_in("path")})


def _url(request: Request) -> str:
    query = urlencode(request.given_in("query"))
    return f"{_path(request)}?{query}"


def _headers(request: Request) -> tuple[tuple[str, str], ...]:
    media_type = () if request.content_type is None else (("Content-Type", request.content_type),)
    length = (("Content-Length", str(len(request.body))),) if request.body else ()
    return (*request.given_in("header"), *media_type, *length)


def _requests_only(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without what concerns tokens and answers."""
    tokenless = without_security(document)
    paths = {
        path: {key: part | {"responses": TAKEN} if key in METHODS else part for key, part in item.items()}
        for path, item in tokenless["paths"].items()
    }
    return {**tokenless, "paths": paths, "servers": [{"url": "/"}]}
