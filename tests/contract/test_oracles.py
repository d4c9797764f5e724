"""Three implementations of OpenAPI as oracles of requests that are derived from the contract: they must agree."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple
from uuid import UUID

import pytest
from requests import PreparedRequest, Request

from api.openapi.body import MAX_BODY_BYTES
from tests.contract import oracles
from tests.contract.cases import SCHEMA, Case, cases
from tests.contract.document import CONTRACT
from tests.figures import FIGURES
from tests.response_oracle import HOST

pytestmark = pytest.mark.no_cover  # tracing would double the time, and what runs here is covered elsewhere

OPERATIONS = [operation.ok().definition.raw["operationId"] for operation in SCHEMA.get_all_operations()]


class Difference(NamedTuple):
    """A kind of requests that some of the other implementations get wrong, though `api.openapi` is right."""

    unseen_by: frozenset[str]
    why: str


OPENAPI_CORE, CONNEXION = frozenset({"openapi-core"}), frozenset({"Connexion"})
DIFFERENCES = {
    "unknown parameter": Difference(OPENAPI_CORE, "It looks at documented parameters only."),
    "object unexpected properties in query": Difference(OPENAPI_CORE, "The same, as schemathesis names it."),
    "duplicate parameter in query": Difference(OPENAPI_CORE | CONNEXION, "They take one, and drop the others."),
    "empty parameter": Difference(OPENAPI_CORE, "It wants allowEmptyValue, which OpenAPI advises against."),
    "number to Python only": Difference(OPENAPI_CORE | CONNEXION, "They read with int() and float()."),
    "not true or false": Difference(OPENAPI_CORE | CONNEXION, "They take 1, yes or TRUE, too."),
    "line break at the end": Difference(OPENAPI_CORE | CONNEXION, "`$` of Python's re also fits before a last one."),
    "invalid format in query": Difference(CONNEXION, "Its draft 4 checker knows no `date`."),
    "invalid format in body": Difference(CONNEXION, "Its draft 4 checker knows no `date`."),
    "incorrect type in path": Difference(CONNEXION, "Its draft 4 checker knows no `uuid`; any text is a string."),
    "exponent beyond 100": Difference(OPENAPI_CORE | CONNEXION, "OpenAPI has no words for it; the service refuses it."),
    "NaN": Difference(OPENAPI_CORE | CONNEXION, "They read with json.loads, which takes it; RFC 8259 does not."),
    "unpaired surrogate": Difference(OPENAPI_CORE | CONNEXION, "json.loads keeps it; UTF-8 can't carry it further."),
    "property given twice": Difference(OPENAPI_CORE | CONNEXION, "json.loads keeps the last."),
    "UTF-16": Difference(OPENAPI_CORE, "json.loads guesses the encoding; RFC 8259 asks for UTF-8."),
    "another charset": Difference(OPENAPI_CORE | CONNEXION, "They match the media type without its parameters."),
    "no media type": Difference(CONNEXION, "It takes a body without Content-Type for the first documented type."),
    "too large": Difference(OPENAPI_CORE | CONNEXION, "OpenAPI has no limit for a body's bytes; the service has."),
}


def find(query: str, path: str = "/expenses") -> PreparedRequest:
    """Return a request for what is found by a query."""
    return Request("GET", f"{HOST}{path}?{query}").prepare()


def record(
    body: bytes, media_type: str | None = "application/json", path: str = "/expenses", method: str = "POST"
) -> PreparedRequest:
    """Return a request to record what is in a body."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    return Request(method, f"{HOST}{path}", headers, data=body).prepare()


