"""Which errors of DynamoDB are tried again, which are not, and what is known of the write afterwards."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from api.dynamodb import DynamoDBError, RequestRejected, StorageFull, StoreUnavailable
from api.dynamodb.calls import ATTEMPTS, CONFLICT_ATTEMPTS, read, write
from api.dynamodb.errors import ConditionFailed
from api.dynamodb.responses import DamagedResponse
from tests.fakes.dynamodb import canceled

ENDPOINT = {"endpoint_url": "https://dynamodb.eu-west-1.amazonaws.com", "error": "gone"}


def response(code: str, status: int = 400, **more: Any) -> ClientError:
    parsed: Any = {
        "Error": {"Code": code, "Message": "a very private note"},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "AWS-REQUEST-1"},
        **more,
    }
    return ClientError(parsed, "PutItem")


class Calls:
    """A method of a client that fails with one error after another, and then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.made = 0
        self._errors = list(errors)

    def put_item(self, **_: object) -> dict[str, Any]:
        self.made += 1
        if self._errors:
            raise self._errors.pop(0)
        return {}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


BUSY = [
    *((code, 400) for code in (
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "TooManyRequestsException",
        "SlowDown",
        "PriorRequestNotComplete",
        "TransactionInProgressException",
        "ReplicatedWriteConflictException",
        "RequestTimeout",
        "RequestTimeoutException",
        "KMSThrottlingException",
        "ServiceUnavailable",
        "InternalServerError",
        "InternalFailure",
    )),
    *(("SomethingNew", status) for status in (429, 500, 501, 502, 503, 504, 507, 509, 529, 599)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "status"), BUSY)
def test_an_error_that_passes_is_tried_again_and_then_a_503(code: str, status: int) -> None:
    calls = Calls(response(code, status))
    assert read(calls.put_item) == {}
    assert calls.made == 2
    calls = Calls(*[response(code, status)] * ATTEMPTS)
    with pytest.raises(StoreUnavailable):
        read(calls.put_item)
    assert calls.made == ATTEMPTS


CONFLICTS = [
    response("TransactionConflictException"),
    canceled("None", "TransactionConflict"),
    canceled("TransactionConflict", "None", "TransactionConflict"),
]


@pytest.mark.parametrize("error", CONFLICTS)
def test_a_conflict_with_transactions_is_tried_again_for_longer(error: Exception) -> None:
    calls = Calls(*[error] * ATTEMPTS)
    write(calls.put_item)
    assert calls.made == ATTEMPTS + 1


@pytest.mark.parametrize("error", CONFLICTS)
def test_conflicts_without_end_are_a_503_that_changed_nothing(error: Exception) -> None:
    calls = Calls(*[error] * CONFLICT_ATTEMPTS)
    with pytest.raises(StoreUnavailable) as raised:
        write(calls.put_item)
    assert (calls.made, raised.value.outcome) == (CONFLICT_ATTEMPTS, "unchanged")


def test_conflicts_leave_the_tries_for_other_errors_as_they_are() -> None:
    calls = Calls(*[CONFLICTS[1]] * 7, *[response("ThrottlingException")] * (ATTEMPTS - 1))
    write(calls.put_item)
    assert calls.made == 7 + ATTEMPTS


@pytest.mark.parametrize(
    "codes",
    [
        ("ThrottlingError", "None"),
        ("None", "ProvisionedThroughputExceeded"),
        ("TransactionConflict", "ThrottlingError"),
        ("RequestLimitExceeded",),
    ],
)
def test_a_transaction_that_was_throttled_is_tried_as_often_as_a_write(codes: tuple[str, ...]) -> None:
    calls = Calls(*[canceled(*codes)] * ATTEMPTS)
    with pytest.raises(StoreUnavailable) as raised:
        write(calls.put_item)
    assert (calls.made, raised.value.outcome) == (ATTEMPTS, "unchanged")
    assert raised.value.aws_code.startswith("TransactionCanceledException: ")


@pytest.mark.parametrize(
    ("reasons", "kind"),
    [
        (("ValidationError", "None"), RequestRejected),
        (("TransactionConflict", "ValidationError"), RequestRejected),
        (("AccessDenied", "None"), RequestRejected),
        (("SomethingNew", "None"), RequestRejected),
        (("ItemCollectionSizeLimitExceeded", "None"), StorageFull),
        (("ItemCollectionSizeLimitExceeded", "TransactionConflict"), StorageFull),
        (("ConditionalCheckFailed", "TransactionConflict"), ConditionFailed),
        (("ConditionalCheckFailed", "ThrottlingError"), ConditionFailed),
    ],
)
def test_a_transaction_that_would_fail_again_is_not_tried_again(
    reasons: tuple[str, ...], kind: type[DynamoDBError]
) -> None:
    calls = Calls(canceled(*reasons))
    with pytest.raises(kind):
        write(calls.put_item)
    assert calls.made == 1


