"""The expenses of all users, in DynamoDB. No other module of this package knows the table.

One item an expense, under its owner's partition. Local secondary indexes order a user's expenses: `by_date` the live
ones, `by_category` those of each category, `by_change` all of them, and `by_deletion` those in the trash. A query is a
key condition and no more, so it reads what it returns: 1 read unit for each 4 KB.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from api.dynamodb import Item, ItemChanged, ItemExists, ItemMissing, ItemsChanged, ItemWrite, Table, TransactItem
from api.expenses.errors import ExpenseChanged, ExpenseNotFound
from api.expenses.filters import Window
from api.expenses.items import (
    AFTER_ALL,
    REQUEST_DIGEST,
    Position,
    changed_item,
    from_item,
    index_key,
    item_of,
    position_of,
    state_of,
)
from api.expenses.states import BeforeAndAfter, InstantPosition, State, States
from api.models import Expense
from api.tables import BY_CATEGORY, BY_CHANGE, BY_DATE, BY_DELETION, EXPENSES, LocalIndex

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Alongside: TypeAlias = Callable[[str, Sequence[BeforeAndAfter]], Sequence[TransactItem]]
"""Returns what writes of a user's expenses move elsewhere, at most two entries for each of them and one where it is new
or goes. It is written in one transaction with the expenses."""
MAX_RECORDED = 50
"""How many expenses are recorded together: each may move a cell, and a transaction has 100 writes."""
MAX_CHANGED = 33
"""How many are changed together: each may move two cells."""
MAX_ERASED = 49
"""How many are erased together: each may move a cell, and there is the mark of the erasure."""


class Stored(NamedTuple):
    """What there was under an id when it was read; a write upon it is made only while its item is still this one."""

    state: State
    item: Item

    @property
    def request_digest(self) -> str:
        """The digest of the request that recorded the expense by an idempotency key; else it is empty."""
        digest: str = self.item[REQUEST_DIGEST]["S"]
        return digest


class Slice(NamedTuple):
    """What one query found; `more_after` is where to go on, or None when the window is exhausted."""

    expenses: list[Expense]
    more_after: Position | None


class AlreadyRecorded(Exception):
    """Another request recorded an expense with this id; `stored` is what there is now."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        super().__init__("There is an expense with this id.")


class Write(NamedTuple):
    """A write of one expense among others, upon what there was when it was read."""

    before: Stored | None
    """None where there was nothing."""
    after: State | None
    """None where nothing is to be left, not even a deletion."""
    request_digest: str | None = None
    """Of the request that records it; None where it is not recorded but changed."""


class ExpensesChanged(Exception):
    """Some of the expenses to be written together are not as they were read, so that none was written.

    `found` has what there is of these by the position of their write, None where there is nothing.
    """

    def __init__(self, found: Mapping[int, Stored | None]) -> None:
        self.found = found
        super().__init__("Some expenses have been changed.")


class OthersChanged(Exception):
    """Some of the other items to be written with expenses are not as they were read, so that nothing was written."""


