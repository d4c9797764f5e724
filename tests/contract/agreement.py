"""Where the judges of the contract differ, and the short list of differences that are known and meant."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.contract import judges
from tests.contract.document import CONTRACT, Operation, operations
from tests.contract.generated_requests import Case, Request, cases
from tests.contract.judges import Judge
from tests.contract.samples import samples
from tests.figures import FIGURES

OPERATIONS = tuple(operations())
REQUESTS_A_CASE = 3


class Difference(NamedTuple):
    """A fault that some of the other implementations do not see, though `api.contract` is right to refuse it."""

    fault: str
    unseen_by: frozenset[str]
    why: str


OPENAPI_CORE, CONNEXION = frozenset({"openapi-core"}), frozenset({"Connexion"})

DIFFERENCES = (
    Difference("unknown parameter", OPENAPI_CORE, "It looks at documented parameters only."),
    Difference("given twice", OPENAPI_CORE | CONNEXION, "They take one of the texts and drop the others."),
    Difference("number to Python only", OPENAPI_CORE | CONNEXION, "They read with int() and float()."),
    Difference("line break at the end", OPENAPI_CORE | CONNEXION, "`$` of Python's re also fits before a last one."),
    Difference("format", CONNEXION, "Its draft 4 checker knows no `date`."),
    Difference("NaN", OPENAPI_CORE | CONNEXION, "They read with json.loads, which takes it; RFC 8259 does not."),
    Difference("half a character", OPENAPI_CORE | CONNEXION, "json.loads keeps it; UTF-8 can't carry it further."),
    Difference("member given twice", OPENAPI_CORE | CONNEXION, "json.loads keeps the last."),
    Difference("UTF-16", OPENAPI_CORE, "json.loads guesses the encoding; RFC 8259 asks for UTF-8."),
    Difference("byte order mark", OPENAPI_CORE, "json.loads guesses the encoding; RFC 8259 forbids the mark."),
    Difference("charset iso-8859-1", OPENAPI_CORE | CONNEXION, "They match the media type without its parameters."),
    Difference("media type None", CONNEXION, "It takes a body without Content-Type for the first documented type."),
    Difference("too large", OPENAPI_CORE | CONNEXION, "OpenAPI has no limit for a body's bytes; the service has."),
)


@cache
def three_judges() -> Mapping[str, Judge]:
    """Return the judges of openapi.yaml as it is, by name."""
    return judges_with(CONTRACT)


def judges_with(served: Mapping[str, Any]) -> dict[str, Judge]:
    """Return the judges where the service goes by another document than the two who watch it."""
    return {"api.contract": judges.compiled(served), **_watching()}


@cache
def _watching() -> Mapping[str, Judge]:
    return {"openapi-core": judges.openapi_core(CONTRACT), "Connexion": judges.connexion(CONTRACT)}


def disagreements(operation: Operation, by_name: Mapping[str, Judge]) -> list[str]:
    """Return, in words, every judgement of generated requests that is neither right nor a known difference."""
    known = {(difference.fault, name) for difference in DIFFERENCES for name in difference.unseen_by}
    found = []
    for case in cases(operation):
        for name, request in _misjudged(case, by_name):
            if (case.fault, name) in known:
                FIGURES["known differences met"] += 1
            else:
                found.append(f"{name} {_in_words(case, request)}")
    return found


def is_met(difference: Difference, by_name: Mapping[str, Judge]) -> bool:
    """Tell whether each implementation that a difference names still does not see the fault, on some request."""
    concerned = {name: by_name[name] for name in difference.unseen_by}
    met = {
        name
        for operation in OPERATIONS
        for case in cases(operation)
        if case.fault == difference.fault
        for name, _ in _misjudged(case, concerned)
    }
    return met == difference.unseen_by


def _misjudged(case: Case, by_name: Mapping[str, Judge]) -> Iterator[tuple[str, Request]]:
    for request in samples(case.requests, REQUESTS_A_CASE):
        FIGURES["generated requests"] += 1
        for name, judge in by_name.items():
            if judge(request).accepted == (case.fault is None):
                FIGURES["agreements"] += 1
            else:
                yield name, request


def _in_words(case: Case, request: Request) -> str:
    judgement = (
        "refuses a valid request" if case.fault is None else f"takes “{case.fault}” at {case.place or 'the body'}"
    )
    return f"{judgement}: {request.operation.method} {request.path_parameters} {request.query} {request.body[:200]!r}"
