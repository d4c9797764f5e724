"""The use cases of categories. A category is what the expenses in it say, and nothing is kept of it besides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol
from unicodedata import category as category_of
from unicodedata import combining, normalize

from api import cursors, deadline
from api.dynamodb import StorageFull, StoreUnavailable
from api.expenses.errors import ExpenseBusy, ExpenseNotFound
from api.expenses.pace import Pace
from api.expenses.rules import label, label_violations
from api.expenses.service import ExpenseService
from api.expenses.states import InstantPosition, State, moved
from api.gateway.caller import Caller
from api.models import CategoryPage, CategoryUse, Expense, RenamedCategory
from api.openapi.errors import InvalidRequest, Violation
from api.tables import join_key, split_key

MAX_TRANSACTIONS = 10
"""How many transactions one request makes at the most."""
MAX_TRASH_READ = 5000
"""How many deleted expenses one request reads at the most."""
MAX_TRASH_MOVED = 50
"""How many of them it moves at the most: each is a write of its own."""
CHUNK = 500
"""How many deleted expenses are read at once."""
_QUERY = "categories"
"""What the cursors of this list belong to."""


class Follower(Protocol):
    """Renames a category in what else has its name, such as budgets."""

    def __call__(self, user_id: str, old: str, new: str) -> tuple[bool, Sequence[str]]:
        """Rename `old` to `new`; return whether anything was renamed, and notices to the user of what was not.

        It is called before expenses are moved, by each request that a rename takes: to do it again must be safe, and
        its work bounded. May raise `StoreUnavailable`, which says that nothing was changed only where that is true.
        """


class CategoryService:
    """All that can be done with categories. Any method may raise `StoreUnavailable`."""

    def __init__(self, expenses: ExpenseService, followers: Sequence[Follower] = ()) -> None:
        self._expenses = expenses
        self._followers = followers

    def find(self, caller: Caller, limit: int, cursor: str | None) -> CategoryPage:
        """Return a page of the categories that live expenses have. Raises `InvalidRequest` for the cursor.

        Each takes one query: the last entry of the index of categories is the latest expense of the last category, and
        the one before all of that category is the same of the category before.
        """
        before = None if cursor is None else cursors.decode(_QUERY, cursor, _name)
        found: list[Expense] = []
        while len(found) <= limit and not (found and deadline.is_near()):
            try:
                latest = self._expenses.latest_before(caller, found[-1]["category"] if found else before)
            except StoreUnavailable:
                if not found:
                    raise
                break
            if latest is None:
                return _page(found, None)
            found.append(latest)
        page = found[:limit]
        return _page(page, cursors.encode(_QUERY, [join_key([page[-1]["category"]])]))

    def rename(self, caller: Caller, old: str, new: str) -> RenamedCategory:
        """Move what is in one category to another, as much of it as one request may; say whether that was all.

        Raises `InvalidRequest`, and `StoreUnavailable`, `StorageFull` and `ExpenseBusy` only where nothing was changed,
        or where it is unknown what was.
        """
        old, new = _labels(old, new)
        progress, notices = _Progress(), list[str]()
        try:
            for follow in self._followers:
                has_moved, new_notices = follow(caller.user_id, old, new)
                progress.has_begun |= has_moved
                notices += new_notices
            is_all = self._move_live(caller, old, new, progress) and self._move_trash(caller, old, new, progress)
        except (StoreUnavailable, StorageFull, ExpenseBusy) as error:
            if not progress.has_begun or (isinstance(error, StoreUnavailable) and error.outcome == "unknown"):
                raise
            is_all = False
        return {"moved": progress.moved, "done": is_all, "notices": notices}

    def _move_live(self, caller: Caller, old: str, new: str, progress: "_Progress") -> bool:
        """Move what is not deleted, in transactions of many; return whether that was all."""
        pace = Pace()
        for _ in range(MAX_TRANSACTIONS):
            if not pace.may_go_on():
                return False
            count = self._expenses.move_some(caller, old, new, pace)
            progress.add(count)
            if not count:
                return True
        return False

    def _move_trash(self, caller: Caller, old: str, new: str, progress: "_Progress") -> bool:
        """Move what is in the trash, so that it comes back where the user looks for it; return whether that was all.

        No index has the categories of deleted expenses, so all of them are read.
        """
        has_moved = False  # by the latest transition: another device can have been quicker

        def transition(state: State, now: datetime) -> State:
            nonlocal has_moved
            has_moved = state.expense is not None and state.expense["category"] == old
            return moved(state, new, now) if has_moved else state

        after: InstantPosition | None = None
        count = 0
        for _ in range(MAX_TRASH_READ // CHUNK):
            part = self._expenses.in_trash(caller, CHUNK, after)
            for state in part.states:
                if state.in_trash is None or state.in_trash["category"] != old:
                    continue
                if count == MAX_TRASH_MOVED or deadline.is_near():
                    return False
                try:
                    self._expenses.apply(caller, state.expense_id, transition)
                except ExpenseNotFound:  # its time was over meanwhile, or everything was erased
                    continue
                count += 1
                progress.add(has_moved)
            after = part.more_after
            if after is None:
                return True
            if deadline.is_near():
                return False
        return True


@dataclass(slots=True)
class _Progress:
    """What a request has done so far."""

    moved: int = 0
    """How many expenses it has moved."""
    has_begun: bool = False
    """Whether it has moved any, or what follows."""

    def add(self, count: int) -> None:
        """Count what was moved."""
        self.moved += count
        self.has_begun |= count > 0


def _labels(old: str, new: str) -> tuple[str, str]:
    """Return both names as they are kept. Raises `InvalidRequest` where one is empty or both are the same."""
    labels = {"from": label(old), "to": label(new)}
    violations = label_violations(labels)
    if not violations and labels["from"] == labels["to"]:
        violations = [Violation("body", "/to", "must be another category than from")]
    if violations:
        raise InvalidRequest(violations)
    return labels["from"], labels["to"]


def name_violations(names: Mapping[str, Any]) -> list[Violation]:
    """Return which names of a rename that is not valid are empty, of those that are strings."""
    given = {name: names.get(name) for name in ("from", "to")}
    return label_violations({name: label(text) for name, text in given.items() if isinstance(text, str)})


def _page(latest: Iterable[Expense], next_cursor: str | None) -> CategoryPage:
    """Return a page of the categories of some expenses, those that are similar side by side."""
    days = {expense["category"]: expense["date"] for expense in latest}
    names = sorted(days, key=lambda name: (_folded(name), name))
    groups = {key: list(group) for key, group in groupby(names, _folded)}
    items: list[CategoryUse] = [
        {
            "name": name,
            "last_used": days[name],
            "similar_to": [other for other in groups[_folded(name)] if other != name],
        }
        for name in names
    ]
    return {"items": items, "count": len(items), "next_cursor": next_cursor}


def _folded(name: str) -> str:
    """Return what is left of a name without case, accents, spaces and punctuation; all of it where that is nothing.

    Signs that combine without a class of their own are letters of their scripts: vowels of those of India, for example.
    https://www.unicode.org/reports/tr44/#Canonical_Combining_Class_Values
    """
    decomposed = normalize("NFKD", normalize("NFKD", name).casefold())
    kept = (char for char in decomposed if char.isalnum() or (category_of(char)[0] == "M" and not combining(char)))
    return "".join(kept) or name


def _name(parts: Sequence[str]) -> str:
    """Return the category of a cursor. Raises `ValueError` where none has such a name: none begins with a control."""
    [name] = split_key("#".join(parts))
    if name < " ":
        raise ValueError(name)
    return name