class DynamoDBExpenseStore:
    """Where expenses are kept. A method stays in the partition of the user whom it takes, or whose expense it takes.

    Any method may raise `StoreUnavailable`, and those that write `StorageFull`. A write of the expense alone costs 1
    write unit for each KB and 1 for each entry of an index that it writes: an entry that moves is written twice. In a
    transaction with what is alongside it costs twice as much.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str, alongside: Alongside) -> None:
        self._table = Table(client, table_name, EXPENSES)
        self._alongside = alongside

    def add(self, user_id: str, state: State, request_digest: str) -> None:
        """Record a new expense, with 3 entries of indexes. Raises `AlreadyRecorded`."""
        alongside = self._alongside(user_id, [(None, state.live)])
        try:
            self._table.insert(item_of(user_id, state, request_digest), alongside)
        except ItemExists as error:
            raise AlreadyRecorded(Stored(state_of(error.item), error.item)) from None

    def get(self, user_id: str, expense_id: str) -> Stored:
        """Return what there is under an id now, at 1 read unit for each 4 KB. Raises `ExpenseNotFound`."""
        try:
            item = self._table.get(user_id, expense_id)
        except ItemMissing:
            raise ExpenseNotFound from None
        return Stored(state_of(item), item)

    def get_all(self, user_id: str, expense_ids: Collection[str]) -> dict[str, Stored]:
        """Return what there is now under at most 100 ids, by id; an id without anything costs 1 read unit, too."""
        items = self._table.get_all(user_id, expense_ids)
        return {expense_id: Stored(state_of(item), item) for expense_id, item in items.items()}

    def replace(self, stored: Stored, state: State) -> None:
        """Write another state over the one that was read. Raises `ExpenseNotFound` and `ExpenseChanged`.

        It writes 4 to 6 entries of indexes where it stays live, and 5 where it is deleted.
        """
        self._replace(stored, changed_item(stored.item, state), state, is_made_anew=False)

    def record_anew(self, stored: Stored, state: State, request_digest: str) -> None:
        """Record another expense over what was read, with 4 or 5 entries of indexes.

        Raises `ExpenseNotFound` and `ExpenseChanged`.
        """
        user_id = stored.item[EXPENSES.partition_key]["S"]
        self._replace(stored, item_of(user_id, state, request_digest), state, is_made_anew=True)

    def _replace(self, stored: Stored, item: Item, state: State, *, is_made_anew: bool) -> None:
        alongside = self._alongside(item[EXPENSES.partition_key]["S"], [(stored.state.live, state.live)])
        try:
            self._table.replace(stored.item, item, alongside, is_made_anew=is_made_anew)
        except ItemMissing:
            raise ExpenseNotFound from None
        except ItemChanged as error:
            raise ExpenseChanged(state_of(error.item).version) from None

    def write_all(
        self,
        user_id: str,
        writes: Sequence[Write],
        also: Sequence[TransactItem] = (),
        others: Sequence[ItemWrite] = (),
    ) -> None:
        """Make all writes together with what `also` is to be written and those of `others`, items elsewhere, or none.

        Each cell is moved once, and each write costs what it costs alone in a transaction. Raises `OthersChanged`, and
        where only expenses have changed `ExpensesChanged`.
        """
        moves = [(before.state.live if before else None, after.live if after else None) for before, after, _ in writes]
        alongside = [*self._alongside(user_id, moves), *also]
        try:
            self._table.write_all([*(_item_write(user_id, write) for write in writes), *others], alongside)
        except ItemsChanged as error:
            if any(at >= len(writes) for at in error.items):
                raise OthersChanged from None
            found = {at: Stored(state_of(item), item) if item else None for at, item in error.items.items()}
            raise ExpensesChanged(found) from None

    def in_category(self, user_id: str, category: str, limit: int) -> list[Stored]:
        """Return at most `limit` live expenses of a category, the latest date first, by one query."""
        first = index_key(BY_CATEGORY, {"category": category}) + "#"
        items, _ = self._query(BY_CATEGORY, user_id, (first, first + "~"), None, newest_first=True, limit=limit)
        return [Stored(state_of(item), item) for item in items]

    def any_of(self, user_id: str, limit: int) -> list[Stored]:
        """Return at most `limit` of all that there is, live and deleted, the earliest change first, by one query."""
        items, _ = self._query(BY_CHANGE, user_id, ("0", "9" + AFTER_ALL), None, newest_first=False, limit=limit)
        return [Stored(state_of(item), item) for item in items]

    def latest_before(self, user_id: str, category: str | None) -> Expense | None:
        """Return the latest live expense of the last category that sorts before this one, or of the last one of all.

        One query at 1 read unit: the last key before all of a category is the latest of another one.
        """
        last = _AFTER_ALL_CATEGORIES if category is None else index_key(BY_CATEGORY, {"category": category}) + "#"
        items, _ = self._query(BY_CATEGORY, user_id, (" ", last), None, newest_first=True, limit=1)
        return from_item(items[0]) if items else None

    def query(
        self,
        user_id: str,
        category: str | None,
        window: Window,
        *,
        newest_first: bool,
        limit: int,
        after: Position | None = None,
    ) -> Slice:
        """Return at most `limit` expenses of a window, in order, of one category or of all; `after` lies inside it.

        One query: it reads just what it returns, and sees every earlier write.
        """
        index = BY_DATE if category is None else BY_CATEGORY
        chosen = {} if category is None else {"category": category}
        first, last = (index_key(index, {**chosen, "date": day.isoformat()}) for day in window)
        start = None
        if after is not None:
            values = {
                "date": after.day.isoformat(),
                "created_at": after.created_at,
                "expense_id": after.expense_id,
            }
            start = (index_key(index, {**chosen, **values}), after.expense_id)
        between = (first, last + AFTER_ALL)
        items, last_key = self._query(index, user_id, between, start, newest_first=newest_first, limit=limit)
        return Slice([from_item(item) for item in items], position_of(last_key) if last_key else None)

    def changes(self, user_id: str, limit: int, after: InstantPosition) -> States:
        """Return at most `limit` states of live and deleted expenses, the earliest change first, by one query."""
        since, start = ("", after) if after.expense_id else (after.instant, None)
        return self._states(BY_CHANGE, user_id, since, limit, start, newest_first=False)

    def deletions(self, user_id: str, since: str, limit: int, after: InstantPosition | None = None) -> States:
        """Return at most `limit` states in the trash, deleted at `since` or later, the latest first, by one query."""
        if after is not None and after.instant < since:
            return States([], None)
        return self._states(BY_DELETION, user_id, since, limit, after, newest_first=True)

    def _states(
        self,
        index: LocalIndex,
        user_id: str,
        first: str,
        limit: int,
        after: InstantPosition | None,
        *,
        newest_first: bool,
    ) -> States:
        start = ("#".join(after), after.expense_id) if after else None
        between = (first or "0", "9" + AFTER_ALL)
        items, last_key = self._query(index, user_id, between, start, newest_first=newest_first, limit=limit)
        return States([state_of(item) for item in items], InstantPosition(*last_key.split("#")) if last_key else None)

    def _query(
        self,
        index: LocalIndex,
        user_id: str,
        between: tuple[str, str],
        start: tuple[str, str] | None,
        *,
        newest_first: bool,
        limit: int,
    ) -> tuple[list[Item], str | None]:
        """Return the items between two keys of an index, and the last key where there may be more.

        `start` has the key of the index and the id after which it goes on.
        """
        values = zip((":user_id", ":first", ":last"), (user_id, *between), strict=True)
        after: dict[str, Any] = {}
        if start:
            after["ExclusiveStartKey"] = {**EXPENSES.key(user_id, start[1]), index.sort_key: {"S": start[0]}}
        response = self._table.query(
            index.name,
            KeyConditionExpression=f"{EXPENSES.partition_key} = :user_id AND {index.sort_key} BETWEEN :first AND :last",
            ExpressionAttributeValues={name: {"S": value} for name, value in values},
            ScanIndexForward=not newest_first,
            Limit=limit,
            **after,
        )
        last_read = response.get("LastEvaluatedKey")
        return response["Items"], last_read[index.sort_key]["S"] if last_read else None


_AFTER_ALL_CATEGORIES = "\U0010ffff" * 51
"""Sorts after every category, which has at most 50 characters."""


def _item_write(user_id: str, write: Write) -> ItemWrite:
    before, after, request_digest = write
    seen = before and before.item
    if after is None:
        return ItemWrite(seen, None)
    if seen is None or request_digest is not None:
        return ItemWrite(seen, item_of(user_id, after, request_digest or ""), is_made_anew=True)
    return ItemWrite(seen, changed_item(seen, after))
