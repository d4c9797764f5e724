"""The trash over moto, which looks ahead whether there is more after a page, as DynamoDB may."""

import pytest

from api.trash.service import MAX_PURGED
from tests.client import ApiClient

LUNCH = {"category": "Food", "amount": 12, "payment_method": "Cash", "date": "2025-06-14"}


@pytest.mark.parametrize("more", [0, 1])
def test_the_trash_is_not_done_while_there_is_anything_in_it(api: ApiClient, more: int) -> None:
    for _ in range(MAX_PURGED + more):
        api.delete(f"/expenses/{api.post('/expenses', LUNCH).json['expense_id']}")

    first = api.delete("/trash").json
    assert first == {"purged": MAX_PURGED, "done": not more}
    assert len(api.get("/trash?limit=100").json["items"]) == more
    assert api.delete("/trash").json == {"purged": more, "done": True}
