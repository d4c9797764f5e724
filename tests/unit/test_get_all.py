"""Many items read at once: what DynamoDB had no capacity for is asked for again, and never taken for missing."""

from typing import Any, cast

import pytest

from api.dynamodb import StoreUnavailable, Table
from api.tables import RECORDS

KEYS = ["a", "b", "c"]


class Throttled:
    """A client of a table that has every item, and returns at most so many of them at once."""

    def __init__(self, most: int) -> None:
        self.asked: list[list[str]] = []
        self._most = most

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 — DynamoDB's
        wanted = RequestItems["records"]
        assert wanted["ConsistentRead"]
        self.asked.append([key["record_key"]["S"] for key in wanted["Keys"]])
        found, rest = wanted["Keys"][: self._most], wanted["Keys"][self._most :]
        unprocessed = {"records": {**wanted, "Keys": rest}} if rest else {}
        return {"Responses": {"records": found}, "UnprocessedKeys": unprocessed}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.deadline.time.sleep", lambda _: None)


def table_of(client: Throttled) -> Table:
    return Table(cast("Any", client), "records", RECORDS)


def test_what_there_was_no_capacity_for_is_asked_for_again() -> None:
    client = Throttled(most=1)
    assert [*table_of(client).get_all("amina", KEYS)] == KEYS
    assert client.asked == [["a", "b", "c"], ["b", "c"], ["c"]]


def test_what_is_never_returned_is_not_taken_for_missing() -> None:
    with pytest.raises(StoreUnavailable):
        table_of(Throttled(most=0)).get_all("amina", KEYS)
