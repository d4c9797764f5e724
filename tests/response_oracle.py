"""openapi-core as the oracle of every response that any test gets, whatever the transport of the `ApiClient`."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.deserializing.media_types.util import json_loads, plain_loads
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.response.exceptions import MissingData

from api.openapi.document import inlined
from tests.contract.document import CONTRACT
from tests.figures import FIGURES

HOST = "http://localhost"
JSON = dict.fromkeys(("application/problem+json", "application/merge-patch+json"), json_loads)
TEXTS = dict.fromkeys(("application/x-ndjson", "text/csv"), plain_loads)
"""How bodies of lines are read: as the strings that they are."""


def assert_documented(method: str, url: str, status: int, headers: Mapping[str, str], body: str) -> None:
    """Raise `AssertionError` unless the response is as the contract says: status, media type, headers and body.

    Where the contract has no operation it says nothing of the response, and neither does this.
    """
    path = "/" + urlsplit(url).path.lstrip("/")
    media_type = headers.get("Content-Type", "")
    response = MockResponse(body.encode(), status, dict(headers), media_type)
    errors = list(_library().iter_response_errors(MockRequest(HOST, method, path), response))
    if any(isinstance(error, PathError) for error in errors):
        return
    FIGURES["responses that openapi-core validated"] += 1
    # It takes an empty text for no body; one without a media type is missing indeed.
    is_empty_text = not body and media_type.partition(";")[0] in TEXTS
    reasons = [_described(error) for error in errors if not (is_empty_text and isinstance(error, MissingData))]
    assert not reasons, f"{method} {path} answered {status}, which openapi-core refuses: {reasons}\n{body[:2000]}"


def library(document: dict[str, Any]) -> OpenAPI:
    """Return openapi-core with a contract; without references it is ten times as fast."""
    return OpenAPI.from_dict(
        {**inlined(document, document), "servers": [{"url": HOST}]},
        Config(extra_media_type_deserializers={**JSON, **TEXTS}),
    )


@cache
def _library() -> OpenAPI:
    return library(CONTRACT)


def _described(error: Exception) -> str:
    causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__ or error]
    return "; ".join(f"{type(error).__name__} {getattr(cause, 'message', cause)}" for cause in causes)
