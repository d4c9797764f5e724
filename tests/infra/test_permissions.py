"""What the Lambda's role allows, against what the API really calls."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.gateway import Gateway
from tests.infra.recording import recorded
from tests.infra.statements import grants

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/expenses-prod"

Call = tuple[str, str]
"""An action of IAM's and the ARN that it is done to."""


@pytest.fixture
def calls(client: "DynamoDBClient", gateway: Gateway) -> set[Call]:
    """Every call of DynamoDB that the API's use cases make."""
    made: set[Call] = set()

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        made.add((f"dynamodb:{model.name}", TABLE + index))

    client.meta.events.register("provide-client-params.dynamodb.*", note)
    use_the_api(gateway)
    return made


def use_the_api(gateway: Gateway) -> None:
    """Each operation, in each way that it reaches the table."""
    gateway.get("/health")
    body = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
    created = gateway.post("/expenses", body, **{"Idempotency-Key": "a"})
    assert gateway.post("/expenses", body, **{"Idempotency-Key": "a"}).status == 201
    url = f"/expenses/{created.json['expense_id']}"
    assert gateway.get(url).status == 200
    assert gateway.patch(url, {"amount": 13}, **{"If-Match": created.headers["ETag"]}).status == 200
    assert gateway.patch(url, {"date": "2025-07-01", "category": "Rent", "notes": None}).status == 200
    for query in filters():
        assert gateway.get(f"/expenses{query}").status == 200
    assert gateway.delete(url, **{"If-Match": '"9"'}).status == 412
    assert gateway.delete(url).status == 204
    assert gateway.get(url).status == 404


def filters() -> Iterator[str]:
    yield ""
    for month in ("", "month=July"):
        for year in ("", "year=2025"):
            for category in ("", "category=Rent"):
                for rest in ("", "limit=1&sort=date", "q=x&min_amount=1&payment_method=Cash", "date_from=2025-01-01"):
                    yield "?" + "&".join(part for part in (month, year, category, rest) if part)


def test_each_call_that_the_api_makes_is_allowed(calls: set[Call]) -> None:
    assert calls - grants(recorded("prod")) == set()


def test_nothing_in_dynamodb_is_allowed_that_the_api_never_calls(calls: set[Call]) -> None:
    granted = {(action, resource) for action, resource in grants(recorded("prod")) if action.startswith("dynamodb:")}
    assert granted - calls == set()


def test_the_rest_that_is_allowed_is_to_log_and_to_trace() -> None:
    rest = {action for action, _ in grants(recorded("prod")) if not action.startswith("dynamodb:")}
    assert rest == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_rights_that_go_are_kept_until_the_new_code_is_there() -> None:
    policy, function = recorded("prod").one("RolePolicy"), recorded("prod").one("Function")
    # A replaced policy is made before the function that depends on it, and the old one is deleted at the end.
    assert policy.replace_on_changes == ("policy",)
    assert not policy.delete_before_replace
    assert policy.urn in function.depends_on
