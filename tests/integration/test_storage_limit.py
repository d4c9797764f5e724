"""A user whose expenses have reached the 10 GB of an item collection gets a problem that says so, and can make room."""

from datetime import date

import pytest

from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, refuse
from tests.gateway import Gateway
from tests.seed import expense, item

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash"}
KEPT = expense(1, date(2025, 6, 14))
PLACE = f"/expenses/{KEPT['expense_id']}"


@pytest.fixture
def full(remote: Gateway, server: DynamoDBServer, fake: FakeDynamoDB) -> Gateway:
    fake.put_item(Item=item("amina", KEPT))
    server.plan = {"PutItem": [refuse(400, "ItemCollectionSizeLimitExceededException")]}
    return remote


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_beyond_the_limit_is_a_problem_of_its_own(full: Gateway, server: DynamoDBServer, method: str) -> None:
    refused = full.post("/expenses", LUNCH) if method == "POST" else full.patch(PLACE, {"notes": "longer"})
    assert (refused.status, refused.json["type"]) == (409, "urn:problem-type:expenses:storage-full")
    assert server.requests.count("PutItem") == 1  # another attempt would not help


def test_a_delete_makes_room(full: Gateway) -> None:
    assert full.delete(PLACE).status == 204
