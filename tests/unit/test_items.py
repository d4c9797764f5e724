"""An expense comes out of the table as it went in, and its keys order it by category, date, recording and id."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, cast, get_args, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from api.dynamodb import stamped
from api.expenses.items import (
    AFTER_ALL,
    changed_item,
    from_item,
    index_key,
    item_of,
    position_of,
    state_of,
    to_item,
)
from api.expenses.states import State, deleted, purged, recorded
from api.models import Expense
from api.tables import BY_CATEGORY, BY_DATE, EXPENSES
from tests.contract.document import CONTRACT
from tests.seed import expense

strings = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
instants = st.datetimes(timezones=st.just(UTC)).map(
    lambda instant: instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
)
expenses = st.builds(
    expense,
    st.integers(0, 10**6),
    days,
    category=strings,
    payment_method=strings,
    notes=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    amount=st.decimals(-(10**12), 10**12, places=2),
    created_at=instants,
)


instants_of_deletion = st.datetimes(datetime(2020, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
states = st.one_of(
    st.builds(recorded, expenses),
    st.builds(deleted, expenses, instants_of_deletion),
    st.builds(purged, st.builds(deleted, expenses, instants_of_deletion)),
)


@given(expenses)
def test_an_expense_comes_back_as_it_was(kept: Expense) -> None:
    item = to_item("amina", kept, request_digest="")
    assert from_item(item) == kept
    assert isinstance(from_item(item)["amount"], Decimal)


@given(expenses, states)
def test_a_state_comes_back_as_it_was_and_keeps_what_is_not_of_it(before: Expense, state: State) -> None:
    item = {**stamped(to_item("amina", before, request_digest="d"), token="t"), "added_later": {"S": "x"}}
    changed = changed_item(item, state)
    assert state_of(changed) == state
    assert (changed["user_id"], changed["request_digest"]) == ({"S": "amina"}, {"S": "d"})
    assert ("added_later" in changed, "write_tokens" in changed) == (state.expense is not None,) * 2


@given(states)
def test_each_index_has_the_expenses_that_it_is_for(state: State) -> None:
    indexes = {index.name for index in EXPENSES.local_indexes if index.sort_key in item_of("amina", state, "")}
    is_purged = state.expense is None
    assert indexes - {"by_change"} == (
        {"by_date", "by_category"} if state.live else set() if is_purged else {"by_deletion"}
    )
    assert "by_change" in indexes


@given(states)
def test_only_what_is_deleted_expires(state: State) -> None:
    item = item_of("amina", state, "")
    assert (EXPENSES.ttl_attribute in item) == (state.live is None)


@given(expenses, instants_of_deletion)
def test_nothing_of_the_content_is_left_of_what_was_deleted_for_good(kept: Expense, now: datetime) -> None:
    item = stamped(to_item("amina", kept, request_digest="d"), token="t")
    bare = changed_item(changed_item(item, deleted(kept, now)), purged(deleted(kept, now)))
    assert bare.keys() == {
        "user_id", "expense_id", "version", "changed_at", "change_key", "deleted_at", "expires_at", "request_digest"
    }  # fmt: skip


def test_every_property_of_the_contract_has_its_attribute() -> None:
    whole = cast("Expense", {name: value or "x" for name, value in expense(1).items()})
    item = to_item("amina", whole, request_digest="")
    schemas = CONTRACT["components"]["schemas"]
    for name, schema in schemas["Expense"]["properties"].items():
        kind = schemas[schema["$ref"].rpartition("/")[2]]["type"] if "$ref" in schema else schema["type"]
        assert item[name].keys() == {"N" if kind in {"number", "integer"} else "S"}


def test_only_what_may_be_null_is_left_out_of_an_item() -> None:
    nullable = {name for name, hint in get_type_hints(Expense).items() if NoneType in get_args(hint)}
    whole = expense(1, notes="x")
    nothing = cast("Expense", {**whole, **dict.fromkeys(nullable)})
    left_out = to_item("amina", whole, "").keys() - to_item("amina", nothing, "").keys()
    assert left_out == {name for name in nullable if whole.get(name) is not None}
    assert "notes" in left_out


@given(expenses)
def test_the_key_of_each_index_has_the_position_of_its_expense(kept: Expense) -> None:
    item = to_item("amina", kept, request_digest="")
    position = (date.fromisoformat(kept["date"]), kept["created_at"], kept["expense_id"])
    assert [position_of(item[index.sort_key]["S"]) for index in (BY_DATE, BY_CATEGORY)] == [position] * 2


@given(expenses, expenses)
def test_a_days_expenses_are_ordered_by_when_they_were_recorded(one: Expense, other: Expense) -> None:
    other["date"] = one["date"]
    keys = [to_item("amina", row, request_digest="")["date_key"]["S"] for row in (one, other)]
    assert (keys[0] < keys[1]) == ((one["created_at"], one["expense_id"]) < (other["created_at"], other["expense_id"]))


@given(strings, strings, days, days, expenses)
def test_no_key_of_one_category_lies_among_those_of_another(
    one: str, other: str, first: date, last: date, kept: Expense
) -> None:
    def beginning(day: date) -> str:
        return index_key(BY_CATEGORY, {"category": one, "date": day.isoformat()})

    low, high = beginning(min(first, last)), beginning(max(first, last)) + AFTER_ALL
    values: Any = {**kept, "category": other, "date": first.isoformat()}
    assert (low <= index_key(BY_CATEGORY, values) <= high) == (one == other)


def test_the_keys_read_as_the_access_patterns_say() -> None:
    kept: Any = expense(1, category="Café #1", created_at="2025-06-14T18:22:05.123456Z")
    by_date = f"2025-06-14#2025-06-14T18:22:05.123456Z#{kept['expense_id']}"
    assert index_key(BY_DATE, kept) == by_date
    assert index_key(BY_CATEGORY, kept) == f"Café %231#{by_date}"
