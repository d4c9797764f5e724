"""Where the oracles of the contract differ, and the short list of differences that are known and meant."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from tests.contract import oracles
from tests.contract.document import CONTRACT, Operation, operations
from tests.contract.generated_requests import Case, Request, cases
from tests.contract.oracles import Oracle
from tests.contract.samples import samples

OPERATIONS = tuple(operations())
VALID_REQUESTS, REQUESTS_A_VIOLATION = 20, 2


class Difference(NamedTuple):
    """A violation that some of the other implementations do not see, though `api.contract` is right to refuse it."""

    violation: str
    unseen_by: frozenset[str]
    why: str


OPENAPI_CORE, CONNEXION = frozenset({"openapi-core"}), frozenset({"Connexion"})

DIFFERENCES = (
    Difference("unknown parameter", OPENAPI_CORE, "It looks at documented parameters only."),
    Difference("given twice", OPENAPI_CORE | CONNEXION, "They take one of the strings and drop the others."),
    Difference("number to Python only", OPENAPI_CORE | CONNEXION, "They read with int() and float()."),
    Difference("line break at the end", OPENAPI_CORE | CONNEXION, "`$` of Python's re also fits before a last one."),
    Difference("format", CONNEXION, "Its draft 4 checker knows no `date`."),
    Difference("not true or false", OPENAPI_CORE | CONNEXION, "They take 1, yes or TRUE, too."),
    Difference("NaN", OPENAPI_CORE | CONNEXION, "They read with json.loads, which takes it; RFC 8259 does not."),
    Difference("unpaired surrogate", OPENAPI_CORE | CONNEXION, "json.loads keeps it; UTF-8 can't carry it further."),
    Difference("property given twice", OPENAPI_CORE | CONNEXION, "json.loads keeps the last."),
    Difference("UTF-16", OPENAPI_CORE, "json.loads guesses the encoding; RFC 8259 asks for UTF-8."),
    Difference("charset iso-8859-1", OPENAPI_CORE | CONNEXION, "They match the media type without its parameters."),
    Difference("media type None", CONNEXION, "It takes a body without Content-Type for the first documented type."),
    Difference("too large", OPENAPI_CORE | CONNEXION, "OpenAPI has no limit for a body's bytes; the service has."),
)


@cache
def three_oracles() -> Mapping[str, Oracle]:
    """Return the oracles of openapi.yaml, by name."""
    return {
        "api.openapi.contract": oracles.compiled(CONTRACT),
        "openapi-core": oracles.openapi_core(CONTRACT),
        "Connexion": oracles.connexion(CONTRACT),
    }


class Agreement(NamedTuple):
    """How the oracles agree on an operation."""

    requests: int
    agreements: int
    known_differences: int
    unexplained: tuple[str, ...]
    """In words, every verdict that is neither right nor a known difference."""


def agreement_on(operation: Operation, by_name: Mapping[str, Oracle]) -> Agreement:
    """Return how the oracles agree on the generated requests of an operation."""
    known = {(difference.violation, name) for difference in DIFFERENCES for name in difference.unseen_by}
    validated = [verdict for case in cases(operation) for verdict in _verdicts(case, by_name)]
    wrong = [verdict for verdict in validated if not verdict.is_right]
    unexplained = tuple(verdict.described() for verdict in wrong if (verdict.case.violation, verdict.by) not in known)
    return Agreement(
        requests=len(validated) // len(by_name),
        agreements=len(validated) - len(wrong),
        known_differences=len(wrong) - len(unexplained),
        unexplained=unexplained,
    )


def is_met(difference: Difference, by_name: Mapping[str, Oracle]) -> bool:
    """Return whether each implementation that a difference names still does not see the violation, on some request."""
    concerned = [
        case for operation in OPERATIONS for case in cases(operation) if case.violation == difference.violation
    ]
    return all(
        any(not verdict.is_right for case in concerned for verdict in _verdicts(case, {name: by_name[name]}))
        for name in difference.unseen_by
    )


class _Outcome(NamedTuple):
    """What one oracle makes of one request."""

    by: str
    case: Case
    request: Request
    is_right: bool

    def described(self) -> str:
        violation, place, request = self.case.violation, self.case.place or "the body", self.request
        verdict = "refuses a valid request" if violation is None else f"takes “{violation}” at {place}"
        sent = f"{request.operation.method} {request.parameters} {request.body[:200]!r}"
        return f"{self.by} {verdict}: {sent}"


def _verdicts(case: Case, by_name: Mapping[str, Oracle]) -> Iterator[_Outcome]:
    for request in _drawn(case):
        for name, oracle in by_name.items():
            yield _Outcome(name, case, request, oracle(request).accepted == (case.violation is None))


@cache
def _drawn(case: Case) -> list[Request]:
    return samples(case.requests, VALID_REQUESTS if case.violation is None else REQUESTS_A_VIOLATION)
