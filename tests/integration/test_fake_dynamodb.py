"""The table in memory does what moto's does: random operations on few keys find and leave the same in both."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.dynamodb import ItemChanged, ItemExists, ItemMissing, Table
from api.expenses.items import Position, to_item
from api.expenses.store import DynamoDBExpenseStore, Slice, Window
from api.models import Expense
from api.tables import EXPENSES
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import expense, expenses, item, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

ROWS = st.builds(
    lambda number, day, amount: expense(number, day, amount=amount),
    st.integers(1, 3),
    st.sampled_from([date(2025, 6, 14), date(2025, 6, 15)]),
    st.integers(0, 3),
)
OPERATIONS = st.lists(st.tuples(st.sampled_from(["insert", "replace", "delete", "get"]), ROWS), max_size=25)


class _Both:
    """What both tables are asked, one after the other, with what each was read to be last."""

    def __init__(self, client: "DynamoDBClient", fake: Any) -> None:
        self.tables = [Table(client, "expenses", EXPENSES), Table(fake, "expenses", EXPENSES)]
        self._seen: list[dict[str, Any]] = [{}, {}]

    def make(self, operation: str, row: Expense) -> list[object]:
        return [self._make(table, seen, operation, row) for table, seen in zip(self.tables, self._seen, strict=True)]

    def _make(self, table: Table, seen: dict[str, Any], operation: str, row: Expense) -> object:
        expense_id = row["expense_id"]
        made: dict[str, Callable[[], object]] = {
            "insert": lambda: table.insert(to_item("amina", row, "")),
            "replace": lambda: table.replace(seen[expense_id], to_item("amina", row, "")),
            "delete": lambda: table.delete(seen[expense_id]),
            "get": lambda: seen.update({expense_id: table.get("amina", expense_id)}),
        }
        if operation in {"replace", "delete"} and expense_id not in seen:
            return None
        try:
            made[operation]()
        except (ItemChanged, ItemExists) as error:
            return type(error), without_tokens(error.item)
        except ItemMissing as error:
            return type(error)
        return without_tokens(seen.get(expense_id, {}))


def without_tokens(found: Any) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "write_tokens"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPERATIONS)
def test_every_write_finds_and_leaves_the_same(client: "DynamoDBClient", made: list[tuple[str, Expense]]) -> None:
    for kept in client.scan(TableName="expenses")["Items"]:
        client.delete_item(
            TableName="expenses", Key={name: kept[name] for name in (EXPENSES.partition_key, EXPENSES.sort_key)}
        )
    fake: Any = FakeDynamoDB(EXPENSES)
    both = _Both(client, fake)
    for operation, row in made:
        by_moto, by_fake = both.make(operation, row)
        assert by_moto == by_fake
    left = sorted(client.scan(TableName="expenses")["Items"], key=lambda kept: kept["expense_id"]["S"])
    assert [without_tokens(kept) for kept in left] == [without_tokens(kept) for kept in fake.items]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("category", [None, "Food", "Food#2025-06-15"])
@pytest.mark.parametrize("limit", [7, 60])
def test_every_query_finds_the_same(
    client: "DynamoDBClient", newest_first: bool, category: str | None, limit: int
) -> None:
    rows = expenses(60, days=15)
    put(client, "amina", rows)
    fake: Any = FakeDynamoDB(EXPENSES, (item("amina", row) for row in rows))
    window = Window(date(2020, 1, 2), date(2020, 1, 12))

    def found_in(a_client: Any) -> list[Expense]:
        store = DynamoDBExpenseStore(a_client, "expenses")
        found: list[Expense] = []
        after: Position | None = None
        while True:
            part: Slice = store.query("amina", category, window, newest_first=newest_first, limit=limit, after=after)
            found += part.expenses
            after = part.more_after
            if after is None:
                return found

    assert found_in(fake) == found_in(client)
    assert found_in(fake)


def test_an_expression_that_it_does_not_know_is_refused() -> None:
    fake = FakeDynamoDB(EXPENSES)
    with pytest.raises(NotImplementedError, match="amount > :most"):
        fake.put_item(
            Item=item("amina", expense(1, date(2025, 6, 14))),
            ConditionExpression="amount > :most",
            ExpressionAttributeValues={":most": {"N": "1"}},
        )
