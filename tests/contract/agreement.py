"""Where the judges of the contract differ, and the short list of differences that are known and meant."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from tests.contract import judges
from tests.contract.document import CONTRACT, Operation, operations
from tests.contract.generated_requests import Case, Request, cases
from tests.contract.judges import Judge
from tests.contract.samples import samples

OPERATIONS = tuple(operations())
VALID_REQUESTS, REQUESTS_A_FAULT = 20, 2


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
    """Return the judges of openapi.yaml, by name."""
    return {
        "api.openapi.contract": judges.compiled(CONTRACT),
        "openapi-core": judges.openapi_core(CONTRACT),
        "Connexion": judges.connexion(CONTRACT),
    }


class Agreement(NamedTuple):
    """How the judges agree on an operation."""

    requests: int
    agreements: int
    known_differences: int
    unexplained: tuple[str, ...]
    """In words, every judgement that is neither right nor a known difference."""


def agreement_on(operation: Operation, by_name: Mapping[str, Judge]) -> Agreement:
    """Return how the judges agree on the generated requests of an operation."""
    known = {(difference.fault, name) for difference in DIFFERENCES for name in difference.unseen_by}
    judged = [judgement for case in cases(operation) for judgement in _judged(case, by_name)]
    wrong = [judgement for judgement in judged if not judgement.is_right]
    unexplained = tuple(
        judgement.in_words() for judgement in wrong if (judgement.case.fault, judgement.by) not in known
    )
    return Agreement(
        requests=len(judged) // len(by_name),
        agreements=len(judged) - len(wrong),
        known_differences=len(wrong) - len(unexplained),
        unexplained=unexplained,
    )


def is_met(difference: Difference, by_name: Mapping[str, Judge]) -> bool:
    """Tell whether each implementation that a difference names still does not see the fault, on some request."""
    concerned = [case for operation in OPERATIONS for case in cases(operation) if case.fault == difference.fault]
    return all(
        any(not judgement.is_right for case in concerned for judgement in _judged(case, {name: by_name[name]}))
        for name in difference.unseen_by
    )


class _Judgement(NamedTuple):
    """What one judge makes of one request."""

    by: str
    case: Case
    request: Request
    is_right: bool

    def in_words(self) -> str:
        fault, place, request = self.case.fault, self.case.place or "the body", self.request
        judgement = "refuses a valid request" if fault is None else f"takes “{fault}” at {place}"
        sent = f"{request.operation.method} {request.path_parameters} {request.query} {request.body[:200]!r}"
        return f"{self.by} {judgement}: {sent}"


def _judged(case: Case, by_name: Mapping[str, Judge]) -> Iterator[_Judgement]:
    for request in samples(case.requests, VALID_REQUESTS if case.fault is None else REQUESTS_A_FAULT):
        for name, judge in by_name.items():
            yield _Judgement(name, case, request, judge(request).accepted == (case.fault is None))
