"""Each error of the domain is one kind of problem, and each problem is one that the contract knows."""

import pytest

from api.dynamodb import StorageFull, StoreUnavailable
from api.expenses import errors as expenses
from api.expenses import operations
from api.gateway import problems
from api.gateway.caller import NotAuthenticated
from api.gateway.problems import PROBLEMS, headers_of, problem_of
from api.openapi import errors
from tests.contract.document import CONTRACT

SAMPLES: list[Exception] = [
    errors.InvalidRequest([errors.Violation("body", "/amount", "is required")]),
    errors.ContentTooLarge(70_000, 65_536),
    errors.UnsupportedMediaType("text/plain", ["application/json"]),
    errors.NotAcceptable("text/html", ["text/csv"]),
    NotAuthenticated(),
    errors.NoSuchOperation(),
    expenses.ExpenseNotFound(),
    expenses.ExpenseChanged(3),
    expenses.ExpenseBusy(),
    expenses.ExpenseDeleted(),
    expenses.IdempotencyKeyReused(),
    StoreUnavailable("unknown"),
    StorageFull(),
]


KINDS = {**PROBLEMS, **operations.PROBLEMS}


def test_every_error_that_a_caller_can_cause_has_its_kind() -> None:
    raised = {*expenses.ExpenseError.__subclasses__(), *errors.RequestError.__subclasses__()}
    assert raised <= set(KINDS) == {type(error) for error in SAMPLES}


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_a_problem_has_the_kind_of_its_error_and_the_request_id(error: Exception) -> None:
    problem = problem_of(error, KINDS, "request-1")
    kind = KINDS[type(error)]
    assert (problem["status"], problem["type"], problem["title"]) == kind
    assert (problem["detail"], problem["instance"]) == (str(error), "request-1")


def test_the_catalogue_has_each_type_of_the_contract_exactly_once() -> None:
    catalogue = [kind.type for kind in vars(problems).values() if isinstance(kind, problems.Kind)]
    assert sorted(catalogue) == sorted(CONTRACT["components"]["schemas"]["ProblemType"]["enum"])


@pytest.mark.parametrize("error", [RuntimeError("secret"), errors.ContractViolation("get_health", "body/x secret")])
def test_an_error_of_the_service_is_described_to_nobody(error: Exception) -> None:
    problem = problem_of(error, KINDS, "request-1")
    assert problem["status"] == 500
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    ("violation", "described"),
    [
        (errors.Violation("body", "/amount", "is required"), {"pointer": "/amount", "detail": "is required"}),
        (errors.Violation("query", "limit", "is required"), {"parameter": "limit", "detail": "is required"}),
    ],
)
def test_each_violation_is_described_with_its_location(violation: errors.Violation, described: object) -> None:
    assert problem_of(errors.InvalidRequest([violation]), KINDS, "request-1")["errors"] == [described]


def test_some_problems_have_headers_that_say_how_to_go_on() -> None:
    headers = {type(error): headers_of(error) for error in SAMPLES if headers_of(error)}
    assert headers == {StoreUnavailable: {"Retry-After": "1"}, expenses.ExpenseChanged: {"ETag": '"3"'}}
