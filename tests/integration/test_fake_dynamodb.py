"""The table in memory does what moto's does: random operations on few keys find and leave the same in both."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.dynamodb import Item, ItemChanged, ItemExists, ItemMissing, Table, TransactItem
from api.expenses.filters import Window
from api.expenses.items import Position, to_item
from api.expenses.store import DynamoDBExpenseStore, Slice
from api.models import Expense
from api.tables import EXPENSES, RECORDS
from tests.fakes.dynamodb import TABLES, FakeDynamoDB
from tests.seed import expense, expenses, item, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROWS = st.builds(
    lambda number, day, amount: expense(number, day, amount=amount),
    st.integers(1, 3),
    st.sampled_from([date(2025, 6, 14), date(2025, 6, 15)]),
    st.integers(0, 3),
)
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
ADDITIONS = st.dictionaries(st.sampled_from(["June", "July"]), AMOUNTS, max_size=2)
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["insert", "replace", "make anew", "get"]), ROWS, ADDITIONS), max_size=25
)


def adding(cell: str, amount: Decimal) -> TransactItem:
    """Return what adds an amount and a count to a record."""
    update = {
        "TableName": "records",
        "Key": RECORDS.key("amina", cell),
        "UpdateExpression": "ADD spent :amount, purchases :one",
        "ExpressionAttributeValues": {":amount": {"N": str(amount)}, ":one": {"N": "1"}},
    }
    return {"Update": update}


class _Both:
    """What both tables are asked, one after the other, with what each was read to be last."""

    def __init__(self, client: "DynamoDBClient", fake: Any) -> None:
        self.tables = [Table(client, "expenses", EXPENSES), Table(fake, "expenses", EXPENSES)]
        self._seen: list[dict[str, Any]] = [{}, {}]

    def make(self, operation: str, row: Expense, alongside: list[TransactItem]) -> list[object]:
        return [
            self._make(table, seen, operation, row, alongside)
            for table, seen in zip(self.tables, self._seen, strict=True)
        ]

    def _make(
        self, table: Table, seen: dict[str, Any], operation: str, row: Expense, alongside: list[TransactItem]
    ) -> object:
        expense_id = row["expense_id"]
        item = to_item("amina", row, "")
        made: dict[str, Callable[[], object]] = {
            "insert": lambda: table.insert(item, alongside),
            "replace": lambda: table.replace(seen[expense_id], item, alongside),
            "make anew": lambda: table.replace(seen[expense_id], item, alongside, is_made_anew=True),
            "get": lambda: seen.update({expense_id: table.get("amina", expense_id)}),
        }
        if operation in {"replace", "make anew"} and expense_id not in seen:
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


def with_numbers(records: Iterable[Any]) -> list[Any]:
    """Return records in order, with numbers for what DynamoDB writes as digits."""
    read = [
        {name: Decimal(value["N"]) if "N" in value else value for name, value in record.items()} for record in records
    ]
    return sorted(read, key=lambda record: record["record_key"]["S"])


@pytest.fixture
def emptied(client: "DynamoDBClient") -> Callable[[], None]:
    """Empties moto's tables."""

    def empty() -> None:
        for name, definition in TABLES.items():
            for kept in client.scan(TableName=name)["Items"]:
                key = {attribute: kept[attribute] for attribute in (definition.partition_key, definition.sort_key)}
                client.delete_item(TableName=name, Key=key)

    return empty


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPERATIONS)
def test_every_write_finds_and_leaves_the_same(
    client: "DynamoDBClient", emptied: Callable[[], None], made: list[tuple[str, Expense, dict[str, Decimal]]]
) -> None:
    emptied()
    fake: Any = FakeDynamoDB()
    both = _Both(client, fake)
    for operation, row, additions in made:
        by_moto, by_fake = both.make(operation, row, [adding(*each) for each in additions.items()])
        assert by_moto == by_fake
    left = sorted(client.scan(TableName="expenses")["Items"], key=lambda kept: kept["expense_id"]["S"])
    assert [without_tokens(kept) for kept in left] == [without_tokens(kept) for kept in fake.items]
    assert with_numbers(client.scan(TableName="records")["Items"]) == with_numbers(fake.items_of("records"))


def reasons(a_client: Any, *entries: TransactItem) -> list[dict[str, Any]]:
    """Return why a transaction was cancelled, without the wording."""
    with pytest.raises(ClientError) as error:
        a_client.transact_write_items(TransactItems=entries)
    response: Any = error.value.response
    assert response["Error"]["Code"] == "TransactionCanceledException"
    told: list[dict[str, Any]] = response["CancellationReasons"]
    return [{name: reason[name] for name in ("Code", "Item") if name in reason} for reason in told]


def test_a_cancelled_transaction_gives_the_same_reasons_and_changes_nothing(client: "DynamoDBClient") -> None:
    kept = item("amina", expense(1))
    fake: Any = FakeDynamoDB()
    for a_client in (client, fake):
        a_client.put_item(TableName="expenses", Item=kept)
    put = {
        "TableName": "expenses",
        "Item": kept,
        "ConditionExpression": "attribute_not_exists(user_id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    check = {
        "TableName": "records",
        "Key": RECORDS.key("amina", "July"),
        "ConditionExpression": "attribute_exists(user_id)",
    }
    entries: list[TransactItem] = [{"Put": put}, adding("June", Decimal(1)), {"ConditionCheck": check}]
    assert reasons(fake, *entries) == reasons(client, *entries)
    assert reasons(fake, *entries) == [
        {"Code": "ConditionalCheckFailed", "Item": kept},
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed"},
    ]
    assert fake.items_of("records") == client.scan(TableName="records")["Items"] == []


