"""The contract tests, tested: each defect that is planted here is found by the check that the test names.

A defect of requests is planted in the contract that the service goes by, one of responses in what the handler returns.
"""

import copy
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from connexion.exceptions import ResolverError  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV30SpecValidator
from schemathesis.core.failures import FailureGroup

from tests.client import ApiClient, EventTransport
from tests.contract import oracles
from tests.contract.cases import cases
from tests.contract.document import CONTRACT
from tests.contract.test_schemathesis import SCHEMA, called
from tests.figures import FIGURES

pytestmark = pytest.mark.no_cover  # tracing would double the time, and what runs here is covered elsewhere

Document = dict[str, Any]
EXPENSE = {"category": "Food", "amount": 12.5, "payment_method": "Cash"}


class Planted(NamedTuple):
    """A defect, and what to do to the contract or to a response for it."""

    name: str
    place: str
    """The operation that must be seen to have it, or the property of a response's parts."""
    plant: Callable[[Any], object]

    def __str__(self) -> str:
        return self.name


def _schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def _query(document: Document, name: str) -> Any:
    parameters = document["paths"]["/expenses"]["get"]["parameters"]
    components = document["components"]["parameters"]
    resolved = (components[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in parameters)
    return next(parameter for parameter in resolved if parameter["name"] == name)


def _create(document: Document) -> Any:
    return _schema(document, "ExpenseCreate")


def _patch(document: Document) -> Any:
    return _schema(document, "ExpensePatch")


def _operation(document: Document, path: str, method: str) -> Any:
    return document["paths"][path][method]


def _null_is_taken(document: Document) -> None:
    properties = _create(document)["properties"]
    properties["currency"] = {**_schema(document, "Currency"), "nullable": True}


IN_REQUESTS = (
    Planted("a required property is optional", "create_expense", lambda d: _create(d)["required"].pop()),
    Planted("an optional property is required", "create_expense", lambda d: _create(d)["required"].append("date")),
    Planted("unknown properties are taken", "create_expense", lambda d: _create(d).pop("additionalProperties")),
    Planted("an empty change is taken", "update_expense", lambda d: _patch(d).pop("minProperties")),
    Planted("null is taken", "create_expense", _null_is_taken),
    Planted("null is refused", "create_expense", lambda d: _schema(d, "Notes").pop("nullable")),
    Planted("a maximum is higher", "list_expenses", lambda d: _query(d, "limit")["schema"].update(maximum=1000)),
    Planted("a maximum is lower", "list_expenses", lambda d: _query(d, "limit")["schema"].update(maximum=50)),
    Planted("a string may be longer", "list_expenses", lambda d: _query(d, "q")["schema"].pop("maxLength")),
    Planted("a pattern is gone", "create_expense", lambda d: _schema(d, "Currency").pop("pattern")),
    Planted("a format is gone", "list_expenses", lambda d: _schema(d, "CalendarDate").pop("format")),
    Planted("an enum is gone", "list_expenses", lambda d: _schema(d, "Month").pop("enum")),
    Planted("a type is another", "create_expense", lambda d: _schema(d, "Amount").update(type="string")),
    Planted("a parameter is gone", "list_expenses", lambda d: _operation(d, "/expenses", "get")["parameters"].pop()),
    Planted(
        "a body is optional",
        "create_expense",
        lambda d: _operation(d, "/expenses", "post")["requestBody"].pop("required"),
    ),
)


@pytest.mark.parametrize("defect", IN_REQUESTS, ids=str)
def test_generated_requests_find_that(defect: Planted) -> None:
    served = copy.deepcopy(CONTRACT)
    defect.plant(served)
    takes = oracles.compiled(served)

    assert any(takes(case.request) != case.is_valid for case in cases(defect.place))
    FIGURES["planted defects found"] += 1


IN_RESPONSES = (
    Planted("the status is undocumented", "", lambda answer: answer.update(statusCode=200)),
    Planted("a property is missing", "body", lambda expense: expense.pop("version")),
    Planted("a property is undocumented", "body", lambda expense: expense.update(user_id="amina")),
    Planted("a property is of another type", "body", lambda expense: expense.update(amount="12.5")),
    Planted("a property is null", "body", lambda expense: expense.update(category=None)),
    Planted("a property is not in its format", "body", lambda expense: expense.update(created_at="yesterday")),
    Planted("a header is missing", "headers", lambda headers: headers.pop("ETag")),
    Planted("a header is malformed", "headers", lambda headers: headers.update(ETag="1")),
    Planted("the media type is undocumented", "headers", lambda h: h.update({"Content-Type": "text/html"})),
)


@pytest.mark.parametrize("defect", IN_RESPONSES, ids=str)
def test_openapi_core_finds_in_a_response_that(defect: Planted, events: EventTransport) -> None:
    def defective(event: dict[str, Any]) -> dict[str, Any]:
        answer = events.invoke(event)
        parts = {"": answer, "headers": answer["headers"], "body": json.loads(answer["body"])}
        defect.plant(parts[defect.place])
        return {**answer, "body": json.dumps(parts["body"])}

    with pytest.raises(AssertionError, match="openapi-core refuses"):
        ApiClient(EventTransport(defective)).post("/expenses", EXPENSE)
    FIGURES["planted defects found"] += 1


def test_schemathesis_finds_that_the_service_fails_even_as_documented() -> None:
    problem = {
        "type": "urn:problem-type:expenses:internal-error",
        "title": "",
        "status": 500,
        "detail": "",
        "instance": "",
    }
    answer = {
        "statusCode": 500,
        "headers": {"Content-Type": "application/problem+json"},
        "body": json.dumps(problem),
    }
    case = SCHEMA["/health"]["GET"].Case()

    with pytest.raises(FailureGroup) as found:
        case.validate_response(called(case, EventTransport(lambda _: answer)))
    assert [type(failure).__name__ for failure in found.value.exceptions] == ["ServerError"]
    FIGURES["planted defects found"] += 1


def test_a_path_parameter_that_is_not_described_is_found() -> None:
    document = copy.deepcopy(CONTRACT)
    del document["paths"]["/expenses/{expense_id}"]["parameters"]

    assert list(OpenAPIV30SpecValidator(document).iter_errors())
    FIGURES["planted defects found"] += 1


def test_connexion_finds_that_an_operation_has_no_handler() -> None:
    document = copy.deepcopy(CONTRACT)
    document["paths"]["/health"]["get"]["operationId"] = "get_wealth"

    with pytest.raises(ResolverError, match="get_wealth"):
        oracles.connexion(document)(cases("get_health")[0].request)
    FIGURES["planted defects found"] += 1
