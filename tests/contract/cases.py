"""Requests that schemathesis derives from the contract for each operation: valid, or with a single violation."""

import re
from functools import cache
from typing import Any, NamedTuple

import schemathesis
from requests import PreparedRequest, Request
from schemathesis import GenerationMode
from schemathesis.generation.hypothesis.examples import generate_many

from tests.contract import schemathesis_hooks  # noqa: F401 — registers what it has
from tests.contract.document import CONTRACT, without_security
from tests.response_oracle import HOST, TEXTS


class Case(NamedTuple):
    """A request, what is wrong with it or special in it, and whether the contract takes it."""

    kind: str
    is_valid: bool
    request: PreparedRequest


def _schema() -> Any:
    document = without_security(CONTRACT)
    # openapi-core refuses what is empty, valid or not, without allowEmptyValue, which OpenAPI does not recommend.
    document["components"]["parameters"]["Cursor"]["schema"]["default"] = "abc"
    coverage = {"unexpected-methods": [], "generate-duplicate-query-parameters": True}
    config = schemathesis.Config.from_dict({"phases": {"coverage": coverage}})
    return schemathesis.openapi.from_dict(document, config=config)


SCHEMA = _schema()


@cache
def cases(operation_id: str) -> list[Case]:
    """Return the requests of an operation: one or more for each keyword of its schemas, and a few random valid ones."""
    operation = SCHEMA.find_operation_by_id(operation_id)
    covering = SCHEMA.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=SCHEMA.config.generation_for(operation=operation),
    )
    random = generate_many(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), 10)
    return [_labelled(case) for case in (*covering, *random) if not _is_harmless(case)]


def _is_harmless(case: Any) -> bool:
    """Return whether nothing is broken: any lines are a string, and without a body any media type may be named."""
    data = case.meta.phase.data
    if data.parameter == "Content-Type":
        return not case.operation.body
    return case.meta.generation.mode.is_negative and data.parameter_location == "body" and case.media_type in TEXTS


def _labelled(case: Any) -> Case:
    data, is_valid = case.meta.phase.data, case.meta.generation.mode.is_positive
    # Schemathesis writes letters and digits into headers whatever their pattern, which no entity tag is made of.
    unbroken = case.headers.keys() & {"If-Match", "If-None-Match"} - {None if is_valid else data.parameter}
    request = Request(**case.as_transport_kwargs(HOST, dict.fromkeys(unbroken, "*"))).prepare()
    if not is_valid:
        return Case(f"{data.scenario} in {data.parameter_location.value}".replace("_", " "), False, request)
    if re.search(r"[=:] ?-?[\d.]+e-\d{3}", f"{request.url} {request.body!r}"):
        return Case("exponent beyond 100", False, request)
    return Case("empty parameter" if re.search("=(&|$)", str(request.url)) else "valid", True, request)
