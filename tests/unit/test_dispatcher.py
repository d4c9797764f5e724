"""The way of one request, with a contract and operations made for the test."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from api.gateway.dispatcher import Dispatcher, UnboundContract, bind
from api.gateway.problems import NOT_FOUND
from api.gateway.telemetry import Telemetry
from api.openapi.contract import Contract, Response
from tests.client import EventTransport, Request

SECRET = "a very private note"
IDS = {"extendedRequestId": "gateways-own=", "requestId": "chosen-by-the-caller"}


class Lost(Exception):
    """An error of the made-up capability, which is a 404."""


class Unmentionable(Lost):
    """One whose text is not Unicode."""

    def __str__(self) -> str:
        return "\ud800"


def module_of(**functions: Any) -> ModuleType:
    module = ModuleType("made_up")
    for name, function in functions.items():
        function.__module__ = "made_up"
        setattr(module, name, function)
    return module


def contract_of(**security: Any) -> Contract:
    """Return a contract with an operation for each name, at a path of that name, and its security requirement."""
    responses = {
        "200": {
            "description": "Found.",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"type": "object", "required": ["text"]}}},
        },
        "500": {"description": "Failed.", "content": {"application/problem+json": {"schema": {"type": "object"}}}},
    }
    paths = {
        f"/{name}": {"get": {"operationId": name, "security": requirement, "responses": responses}}
        for name, requirement in security.items()
    }
    return Contract({"info": {"version": "1"}, "paths": paths})


def with_caller(_request: object, _service: object, _caller: object) -> Response:
    return Response(200)


def without_caller(_request: object, _service: object) -> Response:
    return Response(200)


def dispatcher_of(
    find: Callable[..., Response], write: Callable[[str], object] = lambda _: None, origins: str = "*"
) -> Dispatcher:
    """Return a dispatcher whose one operation is `GET /find`, public, by this function."""
    module = module_of(find=find)
    module.PROBLEMS = {Lost: NOT_FOUND, Unmentionable: NOT_FOUND}  # type: ignore[attr-defined]
    return Dispatcher(
        contract_of(find=[]),
        {module: None},
        origins=frozenset({origins}),
        client_ids=frozenset(),
        telemetry=Telemetry("Made up", "INFO", write, lambda: datetime.now(UTC)),
    )


def event(method: str = "GET", path: str = "/find", **changes: Any) -> dict[str, Any]:
    return EventTransport(dict).event(Request(method, path)) | changes


def raising(error: Exception) -> Callable[..., Response]:
    def find(*_: object) -> Response:
        raise error

    return find


def finding(response: Response) -> Callable[..., Response]:
    def find(*_: object) -> Response:
        return response

    return find


FOUND = finding(Response(200, {"text": "Café"}, {"ETag": '"1"'}))


def problem_in(response: Mapping[str, Any]) -> Any:
    assert response["headers"]["Content-Type"] == "application/problem+json"
    return json.loads(response["body"])


@pytest.mark.parametrize(
    ("contract", "module", "reason"),
    [
        (contract_of(find=[{"x": []}]), module_of(), "the operation find has no function"),
        (contract_of(), module_of(find=with_caller), "the function find has no operation"),
        (contract_of(find=[]), module_of(find=with_caller), "find takes a caller but is public"),
        (contract_of(find=[{"x": []}]), module_of(find=without_caller), "find takes no caller but is not public"),
        (contract_of(find=None), module_of(find=without_caller), "find takes no caller but is not public"),
    ],
)
def test_a_mismatch_of_contract_and_functions_stops_the_start(
    contract: Contract, module: ModuleType, reason: str
) -> None:
    with pytest.raises(UnboundContract, match=reason):
        bind(contract, [module])


def test_a_check_without_an_operation_stops_the_start() -> None:
    module = module_of(find=with_caller)
    vars(module)["CHECKS"] = {"fnid": lambda *_: []}
    with pytest.raises(UnboundContract, match="the check fnid has no operation"):
        bind(contract_of(find=[{"x": []}]), [module])


def test_every_mismatch_is_named_at_once() -> None:
    with pytest.raises(UnboundContract, match="a has no function; the operation b has no function"):
        bind(contract_of(a=[], b=[]), [module_of()])


def test_imported_and_private_functions_are_not_operations() -> None:
    module = module_of(_private=without_caller)
    module.imported = contract_of  # type: ignore[attr-defined]
    assert bind(contract_of(), [module]) == {}


def test_head_is_get_without_a_body() -> None:
    dispatch = dispatcher_of(FOUND)
    got, head = dispatch(event("GET")), dispatch(event("HEAD"))
    assert (head["statusCode"], head["body"]) == (200, "")
    length = {"Content-Length": str(len(got["body"].encode()))}
    assert head["headers"] == {**got["headers"], **length}


def test_head_of_what_get_refuses_is_the_problem_without_its_body() -> None:
    head = dispatcher_of(raising(RuntimeError()))(event("HEAD"))
    assert (head["statusCode"], head["body"]) == (500, "")
    assert head["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), [("HEAD", "/nothing"), ("POST", "/find"), ("head", "/find")])
def test_any_other_method_or_path_is_a_404(method: str, path: str) -> None:
    assert dispatcher_of(FOUND)(event(method, path))["statusCode"] == 404


def test_an_error_that_the_operation_does_not_document_is_a_500() -> None:
    log: list[str] = []
    response = dispatcher_of(raising(Lost(SECRET)), log.append)(event())
    assert (response["statusCode"], problem_in(response)["status"]) == (500, 500)
    failure, _ = map(json.loads, log)
    assert failure["message"] == "find: status 404 is not documented"
    assert SECRET not in response["body"] + "".join(log)


@pytest.mark.parametrize(
    "response",
    [
        Response(299, {"text": SECRET}),
        Response(200),
        Response(200, {"other": SECRET}),
        Response(200, {"text": SECRET}, media_type="text/html"),
        Response(200, {"text": SECRET}, {"X-Extra": SECRET}),
    ],
    ids=["status", "no body", "property", "media type", "header"],
)
def test_a_response_that_violates_the_contract_is_a_500_and_is_logged(response: Response) -> None:
    log: list[str] = []
    sent = dispatcher_of(finding(response), log.append)(event())
    assert (sent["statusCode"], problem_in(sent)["status"]) == (500, 500)
    failure, _ = map(json.loads, log)
    assert (failure["exception"], failure["operation_id"]) == ("ContractViolation", "find")
    assert SECRET not in sent["body"] + "".join(log)


@pytest.mark.parametrize("error", [RuntimeError(SECRET), Unmentionable(), RecursionError(), MemoryError()])
def test_any_exception_is_a_500_that_a_page_can_read(error: Exception) -> None:
    log: list[str] = []
    response = dispatcher_of(raising(error), log.append)(event())
    assert response["statusCode"] == problem_in(response)["status"] == 500
    assert response["headers"]["Access-Control-Allow-Origin"] == "*"
    assert SECRET not in response["body"] + "".join(log)


@pytest.mark.parametrize("find", [FOUND, raising(RuntimeError())], ids=["found", "failed"])
def test_a_request_is_answered_though_its_log_line_cannot_be_written(find: Callable[..., Response]) -> None:
    def write(_: str) -> None:
        raise OSError(28, "no space left on device")

    assert dispatcher_of(find, write)(event())["statusCode"] in {200, 500}


@pytest.mark.parametrize("origin", [{"a": 1}, [], 3, None])
def test_an_origin_that_is_not_a_string_is_a_500_and_no_exception(origin: Any) -> None:
    strange = event(headers=None, multiValueHeaders={"Origin": [origin]})
    response = dispatcher_of(FOUND, origins="https://a.example")(strange)
    assert response["statusCode"] == 500
    assert response["headers"]["Vary"] == "Origin"


def ids_of(requestContext: Any, lambda_request_id: str = "lambda-1") -> Iterator[str]:  # noqa: N803 — the event's name
    """Give the ids in the problem, then in each line of the log, of a request that fails."""
    log: list[str] = []
    response = dispatcher_of(raising(RuntimeError()), log.append)(
        event(requestContext=requestContext), lambda_request_id
    )
    yield problem_in(response)["instance"]
    for line in map(json.loads, log):
        yield line["request_id"]
        yield line["gateway_request_id"]
        yield line["lambda_request_id"]


def test_problem_and_log_have_the_id_that_only_the_gateway_can_choose() -> None:
    problem, *lines = ids_of(IDS)
    assert problem == "gateways-own="
    assert lines == ["gateways-own=", "chosen-by-the-caller", "lambda-1"] * 2


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"requestId": "r-1"}, "r-1"),
        ({"extendedRequestId": None, "requestId": None}, "lambda-1"),
        (None, "lambda-1"),
        ("no object", "lambda-1"),
        ({"extendedRequestId": {}, "requestId": 3}, "lambda-1"),
    ],
)
def test_a_missing_id_falls_back_to_the_next_best(context: Any, expected: str) -> None:
    problem, logged, *_ = ids_of(context)
    assert problem == logged == expected