@pytest.mark.parametrize("is_retry", [True, False])
def test_a_transactions_failed_condition_comes_with_the_item(is_retry: bool) -> None:
    item = {"version": {"N": "2"}}
    failed = canceled({"Code": "ConditionalCheckFailed", "Item": item}, "None")
    with pytest.raises(ConditionFailed) as raised:
        write(Calls(*([response("InternalServerError", 500)] if is_retry else []), failed).put_item)
    assert (raised.value.item, raised.value.is_retry) == (item, is_retry)
    assert raised.value.aws_code == "TransactionCanceledException: ConditionalCheckFailed"


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "ValidationException",
        "ResourceNotFoundException",
        "KMSAccessDeniedException",
        "UnrecognizedClientException",
        "SomethingNew",
    ],
)
def test_an_error_that_stays_is_rejected_at_once(code: str) -> None:
    calls = Calls(response(code))
    with pytest.raises(RequestRejected):
        read(calls.put_item)
    assert calls.made == 1


def test_a_full_item_collection_is_an_error_of_its_own() -> None:
    calls = Calls(response("ItemCollectionSizeLimitExceededException"))
    with pytest.raises(StorageFull):
        write(calls.put_item)
    assert calls.made == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (response("ThrottlingException"), "unchanged"),
        (response("SomethingNew", 429), "unchanged"),
        (EndpointConnectionError(**ENDPOINT), "unchanged"),
        (ConnectTimeoutError(**ENDPOINT), "unchanged"),
        (ProxyConnectionError(proxy_url="http://proxy", error="gone"), "unchanged"),
        (response("InternalServerError", 500), "unknown"),
        (response("SomethingNew", 503), "unknown"),
        (ReadTimeoutError(**ENDPOINT), "unknown"),
        (ConnectionClosedError(**ENDPOINT), "unknown"),
        (SSLError(endpoint_url="https://nowhere", error=OSError()), "unknown"),
        (HTTPClientError(error="gone"), "unknown"),
        (DamagedResponse(), "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.parametrize("place", [0, ATTEMPTS - 1])
def test_one_attempt_that_may_have_been_made_makes_the_outcome_unknown(
    error: Exception, outcome: str, place: int
) -> None:
    errors: list[Exception] = [response("ThrottlingException") for _ in range(ATTEMPTS)]
    errors[place] = error
    with pytest.raises(StoreUnavailable) as raised:
        write(Calls(*errors).put_item)
    assert raised.value.outcome == outcome


def test_a_read_has_changed_nothing_however_it_failed() -> None:
    with pytest.raises(StoreUnavailable) as raised:
        read(Calls(*[ReadTimeoutError(**ENDPOINT)] * ATTEMPTS).put_item)
    assert raised.value.outcome == "unchanged"


@pytest.mark.parametrize("is_retry", [True, False])
def test_a_condition_that_failed_comes_with_the_item_and_whether_it_may_be_ones_own(is_retry: bool) -> None:
    failed = response("ConditionalCheckFailedException", Item={"version": {"N": "2"}})
    with pytest.raises(ConditionFailed) as raised:
        write(Calls(*([ReadTimeoutError(**ENDPOINT)] if is_retry else []), failed).put_item)
    assert (raised.value.item, raised.value.is_retry) == ({"version": {"N": "2"}}, is_retry)


@pytest.mark.parametrize(
    ("errors", "kind", "code", "request_id"),
    [
        ([response("AccessDeniedException")], RequestRejected, "AccessDeniedException", "AWS-REQUEST-1"),
        ([response("ItemCollectionSizeLimitExceededException")], StorageFull, "ItemCollectionSize", "AWS-REQUEST-1"),
        ([response("SomethingNew", 503)] * ATTEMPTS, StoreUnavailable, "SomethingNew", "AWS-REQUEST-1"),
        ([ReadTimeoutError(**ENDPOINT)] * ATTEMPTS, StoreUnavailable, "", ""),
    ],
)
def test_an_error_carries_what_aws_says_of_it_and_no_message_of_aws(
    errors: list[Exception], kind: type[DynamoDBError], code: str, request_id: str
) -> None:
    with pytest.raises(kind) as raised:
        write(Calls(*errors).put_item)
    error = raised.value
    assert error.aws_code.startswith(code)
    assert (error.aws_operation, error.aws_request_id) == ("PutItem", request_id)
    assert "private" not in str(error)
