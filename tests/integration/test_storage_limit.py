"""A user whose expenses have reached the 10 GB of an item collection gets a problem that says so, and can make room."""

import pytest

from api.tables import EXPENSES
from bench.capacity import item_bytes
from tests.client import ApiClient
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.dynamodb_server import DynamoDBServer, cancel, refuse
from tests.seed import expense, put

LUNCH = {"category": "Food", "amount": 12.35, "payment_method": "Cash"}
KEPT = expense(1)
PLACE = f"/expenses/{KEPT['expense_id']}"


@pytest.fixture
def full(remote: ApiClient, server: DynamoDBServer, fake: FakeDynamoDB) -> ApiClient:
    put(fake, "amina", [KEPT])
    server.plan = {
        "TransactWriteItems": [cancel("ItemCollectionSizeLimitExceeded", "None")],
        "PutItem": [refuse(400, "ItemCollectionSizeLimitExceededException")],
    }
    return remote


@pytest.mark.parametrize(
    ("method", "body"), [("POST", LUNCH), ("PATCH", {"amount": 1}), ("PATCH", {"notes": "longer"})]
)
def test_a_write_beyond_the_limit_is_a_problem_of_its_own(
    full: ApiClient, server: DynamoDBServer, method: str, body: dict[str, object]
) -> None:
    refused = full.post("/expenses", body) if method == "POST" else full.patch(PLACE, body)
    assert (refused.status, refused.json["type"]) == (409, "urn:problem-type:expenses:storage-full")
    writes = [operation for operation in server.requests if operation in server.plan]
    assert len(writes) == 1  # another attempt would not help


def test_a_deletion_and_a_deletion_for_good_each_make_room(remote: ApiClient, fake: FakeDynamoDB) -> None:
    """What makes an item collection smaller is allowed beyond its limit.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections.SizeLimit
    """
    put(fake, "amina", [KEPT])
    sizes = [collection_bytes(fake)]
    for path in (PLACE, PLACE.replace("expenses", "trash")):
        remote.delete(path)
        sizes.append(collection_bytes(fake))
    assert sizes == sorted(sizes, reverse=True)


def collection_bytes(fake: FakeDynamoDB) -> int:
    """Return the size of a user's expenses: of each item, and once more for each index that has it."""
    return sum(
        item_bytes(kept) * (1 + sum(index.sort_key in kept for index in EXPENSES.local_indexes)) for kept in fake.items
    )
