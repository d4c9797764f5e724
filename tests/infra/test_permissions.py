"""What the Lambda's role allows, against what the API really calls."""

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import ApiClient
from tests.infra.recording import JSON, opened, recorded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLES = {
    name: f"arn:aws:dynamodb:eu-west-1:123456789012:table/{deployed}"
    for name, deployed in {"expenses": "expenses-prod", "records": "expenses-prod-records"}.items()
}
"""The ARN of each deployed table, by the name that it has here."""
PARTS_OF_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""What IAM asks for in place of TransactWriteItems, which is no action of its own.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
"""

Call = tuple[str, str]
"""An action of IAM's and the ARN that it is done to."""


def grants() -> set[Call]:
    """Each action that the Lambda's role allows, with its resource."""
    policy = opened(recorded("prod").one("RolePolicy").inputs["policy"])[JSON]
    granted = set()
    for statement in policy["Statement"]:
        resources = statement["Resource"]
        granted |= set(product(statement["Action"], [resources] if isinstance(resources, str) else resources))
    return granted


@pytest.fixture
def calls(client: "DynamoDBClient", api: ApiClient) -> set[Call]:
    """Every call of DynamoDB that the API's use cases make."""
    made: set[Call] = set()

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        made.update(authorized(model.name, params))

    client.meta.events.register("provide-client-params.dynamodb.*", note)
    use_the_api(api)
    return made


def authorized(operation: str, params: dict[str, Any]) -> Iterator[Call]:
    """What IAM asks for a call of DynamoDB: for a transaction, each of its parts."""
    for entry in params.get("TransactItems", []):
        for part, its_params in entry.items():
            yield from authorized(PARTS_OF_A_TRANSACTION[part], its_params)
    for name in params.get("RequestItems", {}):
        yield f"dynamodb:{operation}", TABLES[name]
    if not {"TransactItems", "RequestItems"} & params.keys():
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{operation}", TABLES[params["TableName"]] + index


def use_the_api(api: ApiClient) -> None:
    """Each operation, in each way that it reaches the tables."""
    api.get("/health")
    body = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
    created = api.post("/expenses", body, **{"Idempotency-Key": "a"})
    assert api.post("/expenses", body, **{"Idempotency-Key": "a"}).status == 201
    url = f"/expenses/{created.json['expense_id']}"
    assert api.get(url).status == 200
    assert api.patch(url, {"amount": 13}, **{"If-Match": created.headers["ETag"]}).status == 200
    assert api.patch(url, {"date": "2025-07-01", "category": "Rent", "notes": None}).status == 200
    for query in filters():
        assert api.get(f"/expenses{query}").status == 200
    assert api.delete(url, **{"If-Match": '"9"'}).status == 412
    assert api.get("/summary?date_from=2025-05-25&date_to=2025-08-24&group_by=category").status == 200
    budget = {"category": "Rent", "currency": "EUR", "amount": 100, "from": "2025-07", "carry_over": "both"}
    assert [api.put("/budgets", {**budget, "amount": amount}).status for amount in (100, 90)] == [200, 200]
    rent = {**body, "category": "Rent", "first": "2025-05-31", "every": {"count": 1, "unit": "month"}, "times": 2}
    del rent["date"]
    place = api.post("/recurrences", rent).headers["Location"]
    assert api.post("/categories/rename", {"from": "Rent", "to": "Home"}).json["moved"] == 1
    assert [api.get(path).status for path in ("/recurrences", "/recurrences/due", place)] == [200] * 3
    assert api.patch(place, {"skipped": ["2025-05-31"]}).json["category"] == "Home"
    assert api.post("/recurrences/record", {}).json["count"] == 1
    assert api.delete(place).status == 204
    assert api.get("/budgets/status?year=2025&month=August").json["count"] == 1
    assert api.delete("/budgets?category=Home&currency=EUR").status == 204
    assert api.delete(url).status == 204
    assert api.get(url).status == 404
    assert api.get("/trash").status == 200
    assert api.post(f"{url}/restore", None).status == 200
    assert api.delete(url).status == 204
    assert api.delete(url.replace("expenses", "trash")).status == 204
    assert api.delete("/trash").status == 200
    assert api.get("/changes").status == 200
    line = "date,amount,category,payment_method\n2025-06-14,1,Food,Cash\n"
    assert api.send("POST", "/import", {"Content-Type": "text/csv"}, line).json["recorded"] == 1
    assert api.get("/export").status == 200
    assert api.post("/erase", {"confirm": "erase everything"}).json["done"]


def filters() -> Iterator[str]:
    yield ""
    for month in ("", "month=July"):
        for year in ("", "year=2025"):
            for category in ("", "category=Rent"):
                for rest in ("", "limit=1&sort=date", "q=x&min_amount=1&payment_method=Cash", "date_from=2025-01-01"):
                    yield "?" + "&".join(part for part in (month, year, category, rest) if part)


def test_each_call_that_the_api_makes_is_allowed(calls: set[Call]) -> None:
    assert calls - grants() == set()


def test_nothing_in_dynamodb_is_allowed_that_the_api_never_calls(calls: set[Call]) -> None:
    granted = {(action, resource) for action, resource in grants() if action.startswith("dynamodb:")}
    assert granted - calls == set()


def test_the_rest_that_is_allowed_is_to_log_and_to_trace() -> None:
    rest = {action for action, _ in grants() if not action.startswith("dynamodb:")}
    assert rest == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_rights_that_go_are_kept_until_the_new_code_is_there() -> None:
    policy, function = recorded("prod").one("RolePolicy"), recorded("prod").one("Function")
    # A replaced policy is made before the function that depends on it, and the old one is deleted at the end.
    assert policy.request.replaceOnChanges == ["policy"]
    assert not policy.request.deleteBeforeReplace
    assert policy.urn in function.request.dependencies