@pytest.mark.parametrize("kept", [{}, {"purchases": {"N": "0"}}, {"purchases": {"N": "1"}}], ids=["absent", "0", "1"])
def test_a_condition_with_an_alternative_holds_for_the_same_items(client: "DynamoDBClient", kept: Item) -> None:
    fake: Any = FakeDynamoDB()
    key = RECORDS.key("amina", "total#2025-06")
    codes = []
    for a_client in (client, fake):
        a_client.put_item(TableName="records", Item={**key, **kept})
        try:
            a_client.update_item(
                TableName="records",
                Key=key,
                UpdateExpression="ADD spent :amount",
                ConditionExpression="(purchases = :seen OR attribute_not_exists(purchases))",
                ExpressionAttributeValues={":amount": {"N": "5"}, ":seen": {"N": "0"}},
            )
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert codes == ["ConditionalCheckFailedException"] * (2 if kept == {"purchases": {"N": "1"}} else 0)


def test_items_by_their_keys_are_the_same(client: "DynamoDBClient") -> None:
    rows = expenses(5)
    put(client, "amina", rows)
    fake: Any = FakeDynamoDB(item("amina", row) for row in rows)
    keys = [EXPENSES.key("amina", row["expense_id"]) for row in rows[:3]]
    keys += [EXPENSES.key("ben", rows[4]["expense_id"]), EXPENSES.key("amina", "unknown")]
    by_moto, by_fake = (
        a_client.batch_get_item(RequestItems={"expenses": {"Keys": keys, "ConsistentRead": True}})
        for a_client in (client, fake)
    )
    assert by_fake["UnprocessedKeys"] == by_moto["UnprocessedKeys"] == {}
    found = [sorted(each["Responses"]["expenses"], key=str) for each in (by_moto, by_fake)]
    assert found[0] == found[1] != []
    for a_client in (client, fake):
        with pytest.raises(ClientError, match="ValidationException"):
            a_client.batch_get_item(RequestItems={"expenses": {"Keys": [keys[0], keys[0]]}})


def test_two_writes_of_one_item_are_no_transaction(client: "DynamoDBClient") -> None:
    clients: tuple[Any, ...] = (client, FakeDynamoDB())
    for a_client in clients:
        with pytest.raises(ClientError, match="ValidationException"):
            a_client.transact_write_items(TransactItems=[adding("June", Decimal(1))] * 2)


def test_a_write_of_what_a_transaction_keeps_conflicts_with_it() -> None:
    """As DynamoDB has it, and moto has not.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    fake = FakeDynamoDB()
    fake.transaction_seconds = 0.2
    update = adding("June", Decimal(1))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(fake.transact_write_items, TransactItems=[update])
        time.sleep(0.1)
        assert reasons(fake, update, adding("July", Decimal(1))) == [{"Code": "TransactionConflict"}, {"Code": "None"}]
        with pytest.raises(ClientError, match="TransactionConflictException"):
            fake.update_item(**update["Update"])
        assert first.result() == {}
    (record,) = fake.items_of("records")
    assert record["spent"] == {"N": "1"}


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("category", [None, "Food", "Food#2025-06-15"])
@pytest.mark.parametrize("limit", [7, 60])
def test_every_query_finds_the_same(
    client: "DynamoDBClient", newest_first: bool, category: str | None, limit: int
) -> None:
    rows = expenses(60, days=15)
    put(client, "amina", rows)
    fake: Any = FakeDynamoDB(item("amina", row) for row in rows)
    window = Window(date(2020, 1, 2), date(2020, 1, 12))

    def found_in(a_client: Any) -> list[Expense]:
        store = DynamoDBExpenseStore(a_client, "expenses", lambda *_: ())
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


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_table_itself_is_queried_the_same(client: "DynamoDBClient", newest_first: bool) -> None:
    fake: Any = FakeDynamoDB()

    def found_in(a_client: Any) -> list[str]:
        for number in range(9):
            a_client.put_item(TableName="records", Item=RECORDS.key("amina", f"total#2025-0{number}"))
        response = Table(a_client, "records", RECORDS).query(
            None,
            KeyConditionExpression="user_id = :user AND record_key BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":user": {"S": "amina"},
                ":first": {"S": "total#2025-02"},
                ":last": {"S": "total#2025-07~"},
            },
            ExclusiveStartKey=RECORDS.key("amina", "total#2025-05"),
            ScanIndexForward=not newest_first,
            Limit=9,
        )
        return [item["record_key"]["S"] for item in response["Items"]]

    assert found_in(fake) == found_in(client)
    assert len(found_in(fake)) == (3 if newest_first else 2)


def test_an_expression_that_it_does_not_know_is_refused() -> None:
    fake = FakeDynamoDB()
    with pytest.raises(NotImplementedError, match="amount > :most"):
        fake.put_item(
            TableName="expenses",
            Item=item("amina", expense(1)),
            ConditionExpression="amount > :most",
            ExpressionAttributeValues={":most": {"N": "1"}},
        )
