"""Whatever goes wrong: the caller gets a problem, the log gets the reason, and neither gets what was sent."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError, ReadTimeoutError

from tests.client import ApiClient, EventTransport, Request

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SECRET = "a very private note"
LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash", "notes": SECRET}
HEADERS = {
    "Authorization": "Bearer secret.token.value",
    "Content-Type": "application/json",
    "Origin": "https://a.example",
}


def refused_by_dynamodb(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"refused {SECRET}"}}, "PutItem")


@pytest.fixture
def failing(client: "DynamoDBClient", api: ApiClient) -> Callable[[Exception], ApiClient]:
    """Let the next write fail with an error."""

    def fail_with(error: Exception) -> ApiClient:
        def fail(**_: object) -> None:
            raise error

        client.meta.events.register("before-call.dynamodb.TransactWriteItems", fail)
        return api

    return fail_with


@pytest.mark.parametrize(
    "error",
    [
        refused_by_dynamodb("ProvisionedThroughputExceededException"),
        refused_by_dynamodb("ThrottlingException"),
        refused_by_dynamodb("InternalServerError"),
        EndpointConnectionError(endpoint_url="http://nowhere"),
        ReadTimeoutError(endpoint_url="http://nowhere"),
    ],
)
def test_a_table_that_is_too_busy_is_a_503_that_says_when_to_try_again(
    failing: Callable[[Exception], ApiClient], log: list[str], error: Exception
) -> None:
    response = failing(error).post("/expenses", LUNCH)
    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert response.json["type"] == "urn:problem-type:expenses:service-unavailable"
    assert [json.loads(line).get("exception") for line in log] == ["StoreUnavailable", None]


@pytest.mark.parametrize(
    "error",
    [
        refused_by_dynamodb("AccessDeniedException"),
        ParamValidationError(report=f"Invalid type for parameter Item.notes, value: {SECRET}"),
        RuntimeError(SECRET),
    ],
)
def test_an_unexpected_error_is_a_500_with_the_request_id_and_cors_headers(
    failing: Callable[[Exception], ApiClient], log: list[str], error: Exception
) -> None:
    response = failing(error).send("POST", "/expenses", HEADERS, LUNCH)
    assert response.status == 500
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    failure, request = map(json.loads, log)
    assert response.json["instance"] == failure["request_id"] == request["request_id"]
    is_from_aws = isinstance(error, ClientError)
    assert (failure["level"], failure["exception"]) == (
        "ERROR",
        "RequestRejected" if is_from_aws else type(error).__qualname__,
    )
    assert any("expenses/service.py" in frame for frame in failure["frames"])


@pytest.mark.parametrize("error", [refused_by_dynamodb("AccessDeniedException"), RuntimeError(SECRET)])
def test_neither_the_answer_nor_the_log_tells_what_was_sent(
    failing: Callable[[Exception], ApiClient], log: list[str], error: Exception
) -> None:
    response = failing(error).send("POST", "/expenses", HEADERS, LUNCH)
    seen = response.text + "".join(log)
    assert SECRET not in seen
    assert "secret.token" not in seen


def test_a_request_in_order_is_logged_without_what_was_sent(api: ApiClient, log: list[str]) -> None:
    api.send("POST", "/expenses", HEADERS, LUNCH)
    (line,) = log
    assert SECRET not in line
    assert "secret.token" not in line
    assert json.loads(line)["operation_id"] == "create_expense"


@pytest.mark.parametrize(
    "broken",
    [
        {"multiValueQueryStringParameters": {"\ud800": ["1"]}},
        {"httpMethod": "POST", "multiValueHeaders": {"Content-Type": ["\ud800"]}, "body": "{}"},
        {"requestContext": {"requestId": "\ud800", "authorizer": {"claims": {"sub": "amina"}}}, "resource": "/nothing"},
    ],
)
def test_half_of_a_surrogate_pair_anywhere_in_an_event_is_answered(
    events: EventTransport, broken: dict[str, Any]
) -> None:
    answer = events.invoke(events.event(Request("GET", "/expenses")) | broken)
    assert 400 <= answer["statusCode"] < 500
    answer["body"].encode()


@pytest.mark.parametrize("event", [{}, {"resource": None, "httpMethod": None}, {"requestContext": None}])
def test_an_event_that_is_for_nothing_is_a_404(events: EventTransport, event: dict[str, Any]) -> None:
    assert events.invoke(event)["statusCode"] == 404


@pytest.mark.parametrize("event", [{"requestContext": "x"}, {"multiValueHeaders": 3}, None])
def test_an_event_that_is_none_is_a_500_and_not_an_exception(events: EventTransport, event: Any) -> None:
    answer = events.invoke(event)
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["type"] == "urn:problem-type:expenses:internal-error"