EXPENSE = b'{"category": "Food", "amount": 12.5, "payment_method": "Cash"}'
ACCENTED, LATIN = EXPENSE.replace(b"Food", "Café".encode()), "application/json; charset=iso-8859-1"
MONTHLY = EXPENSE[:-1] + b', "first": "2025-01-31", "every": {"count": 1, "unit": "month"}}'
DAYS = [b'"%d-01-01"' % year for year in range(2000, 2101)]
LINES = b"date,amount,category,payment_method\r\n2025-06-14,12.50,Food,Cash\r\n"
NUMBERS_TO_PYTHON = ["1_0", "%2B5", "%205", "%D9%AB", "05"]
"""%D9%AB is the digit five in Arabic."""
BY_HAND = {
    "unknown parameter": [
        find("surprise=x"),
        find("surprise=x", "/health"),
        record(EXPENSE, path="/expenses?surprise=x"),
    ],
    "number to Python only": [
        *(find(f"limit={text}") for text in NUMBERS_TO_PYTHON),
        *(find(f"min_amount={text}") for text in [*NUMBERS_TO_PYTHON, ".5", "NaN"]),
    ],
    "not true or false": [record(LINES, "text/csv", f"/import?dry_run={text}") for text in ["", "yes", "1", "TRUE"]],
    "line break at the end": [
        *(find("category=Food%0A"), find("cursor=abc%0A"), find("currency=EUR%0A", "/summary")),
        record(EXPENSE[:-1] + rb', "currency": "EUR\n"}'),
    ],
    "date out of range": [
        *(find(f"date_from={day}") for day in ["1899-12-31", "2200-01-01"]),
        *(record(EXPENSE[:-1] + b', "date": "%b"}' % day) for day in [b"1899-12-31", b"2200-01-01"]),
        *(
            record(MONTHLY[:-1] + b', "%b": "1899-12-31"}' % name, path="/recurrences")
            for name in [b"until", b"recorded_through"]
        ),
        record(b'{"until": "1899-12-31"}', path="/recurrences/record"),
    ],
    "too many items": [
        record(b'{"items": [%b]}' % b", ".join([EXPENSE] * 51), path="/expenses/batch"),
        record(b'{"skipped": [%b]}' % b", ".join(DAYS), path=f"/recurrences/{UUID(int=0)}", method="PATCH"),
    ],
    "exponent beyond 100": [find("min_amount=1e-101"), record(EXPENSE.replace(b"12.5", b"1e-101"))],
    "NaN": [record(EXPENSE.replace(b"12.5", b"NaN"))],
    "unpaired surrogate": [record(EXPENSE.replace(b"Food", rb"\ud83d"))],
    "property given twice": [record(EXPENSE[:-1] + b", " + EXPENSE[1:])],
    "cut short": [record(EXPENSE[:-1])],
    "followed by more": [record(EXPENSE + b"]")],
    "blank": [record(b" \n")],
    "no body": [record(b""), record(b"", None), record(b"", "text/csv", "/import")],
    "not UTF-8": [record(EXPENSE.replace(b"Food", b"\xff"))],
    "UTF-16": [record(EXPENSE.decode().encode("utf-16"))],
    "another charset": [record(ACCENTED, LATIN)],
    "another media type": [record(EXPENSE, media_type) for media_type in ["text/plain", "application", "text/csv"]],
    "no media type": [record(EXPENSE, None), record(LINES, None, "/import")],
    "too large": [
        record(EXPENSE + b" " * MAX_BODY_BYTES),
        record(LINES + b"\n" * MAX_BODY_BYTES, "text/csv", "/import"),
    ],
}
"""What is refused, and schemathesis does not think of."""
ALSO_VALID = {"another charset": [record(EXPENSE, LATIN)], "empty parameter": [find("cursor=")]}
HAND_WRITTEN = [
    *(Case(kind, False, request) for kind, requests in BY_HAND.items() for request in requests),
    *(Case(kind, True, request) for kind, requests in ALSO_VALID.items() for request in requests),
]


@cache
def by_name() -> Mapping[str, oracles.Oracle]:
    """Return the oracles of openapi.yaml."""
    return {
        "api.openapi.contract": oracles.compiled(CONTRACT),
        "openapi-core": oracles.openapi_core(CONTRACT),
        "Connexion": oracles.connexion(CONTRACT),
    }


def wrong(validated: Iterable[Case]) -> list[tuple[str, Case]]:
    """Return every verdict that is not what the contract says, by the oracle's name."""
    return [
        (name, case) for case in validated for name, takes in by_name().items() if takes(case.request) != case.is_valid
    ]


def unexplained(verdicts: Iterable[tuple[str, Case]]) -> list[str]:
    """Return, in words, those that are no known difference."""
    return [
        f"{name} is wrong, {case.kind}: {case.request.method} {case.request.url} {case.request.body!r:.300}"
        for name, case in verdicts
        if case.kind not in DIFFERENCES or name not in DIFFERENCES[case.kind].unseen_by
    ]


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_all_oracles_take_every_valid_request_and_refuse_every_violating_one(operation_id: str) -> None:
    requests = cases(operation_id)
    verdicts = wrong(requests)

    FIGURES["operations covered"] += 1
    FIGURES["generated requests"] += len(requests)
    FIGURES["agreements"] += len(by_name()) * len(requests) - len(verdicts)
    FIGURES["known differences met"] += len(verdicts)
    assert unexplained(verdicts) == []


def test_all_oracles_agree_on_what_was_written_by_hand() -> None:
    FIGURES["requests written by hand"] += len(HAND_WRITTEN)

    assert unexplained(wrong(HAND_WRITTEN)) == []


@pytest.mark.parametrize("kind", DIFFERENCES)
def test_each_known_difference_is_still_there(kind: str) -> None:
    every = (*HAND_WRITTEN, *(case for operation_id in OPERATIONS for case in cases(operation_id)))
    FIGURES["named differences"] += 1

    assert {name for name, _ in wrong(case for case in every if case.kind == kind)} == DIFFERENCES[kind].unseen_by
